"""Train: the stages as a time line, the losses as they come, and what they mean in words.

Rules: layout only; what can be said is in `train_parts/*_words.py`, what can be seen in `studio/ui/charts`.
Must not import: pyqtgraph before the page is built (its charts are imported in the constructor).
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from studio.ui.actions import Actions
from studio.ui.diagnosis import Diagnosis, Judge, diagnose
from studio.ui.pages.base import Page
from studio.ui.pages.train_parts.diagnosis_bar import DiagnosisBar
from studio.ui.pages.train_parts.epoch_table import EpochTable
from studio.ui.pages.train_parts.plan_card import PlanCard
from studio.ui.pages.train_parts.stage_editor import StageEditor
from studio.ui.pages.train_parts.stage_words import batch_size_of, recipe_views, run_views
from studio.ui.pages.train_parts.state_words import Banner, banner, plan_steps, resumable, subtitle
from studio.ui.store import Store
from studio.ui.theme import SIZES
from studio.ui.widgets import EmptyState, FindingCard, PrimaryButton, StageTimeline, row, set_note

if TYPE_CHECKING:
    from studio.ui.live_run import LiveRun
    from studio.ui.pages.train_parts.charts import RunCharts

_DIAGNOSE_EVERY: Final = 1.0  # seconds; a diagnosis that changes with every batch cannot be read
_TABLE: Final = 256


class TrainPage(Page):
    """See the module's docstring."""

    key = "train"
    title = "Train"
    listens = (
        "projectChanged", "recipeChanged", "runChanged", "runsChanged", "jobChanged", "engineChanged",
        "estimateChanged", "scanChanged",
    )  # fmt: skip

    def __init__(self, store: Store, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(store, actions, parent)
        from studio.ui.pages.train_parts.charts import RunCharts

        self.timeline, self.editor = StageTimeline(), StageEditor()
        self.charts: RunCharts = RunCharts()
        self.table, self.diagnosis = EpochTable(), DiagnosisBar()
        self.empty = EmptyState(
            "train", "No project is open", "Open a project, or drop a folder or a table on the start page."
        )
        self.plan = PlanCard()
        self.primary = PrimaryButton("Train", "play")
        self.primary.setShortcut(QKeySequence("Ctrl+Return"))
        self._banner: tuple[Banner, FindingCard] | None = None
        self._chosen = -1
        self._diagnosed, self._epochs_seen = 0.0, (-1, -1)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.add_action(self.primary)
        self._above = QVBoxLayout()
        self._above.setSpacing(SIZES.grid)
        self._above.addWidget(self.timeline)
        self._above.addWidget(self.editor)
        self.editor.hide()
        self.body.setSpacing(SIZES.grid + SIZES.half)
        self.body.addLayout(self._above)
        curves = QWidget()
        line = row(self.charts, self.table, gap=SIZES.grid + SIZES.half)
        line.setStretch(0, 1)
        curves.setLayout(line)
        self.table.setFixedWidth(_TABLE)
        self._stack = QStackedWidget()
        for part in (self.empty, curves, self.plan):
            self._stack.addWidget(part)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self.diagnosis)
        set_note(self.charts, "one-cycle")
        set_note(self.timeline, "freeze")

    def _connect(self) -> None:
        self.primary.clicked.connect(self._train_or_resume)
        self.timeline.stageChosen.connect(self._open_editor)
        self.timeline.addRequested.connect(self.do.add_stage)
        self.editor.changed.connect(self._change_stage)
        self.editor.copyRequested.connect(self._copy_stage)
        self.editor.removeRequested.connect(self._remove_stage)
        self.editor.undoRequested.connect(self.do.undo_recipe)
        self.editor.closed.connect(self._close_editor)
        self.diagnosis.whyRequested.connect(self.noteRequested)
        self.charts.told.connect(self._say)

    # -- what is shown
    def refresh(self) -> None:
        self._show_stages()
        if self.changed - {"runChanged"}:
            self._show_editor()
        self._show_buttons()
        self._show_banner()
        self._show_run()
        self.set_subtitle(subtitle(self._run()))

    def _run(self) -> LiveRun | None:
        return self.store.run

    def _training(self) -> bool:
        return self.store.job is not None and self.store.job.what == "Train"

    def _show_stages(self) -> None:
        recipe, run = self.store.recipe, self._run()
        if recipe is None:
            self.timeline.set_stages(())
            return
        if run is not None and run.plan and (run.active or self._same_plan(run)):
            views = run_views(run, self.store.estimate)
        else:
            views = recipe_views(recipe, self.store.estimate, self._items(), run)
        self.timeline.set_stages(views)
        self.timeline.set_editable(not self._training() and not self.store.read_only)
        self.timeline.choose(self._chosen)

    def _same_plan(self, run: LiveRun) -> bool:
        """Whether the run shown was trained with the stages that the recipe has now."""
        stages = self.store.recipe.training.stages if self.store.recipe is not None else ()
        asked = [(s.freeze, s.epochs, s.size, s.lr.max, s.lr.min) for s in stages]
        return asked == [(p.freeze, p.epochs, p.size, p.lr_max, p.lr_min) for p in run.plan]

    def _items(self) -> int:
        return self.store.scan.n_train if self.store.scan is not None else 0

    def _show_editor(self) -> None:
        recipe = self.store.recipe
        stages = recipe.training.stages if recipe is not None else ()
        if not 0 <= self._chosen < len(stages):
            self._close_editor()
            return
        stage, estimate = stages[self._chosen], self.store.estimate
        chosen = batch_size_of(stage, self._chosen, estimate)
        self.editor.show_stage(self._chosen, stage, chosen, len(stages) == 1, self.store.can_undo_recipe)
        self.editor.set_editable(not self._training() and not self.store.read_only)

    def _show_buttons(self) -> None:
        cut = resumable(self.store)
        self.primary.setText(f"Resume run {cut.number}" if cut is not None else "Train")
        self.primary.setVisible(not self._training())
        self.primary.setEnabled(
            not self.store.busy and not self.store.read_only and self.store.recipe is not None
        )
        said = "Wait until the engine has finished what it does now." if self.store.busy else ""
        self.primary.setToolTip(said or "Ctrl+Return")

    def _show_banner(self) -> None:
        wanted = banner(self.store)
        if self._banner is not None and self._banner[0] == wanted:
            return
        if self._banner is not None:
            self._above.removeWidget(self._banner[1])
            self._banner[1].deleteLater()
            self._banner = None
        if wanted is not None:
            card = FindingCard(wanted.severity, wanted.title, wanted.sentence, show="", fix=wanted.button)
            card.fixRequested.connect(self._banner_button)
            self._above.addWidget(card)
            self._banner = (wanted, card)

    def _show_run(self) -> None:
        run, recipe = self._run(), self.store.recipe
        started = run is not None and bool(run.plan or run.steps)
        self._stack.setCurrentIndex(1 if started else 0 if recipe is None else 2)
        if not started and recipe is not None:
            self.plan.show_steps(plan_steps(recipe, self.store))
        for part in (self.charts, self.table):
            part.set_score(*self._judged_by(run))
        if started:
            self.charts.show_run(run)
        self._show_epochs(run if started else None)

    def _show_epochs(self, run: LiveRun | None) -> None:
        """The table and the diagnosis change with the epochs, or once a second."""
        seen = (id(run), len(run.epochs) if run is not None else -1)
        if seen != self._epochs_seen or self.changed - {"runChanged"}:
            self._epochs_seen = seen
            self.table.show_run(run)
            self._diagnosed = 0.0
        if monotonic() - self._diagnosed < _DIAGNOSE_EVERY:
            return
        self._diagnosed = monotonic()
        found = self._diagnose(run)
        waiting = (
            "What the curves mean is said here after the first epochs."
            if run is not None and run.active
            else ""
        )
        self.diagnosis.show_diagnosis(found, waiting)

    def _diagnose(self, run: LiveRun | None) -> Diagnosis | None:
        problem, scan = self.store.problem, self.store.scan
        if run is None:
            return None
        if problem is None:
            return diagnose(run)
        return diagnose(run, Judge(*self._judged_by(run), scan.n_valid if scan is not None else 0))

    def _judged_by(self, run: LiveRun | None) -> tuple[str, bool]:
        """The metric that this run is judged by, and whether more of it is better."""
        problem = self.store.problem
        return (
            problem.judged_by(run.metrics if run is not None else ()) if problem is not None else ("", True)
        )

    # -- what a person wants
    def _train_or_resume(self) -> None:
        cut = resumable(self.store)
        if cut is not None:
            self.do.resume(cut.number)
        else:
            self.do.train()

    def _banner_button(self) -> None:
        wants = {"train": self.do.train, "continue": self.do.continue_, "restart": self.do.restart_engine}
        if self._banner is not None and self._banner[0].intention in wants:
            wants[self._banner[0].intention]()

    def _open_editor(self, index: int) -> None:
        self._chosen = index
        self._show_editor()
        self.editor.show()
        self.timeline.choose(index)

    def _close_editor(self) -> None:
        self._chosen = -1
        self.editor.hide()
        self.timeline.choose(-1)

    def _change_stage(self, changes: dict[str, object]) -> None:
        self.do.set_stage(self._chosen, **changes)

    def _copy_stage(self) -> None:
        """A stage like the chosen one, at the end."""
        if self.store.recipe is None:
            return
        stages = self.store.recipe.training.stages
        stage = stages[self._chosen]
        self.do.add_stage()
        same = {
            "freeze": stage.freeze,
            "epochs": stage.epochs,
            "size": stage.size,
            "batch_size": stage.batch_size,
            "lr": stage.lr,
        }
        self.do.set_stage(len(stages), **same)

    def _remove_stage(self) -> None:
        index = self._chosen
        self._close_editor()
        self.do.remove_stage(index)

    def _say(self, words: str) -> None:
        self.set_subtitle(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.table.setFixedWidth(_TABLE if event.size().width() >= 900 else _TABLE - 16)


def fill_sample(store: Store) -> None:
    """A run in its second stage."""
    from studio.ui.pages.train_parts.sample import fill

    fill(store)


if __name__ == "__main__":
    from studio.ui.preview import preview

    preview(TrainPage, fill_sample)
