"""A job as a person watches it on a terminal: bars with time left on stderr, a line for every epoch.

Where stderr is no terminal there are no bars, only the lines. No torch, no Qt.
"""

from __future__ import annotations

from functools import singledispatchmethod
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

from studio.cli.words import metric, seconds_in_words, thawing
from studio.engine import messages as m

STYLES = {"error": "red", "warning": "yellow", "info": ""}


class Screen:
    """Shows events as they come; use it as a context manager around a job."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=32),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None
        self._stages: tuple[m.StagePlan, ...] = ()
        self._begun: dict[int, int] = {}

    def __enter__(self) -> Screen:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def waiting(self, text: str) -> None:
        """Show that something of unknown length goes on."""
        self._bar(text, 0, 0, None)

    @singledispatchmethod
    def show(self, event: m.Event) -> None:
        """Show one event; kinds that have nothing to show are passed over."""

    @show.register
    def _(self, event: m.Progress) -> None:
        self._bar(event.text, event.done, event.total, event.seconds_left)

    @show.register
    def _(self, event: m.Notice) -> None:
        self._print(event.text, STYLES[event.level])

    @show.register
    def _(self, event: m.RatePoints) -> None:
        losses = [loss for loss in event.smooth if loss is not None]
        if losses and event.lrs:
            self._bar(f"Learning rate {event.lrs[-1]:.1e}, loss {losses[-1]:.3f}", 0, 0, None)

    @show.register
    def _(self, event: m.RunStarted) -> None:
        self._stages = event.stages
        again = f", resumed after batch {event.resumed_step}" if event.resumed_step else ""
        self._print(f"Run {event.run} on {event.device} ({event.precision}){again}", "bold")

    @show.register
    def _(self, event: m.Halved) -> None:
        self._print(
            f"Memory ran out in stage {event.stage + 1}. The run goes on after batch {event.step} with "
            f"{event.batch_size} items at once; {event.accumulate} such parts make one step.",
            STYLES["warning"],
        )

    @show.register
    def _(self, event: m.StageStarted) -> None:
        self._begun[event.stage] = event.step
        plan = self._plan(event.stage)
        if plan is not None:
            self._print(_stage_words(plan, len(self._stages)))

    @show.register
    def _(self, event: m.Batches) -> None:
        plan = self._plan(event.stage)
        if plan is None:
            return
        done = event.first + len(event.losses) - self._first_of(plan)
        loss = next((x for x in reversed(event.smooth) if x is not None), None)
        speed = f"{event.items_per_second:.0f} items/s"
        words = f"Epoch {event.epoch + 1} of {plan.epochs}, loss {metric(loss)}, {speed}"
        self._bar(words, done, plan.batches * plan.epochs, event.seconds_left)

    @show.register
    def _(self, event: m.RunState) -> None:
        if event.state == "validating":
            self._bar("Validating", 0, 0, None)

    @show.register
    def _(self, event: m.EpochDone) -> None:
        plan = self._plan(event.stage)
        of = f" of {plan.epochs}" if plan is not None else ""
        scores = "".join(f"  {name} {metric(value)}" for name, value in event.metrics.items())
        self._print(
            f"  epoch {event.epoch + 1}{of}  training loss {metric(event.train_loss)}  "
            f"validation loss {metric(event.valid_loss)}{scores}  {seconds_in_words(event.seconds)}"
        )

    def _print(self, text: str, style: str = "") -> None:
        self._console.print(text, style=style, markup=False, highlight=False)

    def _plan(self, stage: int) -> m.StagePlan | None:
        return next((plan for plan in self._stages if plan.index == stage), None)

    def _first_of(self, plan: m.StagePlan) -> int:
        """The number of the run's first batch of a stage."""
        return sum(p.batches * p.epochs for p in self._stages if p.index < plan.index)

    def _bar(self, text: str, done: int, total: int, seconds_left: float | None) -> None:
        left = "" if seconds_left is None else f"{seconds_in_words(seconds_left)} left"
        if self._task is None:
            self._task = self._bars.add_task(text, total=None, left="")
        self._bars.update(self._task, description=text, completed=done, total=total or None, left=left)


def _stage_words(plan: m.StagePlan, stages: int) -> str:
    size = f", {plan.size} px" if plan.size else ""
    rate = (
        f"slice({plan.lr_max:.2g})" if plan.lr_min is None else f"slice({plan.lr_min:.2g}, {plan.lr_max:.2g})"
    )
    parts = f" in {plan.accumulate} parts" if plan.accumulate > 1 else ""
    batch = f"batch {plan.batch_size}{parts}"
    return f"Stage {plan.index + 1} of {stages}: {thawing(plan)}{size}, {batch}, rate {rate}"
