"""Predicting with an exported bundle on the CPU: onnxruntime, numpy and Pillow, never torch and never Qt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Any

import onnxruntime

from studio.engine.messages import Prediction
from studio.errors import UserError
from studio.exports import manifest, runner
from studio.exports.manifest import Manifest
from studio.problems import problem_named

AGAIN = "Export the model again, or choose a folder that holds model.onnx and bundle.json."
BATCH = 16


@dataclass(frozen=True)
class Bundle:
    """A model that can answer.

    Attributes
    ----------
    model : Path
        The model file.
    manifest : Manifest
        What it says about itself.
    session : onnxruntime.InferenceSession
        The graph, loaded.
    answers : module
        The problem's `answers.py`.
    """

    model: Path
    manifest: Manifest
    session: onnxruntime.InferenceSession
    answers: ModuleType

    @classmethod
    def open(cls, where: Path) -> Bundle:
        """Open a bundle's folder, a folder with one bundle in it, or a model file.

        Raises
        ------
        UserError
            Where there is none, or it is damaged, of a newer format, or not made by the studio.
        """
        model = find_model(where)
        _check_whole(model)
        session, description = _load(model)
        if not description:
            raise UserError(
                f"{model} was not exported by Thaw Studio: it says nothing about its inputs.", AGAIN
            )
        known = manifest.read(description, str(model))
        return cls(model, known, session, problem_named(known.problem).part("answers"))

    def predict(
        self, inputs: Iterable[Path | str], batch: int | None = None, folder: Path | None = None
    ) -> tuple[tuple[Prediction, ...], float]:
        """Answer for files, and for everything in folders that the problem reads.

        Parameters
        ----------
        batch : int, optional
            Inputs that run together, else as many as the problem says (`BATCH`); answers do not depend on it.
        folder : Path or None
            Where answers that are pictures (masks) are saved; None saves none.

        Returns
        -------
        predictions : tuple of Prediction
            In the order of the inputs; one that cannot be read has a sentence in `problem`.
        latency_ms : float
            Mean time per answered input, from the file to its answer; 0 where none was answered.

        Raises
        ------
        UserError
            Where there is nothing to predict on.
        """
        paths = self.answers.find([runner.given(i, self.answers) for i in inputs])
        if not paths:
            raise UserError(
                "There is nothing to predict on in what was given.", "Give files, or a folder that has some."
            )
        together: int = getattr(self.answers, "BATCH", BATCH) if batch is None else batch
        began, predictions = perf_counter(), list[Prediction]()
        for first in range(0, len(paths), together):
            predictions += self._answer(paths[first : first + together], folder)
        answered = sum(not p.problem for p in predictions)
        return tuple(predictions), (perf_counter() - began) * 1000 / answered if answered else 0.0

    def outputs(self, path: Path) -> tuple[runner.Arrays, float]:
        """Return the graph's outputs for one input and the milliseconds it took; raises `UserError`."""
        prepared = self.answers.prepare(path, self.manifest.spec())
        began = perf_counter()
        outputs = runner.run(self.session, [prepared])[0]
        return outputs, (perf_counter() - began) * 1000

    def _answer(self, paths: Sequence[Path], folder: Path | None) -> list[Prediction]:
        spec = self.manifest.spec()
        prepared = [self._prepared(path, spec) for path in paths]
        good = [one for one in prepared if not isinstance(one, UserError)]
        results = iter(runner.run(self.session, good) if good else [])
        pairs = zip(paths, prepared, strict=True)
        return [self._prediction(path, one, results, spec, folder) for path, one in pairs]

    def _prepared(self, path: Path, spec: dict[str, Any]) -> runner.Arrays | UserError:
        try:
            prepared: runner.Arrays = self.answers.prepare(path, spec)
        except UserError as error:
            return error
        return prepared

    def _prediction(
        self,
        path: Path,
        one: runner.Arrays | UserError,
        results: Any,
        spec: dict[str, Any],
        folder: Path | None,
    ) -> Prediction:
        if isinstance(one, UserError):
            return Prediction(input=str(path), answer="", problem=one.message)
        outputs = next(results)
        answer, scores = self.answers.decode(outputs, spec)
        note = runner.remark(self.answers, path, spec, outputs, folder)
        return Prediction(input=str(path), answer=answer, scores=scores, note=note)


def find_model(where: Path) -> Path:
    """Return the model file meant by `where`; raises `UserError` where there is none."""
    if where.is_file():
        return where.parent / "model.onnx" if where.name == "bundle.json" else where
    if (where / "model.onnx").is_file():
        return where / "model.onnx"
    below = sorted(where.glob("*/model.onnx")) if where.is_dir() else []
    if len(below) == 1:
        return below[0]
    if below:
        raise UserError(f"There are {len(below)} bundles in {where}.", "Choose the folder of one of them.")
    what = "holds no model.onnx" if where.is_dir() else "does not exist"
    raise UserError(f"{where} {what}, so it is no exported bundle.", AGAIN)


def _check_whole(model: Path) -> None:
    """Compare the model file with the sum in the bundle.json beside it, where there is one."""
    beside = model.parent / "bundle.json"
    if model.name != "model.onnx" or not beside.is_file():
        return
    known = manifest.read(beside.read_bytes(), str(beside))
    if known.sha256 and known.sha256 != hashlib.sha256(model.read_bytes()).hexdigest():
        raise UserError(f"{model} is not the file that bundle.json describes; it may be damaged.", AGAIN)


def _load(model: Path) -> tuple[onnxruntime.InferenceSession, str]:
    try:
        return runner.load(model)
    except OSError:
        raise
    except Exception as error:  # onnxruntime's own errors share no other base
        raise UserError(f"{model} is damaged or is not an ONNX model.", AGAIN) from error
