"""What a person can want: one method per intention. Pages call these; nothing else changes the store.

Each method returns at once. What the engine answers arrives in the store through `Updates` (updates.py). A
`UserError` raised on the way becomes a notice; a page may not catch it. The work is in the modules beside this one:
`project` `recipe` `jobs` `runs` `queue` `cleaning` `ship`. Must not import torch, pandas or numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.engine import messages as m
from studio.ui.actions.cleaning import Cleaning
from studio.ui.actions.context import Context, reported
from studio.ui.actions.jobs import Jobs
from studio.ui.actions.project import GuessView, Projects
from studio.ui.actions.queue import QueueOfRuns
from studio.ui.actions.recipe import RecipeEdits
from studio.ui.actions.recipe_by_hand import RecipeByHand
from studio.ui.actions.runs import Runs
from studio.ui.actions.ship import Ship
from studio.ui.client import engine_command

__all__ = ["Actions", "Context", "GuessView"]


class Actions(QObject):
    """Intentions (see each method). Built by `app.py` around the store, the engine client and the settings.

    Signals
    -------
    guessed(GuessView)       what a dropped path looks like
    opened()                 a project was opened
    pageWanted(str)          a page should come to the front, by its key
    did(str, str)            something was done, in words, and the name of the method that takes it back (or "")
    themeChosen(str)         the look was chosen
    """

    guessed = Signal(object)
    opened = Signal()
    pageWanted = Signal(str)
    did = Signal(str, str)
    themeChosen = Signal(str)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._jobs = Jobs(context, self)
        self._edits = RecipeEdits(context, self._jobs, self)
        self._by_hand = RecipeByHand(context, self._edits, self)
        self._runs = Runs(context, self._jobs, self.did.emit, self)
        self._cleaning = Cleaning(context, self._jobs, self.did.emit, self)
        self._ship = Ship(context, self)
        self._queue = QueueOfRuns(context, self.did.emit, self)
        self._projects = Projects(context, self._jobs, self._edits, self)
        self._projects.guessed.connect(self.guessed)
        self._projects.opened.connect(self.opened)

    # -- project
    @reported
    def guess(self, path: Path) -> None:
        """Look at a dropped folder or file in the background; Home shows the proposals (`guessed` signal)."""
        self._projects.guess(path)

    @reported
    def new_project(
        self, problem: str, data: Path, folder: Path | None = None, values: dict[str, Any] | None = None
    ) -> None:
        """Write a project (beside the data where no folder is given) and open it on the Data page."""
        self._projects.make(problem, data, folder, values or {})

    @reported
    def new_sample_project(self, name: str = "digits") -> None:
        """Make the bundled sample project and open it."""
        self._projects.make_sample(name)

    @reported
    def open_project(self, folder: Path) -> None:
        """Open a project; read-only where another window has it."""
        self._projects.open(folder)

    @reported
    def close_project(self) -> None:
        """Back to Home. Asks through a notice first when a run is training."""
        self._projects.close()

    # -- recipe
    @reported
    def set_value(self, name: str, value: Any) -> None:
        """Edit one field in the words of `--set`; saved at once, undoable; rescans what depends on it.

        A value that is refused is told in `store.refused`, for the line under its field.
        """
        self._edits.set_value(name, value)

    @reported
    def set_values(self, values: dict[str, Any]) -> None:
        """Edit several fields as one undo step (a finding's fix)."""
        self._edits.set_values(values)

    @reported
    def set_stage(self, index: int, **changes: Any) -> None:
        """Change fields of one stage (`freeze`, `epochs`, `size`, `batch_size`, `lr` as a Rate)."""
        self._edits.set_stage(index, changes)

    @reported
    def add_stage(self) -> None:
        """Append a copy of the last stage, thawed."""
        self._edits.add_stage()

    @reported
    def remove_stage(self, index: int) -> None:
        """Remove a stage; the last one stays."""
        self._edits.remove_stage(index)

    @reported
    def copy_stage(self, index: int) -> None:
        """Put a stage like another one right after it."""
        self._edits.copy_stage(index)

    @reported
    def move_stage(self, index: int, place: int) -> None:
        """Put a stage at another place, counted from 0."""
        self._edits.move_stage(index, place)

    @reported
    def use_plan(self, key: str) -> None:
        """Take a ready-made plan (`studio/problems/plans.py`) as the stages."""
        self._edits.use_plan(key)

    @reported
    def look_at_recipe(self) -> None:
        """Read `recipe.toml` again where it was edited outside; happens by itself where the system tells of it."""
        self._by_hand.look()

    @reported
    def undo_recipe(self) -> None:
        """Take back the last edit of the recipe."""
        self._edits.undo()

    @reported
    def redo_recipe(self) -> None:
        """Bring it back."""
        self._edits.redo()

    # -- engine jobs
    @reported
    def scan(self) -> None:
        """Count and sample the data, then check it."""
        self._jobs.scan()

    @reported
    def preview(self, stage: int = 0) -> None:
        """Show another augmented batch."""
        self._jobs.preview(stage)

    @reported
    def estimate(self) -> None:
        """Predict memory for every stage."""
        self._jobs.estimate()

    @reported
    def find_rate(self, stage: int) -> None:
        """Start the finder on a stage."""
        self._jobs.find_rate(stage)

    @reported
    def try_rates(self, stage: int, lr_max: float, lr_min: float | None) -> None:
        """Start three short fits: at a tenth of a rate, at it, and at ten times it."""
        self._jobs.try_rates(stage, lr_max, lr_min)

    @reported
    def use_rate(self, stage: int, lr_max: float, lr_min: float | None) -> None:
        """Write the chosen rate into the stage."""
        self._edits.use_rate(stage, lr_max, lr_min)

    @reported
    def train(self) -> None:
        """Train all stages as a new run."""
        self._jobs.train()
        self.pageWanted.emit("train")

    @reported
    def train_everything(self, run: int) -> None:
        """Train a run's recipe once more, on the validation items too: the last run before shipping."""
        self._jobs.train_everything(run)
        self.pageWanted.emit("train")

    @reported
    def find_curve(self, plan: str = "quick", seeds: int = 1) -> None:
        """Do I need more data? Train on growing parts of it."""
        self._jobs.curve(plan, seeds)

    @reported
    def resume(self, run: int) -> None:
        """Continue a run from its last checkpoint."""
        self._runs.resume(run)
        self.pageWanted.emit("train")

    @reported
    def pause(self) -> None:
        """Hold the fit."""
        self._jobs.steer(m.Pause())

    @reported
    def continue_(self) -> None:
        """Go on."""
        self._jobs.steer(m.Continue())

    @reported
    def free_memory(self) -> None:
        """Give the memory of the fit back; the run can be resumed from where it stood."""
        self._jobs.free_memory()

    @reported
    def stop_keep(self) -> None:
        """Stop and keep a usable model."""
        self._jobs.steer(m.StopKeep())

    @reported
    def discard(self) -> None:
        """Stop and throw the run away."""
        self._jobs.steer(m.Discard())

    @reported
    def cancel(self) -> None:
        """Cancel the job that is not a fit."""
        self._jobs.cancel()

    @reported
    def restart_engine(self) -> None:
        """Start a fresh engine after one died."""
        self.context.client.restart()
        self._jobs.scan_soon()

    @reported
    def choose_card(self, card: int) -> None:
        """Train on another card from now on, in a fresh engine."""
        self._jobs.choose_card(card)

    # -- results and cleaning
    @reported
    def show_run(self, run: int) -> None:
        """Choose the run that Train and Results show; evaluates it first where it has no results yet."""
        self._runs.show(run)

    @reported
    def mark(self, keys: Sequence[str], action: str, value: Any = None) -> None:
        """Journal "keep", "relabel" (value: the new class) or "remove" for items."""
        self._cleaning.mark(keys, action, value)

    @reported
    def undo_mark(self) -> None:
        """Take back the last entry of the journal."""
        self._cleaning.undo()

    @reported
    def redo_mark(self) -> None:
        """Bring it back."""
        self._cleaning.redo()

    @reported
    def apply_marks(self) -> None:
        """Carry the marks out in the data folder; removed files go to the project's trash."""
        self._cleaning.apply()

    @reported
    def undo_apply(self) -> None:
        """Put back what the last apply moved."""
        self._cleaning.undo_apply()

    # -- ship
    @reported
    def predict(self, inputs: Sequence[Path | str]) -> None:
        """Answer for files, folders or typed items with the chosen run, on the CPU."""
        self._ship.predict(inputs)

    @reported
    def export(self, format: str, folder: Path) -> None:
        """Export the chosen run."""
        self._ship.export(format, folder)

    # -- runs
    @reported
    def compare_runs(self, runs: Sequence[int]) -> None:
        """Read the curves and settings of runs, so that they can be laid over each other."""
        self._runs.compare(runs)

    @reported
    def star_run(self, run: int, star: bool) -> None:
        """Mark a run."""
        self._runs.star(run, star)

    @reported
    def note_run(self, run: int, note: str) -> None:
        """Keep a note with a run."""
        self._runs.note(run, note)

    @reported
    def trash_run(self, run: int) -> None:
        """Move a run to the project's trash."""
        self._runs.trash(run)

    @reported
    def untrash_run(self) -> None:
        """Put back the run that was moved to the trash last."""
        self._runs.untrash()

    @reported
    def export_curves(self, runs: Sequence[int], format: str, folder: Path) -> None:
        """Write the curves of runs as "tensorboard" or "csv" files into a folder."""
        self._runs.export(runs, format, folder)

    # -- the queue
    @reported
    def queue_run(self, values: dict[str, Any] | None = None) -> None:
        """Line up a run of the project's recipe with some fields changed, in the words of `--set`."""
        self._queue.add(values or {})

    @reported
    def repeat_run(self, run: int, times: int = 3) -> None:
        """Train a run again from other seeds."""
        self._queue.repeat(run, times)

    @reported
    def unqueue(self, entry: int) -> None:
        """Take an entry out of the queue."""
        self._queue.remove(entry)

    @reported
    def move_queued(self, entry: int, place: int) -> None:
        """Put an entry of the queue at another place, counted from 0."""
        self._queue.move(entry, place)

    @reported
    def queue_again(self, entry: int) -> None:
        """Let a failed entry wait for its turn anew."""
        self._queue.again(entry)

    @reported
    def undo_queue(self) -> None:
        """Put back what was taken out of the queue last."""
        self._queue.undo()

    @reported
    def start_queue(self) -> None:
        """Train what waits, one after the other."""
        self._queue.start()

    @reported
    def pause_queue(self) -> None:
        """Begin no further run of the queue."""
        self._queue.pause()

    # -- the window
    def choose_theme(self, theme: str) -> None:
        """Follow the system, or be light or dark."""
        self.context.settings.change(theme=theme)
        self.themeChosen.emit(theme)

    def change_settings(self, **changes: Any) -> None:
        """Keep settings (see `settings.Values`); they hold from the next start of the engine."""
        self.context.settings.change(**changes)
        if "checkpoint_minutes" in changes:
            self.context.client.command = engine_command(self.context.settings.values.checkpoint_minutes)

    def forget_recent(self, folder: str) -> None:
        """Take a project off Home's list; its files stay."""
        self.context.settings.forget(folder)

    # -- notices
    def dismiss_notice(self, index: int) -> None:
        """Take a notice off the list."""
        if 0 <= index < len(self.context.store.notices):
            self.context.notices.take_back(self.context.store.notices[index])

    def mend(self, index: int) -> None:
        """Do what the button of a notice offers, and take the notice off the list."""
        notice = self.context.store.notices[index]
        if notice.wanted:
            self.context.notices.take_back(notice)
            getattr(self, notice.wanted[0])(*notice.wanted[1:])
