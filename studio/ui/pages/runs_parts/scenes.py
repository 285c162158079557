"""States of the page of runs for pictures and tests, each put into a store that has the sample runs.

Must not import: torch, numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp
from typing import Final

import msgspec

from studio.engine import messages as m
from studio.project import RunRecord
from studio.project.live_run import LiveRun
from studio.project.queue import Entry
from studio.ui.pages.runs_parts import sample
from studio.ui.store import CurveView, JobView, RunStory, Store

QUEUE: Final = (
    Entry(id=1, title="Network resnet34, Stage 2 size 320 px", status="running", run=5),
    Entry(id=2, title="Stage 1 rate slice(0.01), Stage 2 rate slice(1e-05, 0.001)"),
    Entry(id=3, title="Run 3 again, seed 43", repeat=3, seed=43),
    Entry(id=4, title="Run 3 again, seed 44", repeat=3, seed=44),
)
VIEWS: Final = {"queue": "queue", "queue-failed": "queue", "curve": "curve"}


def queue(store: Store) -> None:
    """The queue goes: its first run trains."""
    from studio.ui.pages.train_parts.sample import story

    store.queue, store.queue_going = QUEUE, True
    store.live = story(170, number=5)
    store.job = JobView(1, "Train", "Training", 170, store.live.total_batches, store.live.seconds_left)
    store.runs = [*store.runs, RunRecord(number=5, status="training", started="2026-03-14T15:02:00+01:00")]


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
    fit = m.CurveFit(  # what the engine's own fit makes of these scores
        limit=0.97646, gain=-1.83731, power=0.5, doubled=0.95011, doubled_low=0.94113, doubled_high=0.95673
    )
    sentence = (
        "Twice the data (4,864 items) should bring accuracy from 0.939 to about 0.95 (between 0.941 and 0.957 in "
        "80 of 100 cases)."
    )
    store.curve = CurveView(
        found=m.CurveFound(metric="accuracy", is_up=True, points=points, fit=fit, sentence=sentence)
    )


def numbers(store: Store) -> None:
    """Runs that are judged by an error, which is better the lower it is."""
    from studio.ui.pages.results_parts.kinds_sample import KINDS

    KINDS["numbers"](store)
    store.runs = [
        msgspec.structs.replace(
            run,
            started=f"2026-03-{10 + run.number}T09:12:00+01:00",
            metrics={**run.metrics, "valid_loss": 0.09},
        )
        for run in store.runs
    ]
    store.compared = {run.number: _judged_by_error(run) for run in store.runs[-2:]}
    store.plans = {run.number: "5 thawed" for run in store.runs}
    store.sparks = {
        n: tuple(e.valid_loss for e in one.run.epochs if e.valid_loss is not None)
        for n, one in ((run.number, _judged_by_error(run)) for run in store.runs)
    }


def _judged_by_error(record: RunRecord) -> RunStory:
    """Five epochs in which the error falls to the record's."""
    run, best = LiveRun(record.number, metrics=("rmse",)), record.score or 0.0
    for epoch in range(5):
        more = 0.9 * exp(-0.8 * (epoch + record.number / 9))
        run.epochs.append(
            m.EpochDone(
                run=record.number, stage=0, epoch=epoch, step=40 * (epoch + 1), train_loss=0.08 + 0.2 * more,
                valid_loss=0.09 + 0.2 * more, metrics={"rmse": best * (1 + more)}, seconds=2.0,
            )
        )  # fmt: skip
    run.apply(m.RunDone(run=record.number, status="finished", metrics={}, seconds=12.0))
    return RunStory(run, None)


SCENES: Final[dict[str, Callable[[Store], None]]] = {
    "queue": queue,
    "queue-failed": queue_failed,
    "seeds": seeds,
    "curve": curve,
    "numbers": numbers,
}
