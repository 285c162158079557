"""Answers for files with a trained model on the CPU, by the same code as an exported bundle. Must not import Qt."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from studio.engine.messages import Prediction
from studio.errors import UserError
from studio.exports.runner import given, remark

Progress = Callable[[str, int, int], None]


def answers(
    serving: Any,
    part: ModuleType,
    inputs: Sequence[str],
    progress: Progress,
    folder: Path | None = None,
) -> tuple[tuple[Prediction, ...], float]:
    """Answer for each input, one at a time, so that one that cannot be read spoils no other.

    Parameters
    ----------
    serving : Serving
        The model with its preprocessing.
    part : module
        The problem's `answers`.
    folder : Path or None
        Where answers that are pictures are saved; None saves none.

    Returns
    -------
    predictions, latency_ms
        In the order of the inputs; milliseconds per item that has an answer.
    """
    files = part.find([given(text, part) for text in inputs])
    if not files:
        raise UserError("There is nothing to answer for.", "Choose files, or a folder with files in it.")
    found, spent = [], 0.0
    for at, path in enumerate(files, 1):
        began = time.perf_counter()
        found.append(_answer(serving, part, path, folder))
        spent += time.perf_counter() - began
        progress("Predicting", at, len(files))
    return tuple(found), 1000.0 * spent / len(files)


def _answer(serving: Any, part: ModuleType, path: Any, folder: Path | None) -> Prediction:
    try:
        prepared = part.prepare(path, serving.spec)
    except UserError as error:
        return Prediction(input=str(path), answer="", problem=error.message)
    batch = [torch.tensor(prepared[name]).unsqueeze(0) for name in serving.inputs]
    with torch.inference_mode():
        results = serving.module(*batch)
    values = (results,) if isinstance(results, torch.Tensor) else results
    outputs = {name: value[0].numpy() for name, value in zip(serving.outputs, values, strict=True)}
    answer, scores = part.decode(outputs, serving.spec)
    note = remark(part, path, serving.spec, outputs, folder)
    return Prediction(input=str(path), answer=answer, scores=scores, note=note)
