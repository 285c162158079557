"""Guessing, making, opening and closing projects. Whatever reads a disk for long does so on another thread.

Must not import torch, pandas or numpy.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, QProcess, Signal, Slot

from studio.engine import messages as m
from studio.errors import UserError
from studio.problems import PROBLEMS, problem_named
from studio.problems.base import Guess
from studio.project import Project, RunRecord
from studio.project.live_run import LiveRun, told
from studio.project.results import Results
from studio.project.run_index import Known
from studio.project.scores import metric_title, run_score_words, score_of
from studio.ui.actions.context import Context
from studio.ui.actions.jobs import Jobs
from studio.ui.actions.recipe import RecipeEdits
from studio.ui.background import in_background
from studio.ui.reading import records_of, take_runs
from studio.ui.samples.pack import Pack
from studio.ui.settings import Recent
from studio.ui.store import CurveView, NoticeView, RateView

SUFFIX = ".thaw"
RECIPE = "recipe.toml"


@dataclass(frozen=True)
class GuessView:
    """What a dropped folder or file looks like: proposals, surest first, or why there are none.

    `busy` while somebody still looks.
    """

    path: Path
    guesses: tuple[Guess, ...] = ()
    error: str = ""
    busy: bool = False


@dataclass(frozen=True)
class _Kept:
    """What a project holds besides its recipe, read in one go."""

    project: Project
    known: list[Known]
    last: LiveRun | None
    results: Results | None
    rates: tuple[m.RateFound, ...]
    curve: m.CurveFound | None


class Projects(QObject):
    """The open project, and the ways to get one.

    Signals
    -------
    guessed(GuessView)
    opened()           a project is open; the pages may be shown
    """

    guessed = Signal(object)
    opened = Signal()

    def __init__(self, context: Context, jobs: Jobs, edits: RecipeEdits, parent: QObject) -> None:
        super().__init__(parent)
        self.context, self._jobs, self._edits = context, jobs, edits
        self._sample: QProcess | None = None
        self._sample_folder = Path()
        context.store.runsChanged.connect(self._remember)

    # -- guessing and making

    def guess(self, path: Path) -> None:
        """Look at a path for a moment; a project is opened instead."""
        if is_project(path):
            self.open(path)
            return
        self.guessed.emit(GuessView(path, busy=True))
        in_background(self, lambda: guesses_of(path), self.guessed.emit, self._failed)

    def make(self, problem: str, data: Path, folder: Path | None, values: dict[str, Any]) -> None:
        """Write a project and open it."""
        place = folder or place_beside(data)
        name = place.name.removesuffix(SUFFIX)

        def make() -> Path:
            from studio.recipe.new import new_recipe

            recipe = new_recipe(problem_named(problem), name, data, place, values)
            Project.create(place, recipe).close()
            return place

        in_background(self, make, self.open, self._failed)

    def make_sample(self, name: str) -> None:
        """Let another process write the sample data and its project, then open it."""
        if self._sample is not None:
            return
        self._sample_folder = free_folder(samples_folder(), name)
        self._sample = process = QProcess(self)
        process.finished.connect(self._sample_made)
        process.errorOccurred.connect(self._sample_broke)
        arguments = ["-m", "studio.project.samples", name, str(self._sample_folder)]
        if getattr(sys, "frozen", False):
            arguments = ["--sample", name, str(self._sample_folder)]
        self.guessed.emit(GuessView(self._sample_folder, busy=True))
        process.start(sys.executable, arguments)

    @Slot(int, QProcess.ExitStatus)
    def _sample_made(self, code: int, _status: QProcess.ExitStatus) -> None:
        process, self._sample = self._sample, None
        if process is None:
            return
        words = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip()
        process.deleteLater()
        self.guessed.emit(GuessView(self._sample_folder))
        if code == 0:
            self.open_or_complain(self._sample_folder)
        else:
            self.context.notices.say(
                "error", "The sample project could not be made.", "Is the disk full?", words
            )

    @Slot(QProcess.ProcessError)
    def _sample_broke(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._sample_made(-1, QProcess.ExitStatus.CrashExit)

    # -- opening and closing

    @Slot(object)
    def open(self, folder: Path) -> None:
        """Open a project; its curves and results follow from another thread."""
        self.open_or_complain(folder)

    def open_or_complain(self, folder: Path) -> None:
        """Open; a `UserError` becomes a notice here, since nobody may be there to catch it."""
        try:
            self._close_for(folder)
            self._show(Project.open(folder))
        except UserError as error:
            self.context.settings.forget(str(folder))
            self.context.notices.complain(error)
            self.context.store.projectChanged.emit()

    def close(self) -> None:
        """Back to Home, unless a run is training: then a notice offers to stop it first."""
        if self.context.training():
            words = "A run is training. It goes on as long as the window is open."
            self.context.notices.add(
                NoticeView(
                    "warning",
                    words,
                    "Stop it to leave the project.",
                    fix="Stop and keep",
                    wanted=("stop_keep",),
                )
            )
            return
        self.leave()

    def leave(self) -> None:
        """Let go of the project without asking."""
        store = self.context.store
        if store.project is None:
            return
        self._jobs.forget()
        self._edits.forget()
        self.context.client.give_up()
        self.context.client.open(None)
        store.project.close()
        if store.thumbnails is not None:
            store.thumbnails.close()
        store.clear()
        _tell_all(self.context)

    def _close_for(self, folder: Path) -> None:
        if self.context.training():
            raise UserError("A run is training.", f"Stop it before opening {folder.name}.")
        self.leave()

    def _show(self, project: Project) -> None:
        store = self.context.store
        store.clear()
        store.project, store.problem, store.recipe = project, project.problem, project.recipe
        store.marks = project.journal.marks()
        store.thumbnails = Pack(project.cache / "thumbnails", not project.read_only)
        self.context.client.open(project.folder)
        for words in project.notices:
            self.context.notices.say("info", words)
        if project.read_only:
            self.context.notices.say(
                "warning", f"{project.name} is open for reading only.", project.locked_by
            )
        _tell_all(self.context)
        in_background(self, lambda: kept(project), self._kept, self._failed)
        self._jobs.scan_soon(0)
        self._remember()
        self.opened.emit()

    @Slot(object)
    def _kept(self, found: _Kept) -> None:
        store = self.context.store
        if found.project is not store.project:
            return
        take_runs(store, found.known)
        store.rate, store.curve = RateView(earlier=found.rates), CurveView(found=found.curve)
        if store.run is None:
            store.run = found.last
        if found.results is not None and store.results is None:
            store.results, store.results_run = found.results, store.runs[-1].number
        for signal in (
            store.runsChanged,
            store.rateChanged,
            store.runChanged,
            store.resultsChanged,
            store.curveChanged,
        ):
            signal.emit()
        self._offer_resume(store.runs)

    def _offer_resume(self, runs: list[RunRecord]) -> None:
        last = runs[-1] if runs else None
        if last is None or last.status != "interrupted" or not last.resumable or self.context.store.read_only:
            return
        words = f"Run {last.number} was interrupted before it was done."
        hint = "It goes on exactly where its last checkpoint stood."
        self.context.notices.add(
            NoticeView("warning", words, hint, fix="Resume the run", wanted=("resume", last.number))
        )

    @Slot()
    def _remember(self) -> None:
        """Keep the open project, with its last score, among the recent ones."""
        store = self.context.store
        if store.project is None or store.problem is None:
            return
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        score = score_words(store.problem, store.runs)
        self.context.settings.remember(
            Recent(str(store.project.folder), store.project.name, store.problem.title, score, now)
        )

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self.guessed.emit(GuessView(Path()))
        if isinstance(error, UserError):
            self.context.notices.complain(error)
        else:
            self.context.notices.say("error", "The project could not be read.", "Try again.", repr(error))


def is_project(path: Path) -> bool:
    """Whether a path is a project folder or its recipe."""
    return (path.name == RECIPE and path.is_file()) or (path / RECIPE).is_file()


def guesses_of(path: Path) -> GuessView:
    """Ask every problem type about a path."""
    if not path.exists():
        return GuessView(path, error=f"There is nothing at {path}.")
    made = [guess for problem in PROBLEMS if (guess := problem.guess(path)) is not None]
    made.sort(key=_sureness, reverse=True)
    error = "" if made else f"{path.name} does not look like data that the studio can learn from."
    return GuessView(path, tuple(made), error)


def _sureness(guess: Guess) -> float:
    return guess.sure


def place_beside(data: Path) -> Path:
    """A free project folder beside the data; in the samples' folder where that cannot be written."""
    root = data if data.is_dir() else data.parent
    parent = root.parent if os.access(root.parent, os.W_OK) else samples_folder()
    return free_folder(parent, root.name if data.is_dir() else data.stem)


def free_folder(parent: Path, name: str) -> Path:
    """``name.thaw``, or with the first number that is free."""
    wanted, number = parent / f"{name}{SUFFIX}", 2
    while wanted.exists():
        wanted, number = parent / f"{name} {number}{SUFFIX}", number + 1
    return wanted


def samples_folder() -> Path:
    """Where projects go that have no better place."""
    return Path.home() / "Thaw Studio"


def kept(project: Project) -> _Kept:
    """Read the runs, the newest one's curves and results, and the finder's curves."""
    _, known = records_of(project)
    newest = known[-1].record if known else None
    folder = project.run(newest.number) if newest is not None and not newest.broken else None
    last = told(folder) if folder is not None else None
    results = folder.results() if folder is not None else None
    return _Kept(project, known, last, results, rates_of(project.rates), curve_of(project))


def rates_of(folder: Path) -> tuple[m.RateFound, ...]:
    """Curves of the finder, oldest first; damaged ones are left out."""
    found: list[m.RateFound] = []
    for path in sorted(folder.glob("*.json"), key=_written):
        with suppress(OSError, msgspec.DecodeError):
            found.append(msgspec.json.decode(path.read_bytes(), type=m.RateFound))
    return tuple(found)


def curve_of(project: Project) -> m.CurveFound | None:
    """The learning curve that was found last."""
    try:
        return msgspec.json.decode((project.folder / "curve.json").read_bytes(), type=m.CurveFound)
    except (OSError, msgspec.DecodeError):
        return None


def _written(path: Path) -> float:
    return path.stat().st_mtime


def score_words(problem: Any, runs: list[RunRecord]) -> str:
    """The newest run's score, as ``accuracy 96.2 %``; empty where there is none."""
    scored = [run for run in runs if run.score is not None]
    if not scored:
        return ""
    return f"{metric_title(score_of(problem, scored[-1])[0])} {run_score_words(problem, scored[-1])}"


_SIGNALS: tuple[str, ...] = (
    "projectChanged", "recipeChanged", "scanChanged", "findingsChanged", "previewChanged", "estimateChanged",
    "rateChanged", "runChanged", "runsChanged", "resultsChanged", "marksChanged", "shipChanged", "jobChanged",
)  # fmt: skip


def _tell_all(context: Context) -> None:
    """Another project: every page has something new to show."""
    for name in _SIGNALS:
        emit: Callable[[], None] = getattr(context.store, name).emit
        emit()
