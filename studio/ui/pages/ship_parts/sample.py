"""Answers and an export for previews, pictures and tests only. Must not import: torch, numpy."""

from __future__ import annotations

from studio.engine import messages as m
from studio.ui.pages.results_parts import sample as results
from studio.ui.store import Store


def fill(store: Store, answers: int = 11) -> None:
    """A finished run with answers for its first validation items and a proven ONNX bundle."""
    results.fill(store)
    assert store.results is not None and store.project is not None
    root, classes = store.project.data_root, store.results.classes
    shown = [item for item in store.results.items if item.valid][:answers]
    found = []
    for item in shown:
        scores = sorted(zip(classes, item.scores, strict=True), key=lambda pair: -pair[1])
        found.append(m.Prediction(str(root / item.key), str(item.predicted), tuple(scores)))
    found.append(m.Prediction(str(root / "notes.txt"), "", (), "Not a photo."))
    store.predictions = m.Predicted(run=7, predictions=tuple(found), latency_ms=23.4)
    store.exports = [exported(True)]


def exported(passed: bool) -> m.Exported:
    """An ONNX bundle with its proof."""
    sentence = (
        "The bundle gives the same answer as the trained model for every item."
        if passed
        else "For 3 of 64 items the bundle answers differently, so it was not kept."
    )
    proof = m.Proof(
        64, 1.9e-6 if passed else 0.21, 1.0 if passed else 0.953, 18.3, 5_034_221, passed, sentence
    )
    return m.Exported(run=7, format="onnx", path="ants and bees/runs/0007/export/onnx", proof=proof)
