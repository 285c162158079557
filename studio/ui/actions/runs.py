"""Choosing, resuming, starring, noting and trashing runs. Must not import torch, pandas or numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot

from studio.errors import UserError
from studio.project import Project
from studio.project.curves_export import export
from studio.project.live_run import LiveRun, told
from studio.recipe.schema import Recipe
from studio.ui.actions.context import Context
from studio.ui.actions.jobs import Jobs
from studio.ui.background import in_background
from studio.ui.store import RunStory


class Runs(QObject):
    """Runs on disk. Their events are read on another thread."""

    def __init__(
        self, context: Context, jobs: Jobs, did: Callable[[str, str], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self.context, self._jobs, self._did = context, jobs, did
        self._trashed: tuple[Project, Path] | None = None

    def show(self, run: int) -> None:
        """Let Train and Results show a run."""
        project, live = self.context.project(), self.context.store.live
        if live is not None and live.run == run:
            self._show(live)
        else:
            folder = project.run(run)
            in_background(self, lambda: (project, told(folder)), self._told, self._failed)
        if project.run(run).model_path.exists():
            self.context.updates.reading.read_results(run)
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
        project = self.context.own_project()
        self._trashed = (project, project.trash_run(run))
        if store.run is not None and store.run.run == run:
            store.run = None
            store.runChanged.emit()
        if store.results_run == run:
            store.results = store.results_run = None
            store.resultsChanged.emit()
        self.context.updates.reading.read_runs()
        self._did(f"Run {run} was moved to the trash.", "untrash_run")

    def untrash(self) -> None:
        """Put the run back that was moved last."""
        if self._trashed is None or self._trashed[0] is not self.context.store.project:
            raise UserError("There is no run to put back.", "Look into the project's trash folder.")
        number = self._trashed[0].untrash_run(self._trashed[1])
        self._trashed = None
        self.context.updates.reading.read_runs()
        self._did(f"Run {number} is back.", "")

    def export(self, runs: Sequence[int], format: str, folder: Path) -> None:
        """Write curves for other tools, off the window's thread."""
        project = self.context.project()
        folders = [project.run(number) for number in runs]
        in_background(
            self, lambda: [export(one, format, folder) for one in folders], self._exported, self._not_exported
        )

    @Slot(object)
    def _exported(self, paths: Sequence[Path]) -> None:
        names = paths[0].name if len(paths) == 1 else f"{len(paths)} files"
        self._did(f"Wrote {names} in {paths[0].parent if paths else ''}.", "")

    @Slot(object)
    def _not_exported(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.context.notices.complain(error)
        else:
            self.context.notices.say(
                "error", "The curves could not be written.", "Choose another folder.", repr(error)
            )

    def _update(self, run: int, **changes: Any) -> None:
        self.context.own_project().run(run).update_record(**changes)
        self.context.updates.reading.read_runs()

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
