"""Answers for files or folders with the model beside this file: `python predict.py PHOTO_OR_FOLDER ...`.

Copied into every bundle as predict.py, where it needs onnxruntime, numpy, Pillow and the files beside it. The
studio itself runs its bundles by the functions here. Of the studio it may import what a bundle carries too.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from studio.errors import UserError

Arrays = dict[str, NDArray[Any]]


def load(model: Path) -> tuple[onnxruntime.InferenceSession, str]:
    """Open a model file on the CPU; return it and the description that it carries (JSON, "" where none)."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    return session, session.get_modelmeta().custom_metadata_map.get("thaw", "")


def run(
    session: onnxruntime.InferenceSession, prepared: Sequence[Mapping[str, NDArray[Any]]]
) -> list[Arrays]:
    """Run prepared inputs as one batch, or one by one where their shapes differ; return the outputs of each by name."""
    if len({tuple(value.shape for value in one.values()) for one in prepared}) > 1:
        return [run(session, [one])[0] for one in prepared]
    batch = {name: np.stack([one[name] for one in prepared]) for name in prepared[0]}
    names = [output.name for output in session.get_outputs()]
    results = session.run(names, batch)
    return [dict(zip(names, (values[i] for values in results), strict=True)) for i in range(len(prepared))]


def answer(
    session: onnxruntime.InferenceSession,
    spec: Mapping[str, Any],
    answers: ModuleType,
    path: Any,
    folder: Path | None = None,
) -> dict[str, Any]:
    """Return the answer for one file, or why there is none, as plain data."""
    try:
        prepared = answers.prepare(path, spec)
    except UserError as error:
        return {"input": str(path), "problem": error.message}
    outputs = run(session, [prepared])[0]
    label, scores = answers.decode(outputs, spec)
    note = remark(answers, path, spec, outputs, folder)
    return {"input": str(path), "answer": label, "scores": dict(scores), **({"note": note} if note else {})}


def given(text: Path | str, answers: ModuleType) -> Path | str:
    """An input as the problem takes it: a file or folder; or words, where it takes words and no file is called so."""
    if not getattr(answers, "TAKES_WORDS", False):
        return Path(text)
    if not str(text).strip():  # nothing at all is not the folder that one is in
        return str(text)
    try:
        return Path(text) if Path(text).exists() else str(text)
    except (OSError, ValueError):  # words that no file can be called
        return str(text)


def remark(
    answers: ModuleType,
    case: Any,
    spec: Mapping[str, Any],
    outputs: Mapping[str, NDArray[Any]] | None = None,
    folder: Path | None = None,
) -> str:
    """What a person should know about the answer for a case; "" where the problem has nothing to say.

    Where an answer is more than words (a mask) it is saved into `folder` on the way.
    """
    told, save = getattr(answers, "remark", None), getattr(answers, "save", None)
    words = "" if told is None else str(told(case, spec))
    if save is None or folder is None or outputs is None:
        return words
    try:
        return " ".join(part for part in (words, str(save(case, outputs, spec, folder))) if part)
    except UserError as error:
        return error.message


def main(arguments: Sequence[str], answers: ModuleType) -> int:
    """Print an answer for every input; status 1 where one has none."""
    parser = argparse.ArgumentParser(prog="predict.py", description="Answers for files or folders.")
    parser.add_argument("inputs", nargs="+", help="files or folders")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, with all scores")
    if hasattr(answers, "save"):
        parser.add_argument("--to", type=Path, default=Path("predictions"), help="folder for the masks")
    asked = parser.parse_args(arguments)
    session, description = load(Path(__file__).resolve().parent / "model.onnx")
    spec, status = json.loads(description), 0
    for path in answers.find([given(text, answers) for text in asked.inputs]):
        result = answer(session, spec, answers, path, getattr(asked, "to", None))
        status = max(status, int("problem" in result))
        print(json.dumps(result, ensure_ascii=False) if asked.json else line(result), flush=True)  # noqa: T201
    return status


def line(result: Mapping[str, Any]) -> str:
    """Return one result for a person."""
    if "problem" in result:
        return f"{result['input']}: no answer. {result['problem']}"
    score = result["scores"].get(result["answer"])
    sure = "" if score is None else f" ({score:.1%})"
    note = f" Note: {result['note']}" if "note" in result else ""
    return f"{result['input']}: {result['answer']}{sure}{note}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], import_module("answers")))
