"""States of the page of runs for pictures and tests, each put into a store that has the sample runs.

Must not import: torch, numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from studio.engine import messages as m
from studio.project.queue import Entry
from studio.ui.pages.runs_parts import sample
from studio.ui.store import CurveView, Store

QUEUE: Final = (
    Entry(id=1, title="Network resnet34, Stage 2 size 320 px", status="running", run=5),
    Entry(id=2, title="Stage 1 rate slice(0.01), Stage 2 rate slice(1e-05, 0.001)"),
    Entry(id=3, title="Run 3 again, seed 43", repeat=3, seed=43),
    Entry(id=4, title="Run 3 again, seed 44", repeat=3, seed=44),
)
VIEWS: Final = {"queue": "queue", "queue-failed": "queue", "curve": "curve"}


def queue(store: Store) -> None:
    """The queue goes: its first run trains."""
    store.queue, store.queue_going = QUEUE, True


def queue_failed(store: Store) -> None:
    """One failed and the others wait."""
    why = "The card ran out of memory even at a batch of 2. Choose smaller pictures or a smaller network."
    store.queue = (msgspec.structs.replace(QUEUE[0], status="failed", error=why), *QUEUE[1:])


def seeds(store: Store) -> None:
    """Run 2 was repeated: what it says about run 3."""
    first = next(run for run in store.runs if run.number == 2)
    again = [
        msgspec.structs.replace(first, number=n, score=score, group=2, star=False, note=f"seed {41 + n}")
        for n, score in ((5, 0.938), (6, 0.946))
    ]
    store.runs = [*store.runs, *again]
    store.plans |= {5: store.plans[2], 6: store.plans[2]}
    store.sparks |= {5: sample.spark(2), 6: sample.spark(2)}


def curve(store: Store) -> None:
    """The learning curve is complete."""
    scores = ((0.125, 304, 0.871), (0.25, 608, 0.902), (0.5, 1216, 0.924), (1.0, 2432, 0.939))
    points = tuple(m.CurvePoint(share, items, 42, score, 0.4, 21.0) for share, items, score in scores)
    fit = m.CurveFit(
        limit=0.975, gain=-1.05, power=0.405, doubled=0.95, doubled_low=0.943, doubled_high=0.957
    )
    sentence = "Twice as many items should bring accuracy from 93.9 % to about 95.0 % (94.3 to 95.7 %)."
    store.curve = CurveView(
        found=m.CurveFound(metric="accuracy", is_up=True, points=points, fit=fit, sentence=sentence)
    )


SCENES: Final[dict[str, Callable[[Store], None]]] = {
    "queue": queue,
    "queue-failed": queue_failed,
    "seeds": seeds,
    "curve": curve,
}
