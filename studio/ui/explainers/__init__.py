"""Explainers that move: the ideas of the notes as small machines to play with, each under its note.

To add one: an `Explainer` in a module here (a pure function that draws one moment), and its name in `EXPLAINERS`.
Must not import: torch, numpy, pages.
"""

from __future__ import annotations

from studio.ui.explainers.averages import EWMA, ONE_CYCLE
from studio.ui.explainers.base import Explainer
from studio.ui.explainers.descent import SGD
from studio.ui.explainers.lookup import EMBEDDING
from studio.ui.explainers.losses import CROSS_ENTROPY, SOFTMAX
from studio.ui.explainers.optimizers import ADAM, MOMENTUM, RMSPROP

EXPLAINERS: tuple[Explainer, ...] = (
    SGD, MOMENTUM, RMSPROP, ADAM, CROSS_ENTROPY, SOFTMAX, EMBEDDING, ONE_CYCLE, EWMA,
)  # fmt: skip


def explainers_of(note: str) -> tuple[Explainer, ...]:
    """Those that stand under a note, in their order."""
    return tuple(found for found in EXPLAINERS if found.note == note)
