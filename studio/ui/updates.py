"""Applies what the engine says to the store: the one place where events become what pages show.

Rules: all events of a tick are applied first, then each signal is emitted at most once. What follows from an event
by itself (results after a run, the list of runs after an epoch) is asked for here. Must not import torch or numpy.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from studio.engine import messages as m
from studio.project.live_run import LiveRun
from studio.recipe.schema import Rate, Stage
from studio.ui.client import EngineClient
from studio.ui.notices import Notices
from studio.ui.reading import Reading
from studio.ui.store import CurveView, JobView, NoticeView, RateView, Store, TrialsView
from studio.ui.words import WHAT, clock

log = logging.getLogger(__name__)

_RUN_EVENTS = (
    m.StageStarted, m.Batches, m.EpochDone, m.Checkpointed, m.RunState, m.SamplesShown, m.BestSoFar, m.StoppedEarly,
    m.PlanChanged, m.StageMemory, m.Halved,
)  # fmt: skip
_SCORED = ("finished", "stopped")


class Updates(QObject):
    """Listens to the client and writes the store.

    Signals
    -------
    trained(int)     a run ended with a usable model; its results are being made

    Attributes
    ----------
    reading : Reading
        Reads the runs' list and results from disk.
    """

    trained = Signal(int)

    def __init__(
        self, store: Store, client: EngineClient, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._client, self._notices = store, client, notices
        self._changed: dict[str, None] = {}
        self._what: dict[int, str] = {}
        self._said: dict[str, NoticeView] = {}
        self.reading = Reading(store, client, notices, self)
        self._halved: m.Halved | None = None
        client.jobSent.connect(self._job_sent)
        client.eventsArrived.connect(self.take_in)
        client.stateChanged.connect(self._engine_changed)

    @Slot(object)
    def take_in(self, events: tuple[m.Event, ...]) -> None:
        """Apply events in order, then tell the pages once."""
        for event in events:
            handler = _HANDLERS.get(type(event))
            if handler is not None:
                handler(self, event)
        self._tell()

    # -- the engine itself

    @Slot(object)
    def _job_sent(self, command: m.Command) -> None:
        what = type(command).__name__
        self._what[command.job] = what
        background = self._client.in_background(command)
        self._store.job = JobView(command.job, what, WHAT.get(what, what), background=background)
        if isinstance(command, m.FindRate):
            self._start_rate(command.stage)
        elif isinstance(command, m.TryRates):
            self._start_trials(command)
        elif isinstance(command, m.Check):
            self._store.findings = None
        self._mark("jobChanged")
        self._tell()

    def _start_rate(self, stage: int) -> None:
        old = self._store.rate
        earlier = old.earlier if old.found is None else (*old.earlier, old.found)
        self._store.rate = RateView(stage=stage, running=True, earlier=earlier)
        self._mark("rateChanged")

    def _start_trials(self, command: m.TryRates) -> None:
        rate = Rate(max=command.max, min=command.min)
        self._store.trials = TrialsView(stage=command.stage, running=True, rate=rate)
        self._mark("rateChanged")

    @Slot()
    def _engine_changed(self) -> None:
        store, client = self._store, self._client
        store.engine_state, store.engine_words, store.greeting = client.state, client.words, client.greeting
        self._mark("engineChanged")
        if client.state in ("died", "off"):
            self._nothing_runs()
        if client.state == "died":
            self._engine_died(client.words)
        elif client.state == "off":
            self._cut_off("")
        self._tell()

    def _nothing_runs(self) -> None:
        if self._store.job is not None:
            self._store.job = None
            self._mark("jobChanged")
        self._search_over(self._store.rate)
        self._search_over(self._store.trials)

    def _search_over(self, search: RateView | TrialsView) -> None:
        if search.running:
            search.running = False
            self._mark("rateChanged")

    def _engine_died(self, words: str) -> None:
        live, detail = self._store.live, "\n".join(self._client.stderr)
        if live is not None and self._cut_off(words):
            hint = self._last_checkpoint(live.run)
            fix = ("Resume the run", ("resume", live.run)) if hint else ("Start again", ("train",))
            self._notices.add(NoticeView("error", words, hint or _NOTHING_KEPT, detail, *fix))
        else:
            self._notices.add(
                NoticeView(
                    "error", words, "Nothing was lost.", detail, "Restart the engine", ("restart_engine",)
                )
            )
        self.reading.read_runs()

    def _cut_off(self, words: str) -> bool:
        """The run that trained is interrupted: its engine is gone; whether there was one."""
        live = self._store.live
        if live is None or not live.active:
            return False
        live.apply(m.RunDone(run=live.run, status="interrupted", metrics={}, seconds=0.0, message=words))
        self._mark("runChanged")
        self.reading.read_runs()
        return True

    def _last_checkpoint(self, run: int) -> str:
        """When the run was kept last, in words; empty where it never was."""
        project = self._store.project
        found = project.run(run).checkpoints() if project is not None else []
        return f"The last checkpoint is from {clock(found[0].stat().st_mtime)}." if found else ""

    # -- telling

    def _mark(self, signal: str) -> None:
        self._changed[signal] = None

    def _tell(self) -> None:
        changed, self._changed = self._changed, {}
        for signal in changed:
            getattr(self._store, signal).emit()

    # -- events of a job

    def _on_started(self, event: m.Started) -> None:
        self._what.setdefault(event.job, event.what)

    def _on_progress(self, event: m.Progress) -> None:
        job = self._store.job
        if job is not None and job.number == event.job:
            self._store.job = dataclasses.replace(
                job, text=event.text, done=event.done, total=event.total, seconds_left=event.seconds_left
            )
            self._mark("jobChanged")

    def _on_done(self, event: m.Done) -> None:
        what = self._over(event.job)
        said = self._said.pop(what, None)
        if said is not None:
            self._notices.take_back(said)
        if what == "Train" and self._halved is not None:
            self._go_on_afresh(self._halved)
        if what == "Check" and self._store.findings is None:
            self._store.findings = ()
            self._mark("findingsChanged")

    def _go_on_afresh(self, halved: m.Halved) -> None:
        """Resume a run that ran out of memory in a fresh engine: memory is surely given back only when one ends."""
        self._halved = None
        waiting = [(command, self._client.in_background(command)) for command in self._client.waiting()]
        self._client.restart()
        self._client.submit(m.Train(resume=halved.run))
        for command, background in waiting:
            self._client.submit(command, background=background)
        self._notices.say(
            "warning",
            f"Memory ran out in stage {halved.stage + 1}. The run goes on with {halved.batch_size} items at once; "
            f"{halved.accumulate} such parts make one step, so that it learns as before.",
            "The gauge chooses a smaller batch for the next run, or takes one that you set.",
        )

    def _on_halved(self, event: m.Halved) -> None:
        self._halved = event
        self._on_run_event(event)

    def _on_cancelled(self, event: m.Cancelled) -> None:
        self._over(event.job)

    def _on_failed(self, event: m.Failed) -> None:
        what = self._over(event.job)
        place = _ERROR_PLACES.get(what)
        if place is not None:
            place(self._store, event)
            self._mark(_ERROR_SIGNALS[what])
        self._said[what] = self._notices.add(NoticeView("error", event.message, event.hint, event.detail))
        log.error("%s failed: %s %s\n%s", what, event.message, event.hint, event.detail)

    def _over(self, number: int) -> str:
        """The job is no longer running; the name of its command."""
        job, what = self._store.job, self._what.pop(number, "")
        if job is not None and job.number == number:
            self._store.job = None
            self._mark("jobChanged")
        if what in ("FindRate", "TryRates"):
            self._search_over(self._store.rate if what == "FindRate" else self._store.trials)
        return what

    def _on_notice(self, event: m.Notice) -> None:
        self._notices.say(event.level, event.text)

    # -- events about the data

    def _on_scanned(self, event: m.Scanned) -> None:
        self._store.scan, self._store.scan_error = event, None
        self._mark("scanChanged")

    def _on_findings(self, event: m.FindingsFound) -> None:
        self._store.findings = (*(self._store.findings or ()), *event.findings)
        self._mark("findingsChanged")

    def _on_preview(self, event: m.PreviewBatch) -> None:
        self._store.preview, self._store.preview_error = event, None
        self._mark("previewChanged")

    def _on_estimated(self, event: m.Estimated) -> None:
        self._store.estimate = event
        self._mark("estimateChanged")

    # -- events of the finder

    def _on_rate_points(self, event: m.RatePoints) -> None:
        rate = self._store.rate
        rate.lrs.extend(event.lrs)
        rate.losses.extend(event.losses)
        rate.smooth.extend(event.smooth)
        self._mark("rateChanged")

    def _on_rate_found(self, event: m.RateFound) -> None:
        rate = self._store.rate
        rate.found, rate.error, rate.stage = event, None, event.stage
        rate.lrs, rate.losses, rate.smooth = list(event.lrs), list(event.losses), list(event.smooth)
        self._mark("rateChanged")

    def _on_trial_points(self, event: m.TrialPoints) -> None:
        trials = self._store.trials
        trials.steps = event.steps
        trials.losses[event.trial].extend(event.losses)
        self._mark("rateChanged")

    def _on_rates_tried(self, event: m.RatesTried) -> None:
        trials = self._store.trials
        trials.tried, trials.stage, trials.steps = event, event.stage, event.steps
        trials.losses = tuple(list(fit.losses) for fit in event.fits)
        self._mark("rateChanged")

    # -- events of a run

    def _on_run_started(self, event: m.RunStarted) -> None:
        store = self._store
        live = store.live
        if live is None or live.run != event.run:
            live = store.run if store.run is not None and store.run.run == event.run else LiveRun(event.run)
        live.apply(event)
        store.live = store.run = live
        follows = bool(event.resumed_step) and any(
            r.number == event.run and r.follows for r in store.runs[-1:]
        )
        plan = store.recipe.training.stages if store.recipe is not None else ()
        store.follows_recipe = bool(plan) and (follows or same_plan(live.plan, plan))
        self._mark("runChanged")
        self.reading.read_runs()

    def _on_run_event(self, event: m.Event) -> None:
        live = self._store.live
        if live is None:
            return
        live.apply(event)
        self._mark("runChanged")
        if isinstance(event, m.RunState) and self._store.job is not None:
            self._store.job = dataclasses.replace(self._store.job, paused=event.state == "paused")
            self._mark("jobChanged")
        if isinstance(event, m.EpochDone):
            self.reading.read_runs()

    def _on_run_done(self, event: m.RunDone) -> None:
        if self._store.live is not None:
            self._store.live.apply(event)
        self._mark("runChanged")
        self.reading.read_runs()
        if event.status in _SCORED:
            self.reading.judge(event.run)
            self.trained.emit(event.run)

    def _on_evaluated(self, event: m.Evaluated) -> None:
        self.reading.read_results(event.run)
        self.reading.read_runs()

    # -- events of the learning curve

    def _on_curve_started(self, event: m.CurveStarted) -> None:
        self._store.curve = CurveView(True, event, event.points)
        self._mark("curveChanged")

    def _on_curve_point(self, event: m.CurvePointDone) -> None:
        curve = self._store.curve
        self._store.curve = dataclasses.replace(curve, points=(*curve.points, event.point))
        self._mark("curveChanged")

    def _on_curve_found(self, event: m.CurveFound) -> None:
        curve = self._store.curve
        self._store.curve = dataclasses.replace(curve, running=False, points=event.points, found=event)
        self._mark("curveChanged")

    # -- events of shipping

    def _on_exported(self, event: m.Exported) -> None:
        self._store.exports.append(event)
        self._store.ship_error = None
        self._mark("shipChanged")

    def _on_predicted(self, event: m.Predicted) -> None:
        self._store.predictions, self._store.ship_error = event, None
        self._mark("shipChanged")


def same_plan(plan: tuple[m.StagePlan, ...], stages: tuple[Stage, ...]) -> bool:
    """Whether a run is planned with the stages that a recipe has."""
    asked = [(s.freeze, s.epochs, s.size, s.lr.max, s.lr.min, s.schedule) for s in stages]
    return asked == [(p.freeze, p.epochs, p.size, p.lr_max, p.lr_min, p.schedule) for p in plan]


_NOTHING_KEPT = "No checkpoint had been written yet, so the run has to start again."

_ERROR_PLACES: dict[str, Callable[[Store, m.Failed], None]] = {
    "Scan": lambda store, failed: setattr(store, "scan_error", failed),
    "Preview": lambda store, failed: setattr(store, "preview_error", failed),
    "FindRate": lambda store, failed: setattr(store.rate, "error", failed),
    "TryRates": lambda store, failed: setattr(store.trials, "error", failed),
    "Export": lambda store, failed: setattr(store, "ship_error", failed),
    "Predict": lambda store, failed: setattr(store, "ship_error", failed),
}
_ERROR_SIGNALS = {
    "Scan": "scanChanged",
    "Preview": "previewChanged",
    "FindRate": "rateChanged",
    "TryRates": "rateChanged",
    "Export": "shipChanged",
    "Predict": "shipChanged",
}
_HANDLERS: dict[type[m.Event], Callable[[Updates, Any], None]] = {
    m.Started: Updates._on_started,
    m.Progress: Updates._on_progress,
    m.Done: Updates._on_done,
    m.Cancelled: Updates._on_cancelled,
    m.Failed: Updates._on_failed,
    m.Notice: Updates._on_notice,
    m.Scanned: Updates._on_scanned,
    m.FindingsFound: Updates._on_findings,
    m.PreviewBatch: Updates._on_preview,
    m.Estimated: Updates._on_estimated,
    m.RatePoints: Updates._on_rate_points,
    m.RateFound: Updates._on_rate_found,
    m.TrialPoints: Updates._on_trial_points,
    m.RatesTried: Updates._on_rates_tried,
    m.RunStarted: Updates._on_run_started,
    m.RunDone: Updates._on_run_done,
    m.Evaluated: Updates._on_evaluated,
    m.CurveStarted: Updates._on_curve_started,
    m.CurvePointDone: Updates._on_curve_point,
    m.CurveFound: Updates._on_curve_found,
    m.Exported: Updates._on_exported,
    m.Predicted: Updates._on_predicted,
    **dict.fromkeys(_RUN_EVENTS, Updates._on_run_event),
    m.Halved: Updates._on_halved,
}
