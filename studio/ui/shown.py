"""What the shell shows, worked out from the store: plain functions, the same answer for the same store.

Must not import torch, pandas, numpy or pyqtgraph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.engine import messages as m
from studio.project.live_run import LiveRun
from studio.ui.shell import GaugeView, Notice, RunState
from studio.ui.shell.header import Kind
from studio.ui.shell.rail import Mark
from studio.ui.store import JobView, Reading, Store
from studio.ui.widgets.words import duration
from studio.ui.words import WHAT

_KINDS: dict[str, Kind] = {
    "Scan": "checking", "Check": "checking", "Preview": "checking", "Estimate": "checking",
    "FindRate": "finding", "TryRates": "finding",
    "Train": "training", "Curve": "evaluating", "Evaluate": "evaluating",
    "Export": "exporting", "Predict": "evaluating",
}  # fmt: skip
_FIT_WORDS = {"training": "Training", "validating": "Validating", "checkpointing": "Writing a checkpoint"}
_USABLE = ("finished", "stopped")


def run_state(store: Store) -> RunState:
    """The header's words and buttons."""
    if store.project is None:
        return RunState("none")
    if store.engine_state == "died":
        return RunState("lost", "The engine stopped", can_resume=resumable_run(store) is not None)
    if store.job is not None:
        return _fit_state(store, store.job) if store.job.what == "Train" else _job_state(store.job)
    cut_off = resumable_run(store)
    if store.engine_state == "starting" or (store.engine_state == "off" and cut_off is None):
        return RunState("opening", "Starting the engine")
    if cut_off is not None:
        return RunState("idle", f"Run {cut_off} was interrupted", can_resume=True)
    return RunState("idle", "Read only" if store.read_only else "Ready")


def resumable_run(store: Store) -> int | None:
    """The newest run, where it was cut off and can go on."""
    last = store.runs[-1] if store.runs else None
    cut_off = last is not None and last.status == "interrupted" and last.resumable
    return last.number if last is not None and cut_off and not store.read_only else None


def _fit_state(store: Store, job: JobView) -> RunState:
    live = store.live
    if job.stopping:
        return RunState("stopping", "Stopping after this batch")
    if live is None or not live.active or not live.plan:
        return RunState("training", job.text or "Getting ready to train", can_stop=True)
    frozen, place = _frozen(live), _place(live)
    if job.paused or live.state == "paused":
        return RunState("paused", f"Paused · {place}", can_resume=True, can_stop=True)
    words = f"{_FIT_WORDS.get(live.state, 'Training')} · {place}"
    if live.seconds_left is not None:
        words += f" · {duration(live.seconds_left)} left"
    return RunState("training", words, frozen=frozen, can_pause=True, can_stop=True)


def _frozen(live: LiveRun) -> bool:
    return live.plan[min(live.stage, len(live.plan) - 1)].freeze


def _place(live: LiveRun) -> str:
    return f"stage {live.stage + 1} of {len(live.plan)} · {'frozen' if _frozen(live) else 'thawed'}"


def _job_state(job: JobView) -> RunState:
    words = job.text or WHAT.get(job.what, job.what)
    if job.total:
        words += f" · {100 * job.done // job.total} %"
    if job.seconds_left is not None and job.seconds_left >= 1:
        words += f" · {duration(job.seconds_left)} left"
    return RunState(_KINDS.get(job.what, "checking"), words)


def rail_marks(store: Store) -> dict[str, tuple[Mark, str]]:
    """For each step its mark, and why it needs attention."""
    if store.project is None:
        return dict.fromkeys(("data", "rate", "train", "results", "clean", "ship", "runs"), ("none", ""))
    running = store.job.what if store.job is not None else ""
    return {
        "data": ("running", "") if running in ("Scan", "Check") else _data_mark(store),
        "rate": ("running", "") if running in ("FindRate", "TryRates") else _rate_mark(store),
        "train": ("running", "") if running == "Train" else _train_mark(store),
        "results": ("running", "") if running == "Evaluate" else _done(store.results is not None),
        "clean": _done(bool(store.marks)),
        "ship": ("running", "") if running == "Export" else _done(bool(store.exports)),
        "runs": ("none", ""),
    }


def _done(done: bool) -> tuple[Mark, str]:
    return ("done", "") if done else ("none", "")


def _data_mark(store: Store) -> tuple[Mark, str]:
    if store.scan_error is not None:
        return "attention", store.scan_error.message
    bad = [f.title for f in store.findings or () if f.severity == "error"]
    if bad:
        return "attention", bad[0]
    return _done(store.scan is not None)


def _rate_mark(store: Store) -> tuple[Mark, str]:
    if store.rate.error is not None:
        return "attention", store.rate.error.message
    return _done(store.rate.found is not None or bool(store.rate.earlier))


def _train_mark(store: Store) -> tuple[Mark, str]:
    last = store.runs[-1] if store.runs else None
    if last is not None and last.status in ("failed", "interrupted"):
        return "attention", last.error or f"Run {last.number} was {last.status}"
    return _done(any(run.status in _USABLE for run in store.runs))


def gauge_view(store: Store) -> GaugeView:
    """The reading of memory with the batch sizes of the stage that matters now."""
    reading = store.reading or Reading("Looking for the device", "unknown")
    stage = _stage_estimate(store)
    known = reading.kind != "unknown"
    return GaugeView(
        name=reading.name,
        kind=reading.kind,
        total_mib=reading.total_mib if known else None,
        others_mib=reading.others_mib if known else None,
        ours_mib=reading.ours_mib if known else None,
        predicted_mib=_predicted(reading, stage),
        ticks=_ticks(reading, stage),
        chosen_batch=_chosen(store),
        reason=" ".join(said for said in (reading.reason, stage.reason if stage is not None else "") if said),
        stages=_stages(store),
        meanings=tuple(tick.means for tick in stage.ticks if tick.means) if stage is not None else (),
        taken=_taken(store),
        offers=_offers(store, stage),
        cards=reading.cards,
        card=reading.card,
        how=stage.how if stage is not None else "",
        picked=stage.chosen if stage is not None else None,
        precision=store.estimate.precision if store.estimate is not None else "",
    )


def _offers(store: Store, stage: m.StageEstimate | None) -> tuple[tuple[str, float, bool], ...]:
    limit = store.estimate.limit_mib if store.estimate is not None else 0.0
    return (
        tuple((o.words, o.memory_mib, o.memory_mib <= limit) for o in stage.offers)
        if stage is not None
        else ()
    )


def _taken(store: Store) -> tuple[tuple[str, float, float, float | None], ...]:
    """What the stages of the run under way, or of the last one, really took."""
    run = store.live or store.run
    if run is None:
        return ()
    return tuple(
        (_stage_title(plan.freeze, plan.batch_size), one.floor_mib, one.peak_mib, one.predicted_mib)
        for plan in run.plan
        if (one := run.memory.get(plan.index)) is not None
    )


def gauge_offer(store: Store, number: int) -> m.Offer | None:
    """The way out with that place in the gauge's panel."""
    stage = _stage_estimate(store)
    return stage.offers[number] if stage is not None and number < len(stage.offers) else None


def gauge_stage(store: Store) -> int:
    """The stage that the gauge speaks of: the one that trains, else the one on the Rate page."""
    recipe = store.recipe
    last = len(recipe.training.stages) - 1 if recipe is not None else 0
    wanted = store.live.stage if store.live is not None and store.live.active else store.rate.stage
    return max(0, min(wanted, last))


def _stage_estimate(store: Store) -> m.StageEstimate | None:
    stages = store.estimate.stages if store.estimate is not None else ()
    return next((s for s in stages if s.stage == gauge_stage(store)), None)


def _predicted(reading: Reading, stage: m.StageEstimate | None) -> float | None:
    if stage is None or reading.kind == "unknown":
        return None
    return reading.others_mib + stage.memory_mib


def _ticks(reading: Reading, stage: m.StageEstimate | None) -> tuple[tuple[int, float, bool], ...]:
    base = reading.others_mib if reading.kind != "unknown" else 0.0
    return (
        tuple((t.batch_size, base + t.memory_mib, t.fits) for t in stage.ticks) if stage is not None else ()
    )


def _chosen(store: Store) -> int | Literal["auto"]:
    return store.recipe.training.stages[gauge_stage(store)].batch_size if store.recipe is not None else "auto"


def _stages(store: Store) -> tuple[tuple[str, float, float], ...]:
    if store.estimate is None or store.recipe is None:
        return ()
    stages = store.recipe.training.stages
    return tuple(
        (
            _stage_title(stages[e.stage].freeze, e.chosen),
            e.floor_mib or (e.ticks[0].memory_mib if e.ticks else 0.0),
            e.memory_mib,
        )
        for e in store.estimate.stages
        if e.stage < len(stages)
    )


def _stage_title(freeze: bool, batch: int) -> str:
    return f"{'Frozen' if freeze else 'Thawed'}, batch {batch}"


@dataclass(frozen=True, slots=True)
class ReportedNotice(Notice):
    """A notice whose copy carries the details that a report needs; they are not shown."""

    report: str = ""

    def words(self) -> str:
        said = (self.title, self.text, self.hint, self.report)
        return "\n".join(part for part in said if part)


def notices(store: Store) -> tuple[Notice, ...]:
    """The list for the panel, which shows the last one on top; numbered by their place in the store."""
    made = [
        ReportedNotice(index, n.level, n.text, n.hint, "", n.fix, n.detail)
        for index, n in enumerate(store.notices)
    ]
    return tuple(reversed(made))
