"""Choosing, resuming, starring, noting and trashing runs. Must not import torch, pandas or numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Slot

from studio.engine import messages as m
from studio.errors import UserError
from studio.project import Project, RunFolder
from studio.recipe.schema import Recipe
from studio.ui.actions.context import Context
from studio.ui.actions.jobs import Jobs
from studio.ui.background import in_background
from studio.ui.live_run import LiveRun
from studio.ui.store import RunStory


class Runs(QObject):
    """Runs on disk. Their events are read on another thread."""

    def __init__(self, context: Context, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self.context, self._jobs = context, jobs

    def show(self, run: int) -> None:
        """Let Train and Results show a run."""
        project, live = self.context.project(), self.context.store.live
        if live is not None and live.run == run:
            self._show(live)
        else:
            folder = project.run(run)
            in_background(self, lambda: (project, told(folder)), self._told, self._failed)
        if project.run(run).model_path.exists():
            self.context.updates.read_results(run)
        elif self.context.store.results is not None:
            self.context.store.results = self.context.store.results_run = None
            self.context.store.resultsChanged.emit()

    def resume(self, run: int) -> None:
        """Continue a run: its curves are read first, so that the new batches continue them."""
        project, shown = self.context.own_project(), self.context.store.run
        if shown is not None and shown.run == run:
            self._jobs.resume(run)
            return
        folder = project.run(run)
        in_background(self, lambda: (project, told(folder)), self._told_and_resume, self._failed)

    def compare(self, runs: Sequence[int]) -> None:
        """Read the stories of runs, to lay them over each other; those of runs that ended are read once."""
        project, store = self.context.project(), self.context.store
        known = {n: story for n, story in store.compared.items() if n in runs and not story.run.active}
        missing = tuple(n for n in runs if n not in known)
        in_background(
            self,
            lambda: (project, known | stories(project, missing), tuple(runs)),
            self._compared,
            self._failed,
        )

    @Slot(object)
    def _compared(self, answer: tuple[Project, dict[int, RunStory], tuple[int, ...]]) -> None:
        project, found, order = answer
        if project is self.context.store.project:
            self.context.store.compared = {n: found[n] for n in order if n in found}
            self.context.store.comparedChanged.emit()

    def star(self, run: int, star: bool) -> None:
        """Mark a run."""
        self._update(run, star=star)

    def note(self, run: int, note: str) -> None:
        """Keep a note with a run."""
        self._update(run, note=note.strip())

    def trash(self, run: int) -> None:
        """Move a run to the project's trash."""
        store = self.context.store
        self.context.own_project().trash_run(run)
        if store.run is not None and store.run.run == run:
            store.run = None
            store.runChanged.emit()
        if store.results_run == run:
            store.results = store.results_run = None
            store.resultsChanged.emit()
        self.context.updates.read_runs()

    def _update(self, run: int, **changes: Any) -> None:
        self.context.own_project().run(run).update_record(**changes)
        self.context.updates.read_runs()

    def _show(self, run: LiveRun) -> None:
        self.context.store.run = run
        self.context.store.runChanged.emit()

    @Slot(object)
    def _told(self, answer: tuple[Project, LiveRun]) -> None:
        if answer[0] is self.context.store.project:
            self._show(answer[1])

    @Slot(object)
    def _told_and_resume(self, answer: tuple[Project, LiveRun]) -> None:
        self._told(answer)
        if answer[0] is self.context.store.project:
            self._jobs.resume(answer[1].run)

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self.context.notices.say("error", "The run could not be read.", "Look at its folder.", repr(error))


def stories(project: Project, runs: Sequence[int]) -> dict[int, RunStory]:
    """Curves, recipe and number of marks of each run; a run whose recipe cannot be read has curves only."""
    found: dict[int, RunStory] = {}
    for number in runs:
        folder = project.run(number)
        try:
            recipe: Recipe | None = folder.recipe
        except UserError:
            recipe = None
        found[number] = RunStory(told(folder), recipe, len(folder.marks_snapshot))
    return found


def told(folder: RunFolder) -> LiveRun:
    """A run as its file of events tells it, with the status of its record."""
    run = LiveRun(folder.number)
    for event in folder.events():
        run.apply(event)
    record = folder.record()
    if run.done is None and record.status not in ("training", "paused"):
        status, metrics = record.status, record.metrics
        run.apply(
            m.RunDone(
                run=run.run, status=status, metrics=metrics, seconds=record.seconds, message=record.error
            )
        )
    return run
