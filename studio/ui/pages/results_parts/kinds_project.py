"""The project around the invented results of `kinds_sample.py`: its recipe, runs, data, samples and answers.

For previews, pictures and tests only. Must not import: torch, numpy.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
from PySide6.QtCore import QBuffer

from studio.engine import messages as m
from studio.problems import problem_named
from studio.problems.base import Problem, in_words
from studio.project.results import ItemResult, Results
from studio.ui.pages.results_parts.sample import record
from studio.ui.pages.train_parts import sample as curves
from studio.ui.samples import kind_of, reader
from studio.ui.samples.base import Asked
from studio.ui.store import Store

PICTURES = ("image", "points", "mask")
SIZE = (224, 168)


def put(
    store: Store,
    kind: str,
    name: str,
    found: Results,
    earlier: dict[int, float],
    score: str = "accuracy",
    folder: Path | None = None,
    options: dict[str, Any] | None = None,
) -> None:
    """A project of this problem with these results of its seventh run, and its usual plan."""
    curves.fill(store, 342, done="finished")
    assert store.recipe is not None
    problem, given = problem_named(kind), options or {}
    store.problem, store.results, store.results_run = problem, found, 7
    stages = problem.stages(msgspec.convert(given, problem.options))
    training = msgspec.structs.replace(store.recipe.training, stages=stages)
    data = store.recipe.data
    if data.split.kind not in problem.splits:
        data = msgspec.structs.replace(data, split=msgspec.structs.replace(data.split, kind="random"))
    store.recipe = msgspec.structs.replace(
        store.recipe, problem=kind, name=name, data=data, options=given, training=training
    )
    place = folder or Path(name)
    run = SimpleNamespace(path=place)
    store.project = cast(
        Any,
        SimpleNamespace(
            data_root=place, read_only=False, locked_by="", folder=place, run=lambda _number: run
        ),
    )
    scores = {**earlier, 7: found.metrics[score]}
    store.runs = [record(n, value, name=name, metrics={score: value}) for n, value in scores.items()]
    store.marks = {}
    samples = [m.SampleRef(i.key, _label(i.target), i.valid) for i in found.items[:24]]
    valid = sum(i.valid for i in found.items)
    counted = tuple(m.ClassCount(c, 120 - 9 * n, 30 - 2 * n) for n, c in enumerate(found.classes))
    store.scan = m.Scanned(
        n_train=len(found.items) - valid, n_valid=valid, classes=counted, samples=tuple(samples)
    )
    pictured = problem.sample in PICTURES
    caption = kind_of(problem).caption
    shown = [
        m.PreviewSample(_picture(store, i.key), caption(i.target))
        if pictured
        else m.PreviewSample(b"", _label(i.target), i.words)
        for i in found.items[:12]
    ]
    store.preview = m.PreviewBatch(stage=0, samples=tuple(shown))
    store.findings = ()
    store.predictions = _answers(found, problem) if problem.sample not in PICTURES else None


def _picture(store: Store, key: str) -> bytes:
    """An item as the preview of a batch shows it: the photo, with its mask or its points on it."""
    assert store.project is not None and store.results is not None
    root, found = store.project.data_root, store.results
    true = tuple(msgspec.structs.replace(item, predicted=()) for item in found.items)
    only_true = msgspec.structs.replace(found, items=true)
    drawn = reader(kind_of(store.problem), store.recipe, root, only_true)(root / key, Asked(*SIZE)).image
    into = QBuffer()
    into.open(QBuffer.OpenModeFlag.WriteOnly)
    drawn.save(into, "PNG")  # type: ignore[call-overload]
    return bytes(into.data().data())


def _answers(found: Results, problem: Problem[Any]) -> m.Predicted:
    """Answers for a few rows or texts that are new to the model."""
    some = [item for item in found.items if item.valid][5:16]
    made = [
        m.Prediction(
            f"new.csv row {at + 2}" if problem.sample != "text" else item.words,
            _label(item.predicted),
            tuple(sorted(zip(found.classes, item.scores, strict=False), key=lambda pair: -pair[1])),
        )
        for at, item in enumerate(some)
    ]
    made[3] = msgspec.structs.replace(made[3], note="“Sabbatical” was never seen in “occupation”.")
    made.append(m.Prediction(f"new.csv row {len(some) + 2}", "", (), "The row has no column “age”."))
    return m.Predicted(run=7, predictions=tuple(made), latency_ms=0.42)


def _label(target: Any) -> str:
    if isinstance(target, float):
        return f"{target:.6g}"
    return in_words(target)


def worst(items: list[ItemResult]) -> tuple[ItemResult, ...]:
    """The items by their loss, the largest first."""
    return tuple(sorted(items, key=lambda item: -(item.loss or 0)))
