"""Train: the stages as a time line, the losses as they come, and what they mean in words.

Rules: layout only; what can be said is in `train_parts/*_words.py`, what can be seen in `studio/ui/charts`.
Must not import: pyqtgraph before the page is built (its charts are imported in the constructor).
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.engine import messages as m
from studio.errors import UserError
from studio.problems.plans import plans
from studio.project.curve_rules import Diagnosis
from studio.project.diagnosis import findings
from studio.project.remedies import remedies
from studio.recipe.schema import Recipe
from studio.ui.actions import Actions
from studio.ui.diagnosis import judge_of
from studio.ui.pages.base import Page
from studio.ui.pages.train_parts.diagnosis_bar import DiagnosisBar
from studio.ui.pages.train_parts.plan_card import PlanCard
from studio.ui.pages.train_parts.side import Side
from studio.ui.pages.train_parts.stage_editor import StageEditor
from studio.ui.pages.train_parts.stage_words import (
    batch_size_of,
    live_views,
    measured,
    recipe_views,
    run_views,
)
from studio.ui.pages.train_parts.state_words import Banner, banner, plan_steps, resumable, subtitle
from studio.ui.samples import kind_of
from studio.ui.store import Store
from studio.ui.theme import SIZES
from studio.ui.updates import same_plan
from studio.ui.widgets import (
    EmptyState,
    Filling,
    FillingStack,
    FindingCard,
    MenuButton,
    PrimaryButton,
    SecondaryButton,
    StageTimeline,
    row,
    scrolled,
    set_note,
)
from studio.ui.widgets.stage_block import StageView

if TYPE_CHECKING:
    from studio.project.live_run import LiveRun
    from studio.ui.pages.train_parts.charts import RunCharts

_DIAGNOSE_EVERY: Final = 1.0  # seconds; a diagnosis that changes with every batch cannot be read
_TABLE: Final = 256


class TrainPage(Page):
    """See the module's docstring."""

    key = "train"
    title = "Train"
    listens = (
        "projectChanged", "recipeChanged", "refusedChanged", "runChanged", "runsChanged", "jobChanged", "engineChanged",
        "estimateChanged", "scanChanged",
    )  # fmt: skip

    def __init__(self, store: Store, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(store, actions, parent)
        from studio.ui.pages.train_parts.charts import RunCharts

        self.timeline, self.editor = StageTimeline(), StageEditor()
        self.charts: RunCharts = RunCharts()
        self.side, self.diagnosis = Side(), DiagnosisBar()
        self.table = self.side.table
        self.plans = MenuButton("Plans")
        self.plans.setToolTip("Ready-made plans of stages (Ctrl+Shift+P); undo takes them back")
        self.plans.setShortcut(QKeySequence("Ctrl+Shift+P"))
        self.queue = SecondaryButton("Queue", "plus")
        self.queue.setShortcut(QKeySequence("Ctrl+Shift+Return"))
        self.queue.setToolTip("Put this recipe into the queue of runs (Ctrl+Shift+Return)")
        self._timed: LiveRun | None = None
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
        self.add_action(self.plans)
        self.add_action(self.queue)
        self.add_action(self.primary)
        self._above = QVBoxLayout()
        self._above.setSpacing(SIZES.grid)
        self._above.addWidget(self.timeline)
        self._above.addWidget(self.editor)
        self.editor.hide()
        content = Filling()
        content.setObjectName("scrolled")
        self._content = QVBoxLayout(content)
        self._content.setContentsMargins(0, 0, 0, 0)
        self._content.setSpacing(SIZES.grid + SIZES.half)
        self._content.addLayout(self._above)
        curves = QWidget()
        line = row(self.charts, self.side, gap=SIZES.grid + SIZES.half)
        line.setStretch(0, 1)
        curves.setLayout(line)
        self.side.setFixedWidth(_TABLE)
        self._stack = FillingStack()
        for part in (self.empty, curves, self.plan):
            self._stack.addWidget(part)
        self._content.addWidget(self._stack, 1)
        self._content.addWidget(self.diagnosis)
        area = scrolled(content)  # a low window scrolls: curves that are flat cannot be read
        area.verticalScrollBar().rangeChanged.connect(self._make_room)
        self.body.addWidget(area, 1)
        set_note(self.charts, "one-cycle")
        set_note(self.timeline, "freeze")

    def _make_room(self, _low: int, high: int) -> None:
        """The scroll bar floats: the cards leave its place free where there is one."""
        self._content.setContentsMargins(0, 0, SIZES.gap if high else 0, 0)

    def _connect(self) -> None:
        self.primary.clicked.connect(self._train_or_resume)
        self.timeline.stageChosen.connect(self._open_editor)
        self.timeline.addRequested.connect(self.do.add_stage)
        self.timeline.moveRequested.connect(self._move_stage)
        self.plans.chosen.connect(self.do.use_plan)
        self.queue.clicked.connect(self._queue_run)
        self.editor.changed.connect(self._change_stage)
        self.editor.copyRequested.connect(self._copy_stage)
        self.editor.removeRequested.connect(self._remove_stage)
        self.editor.undoRequested.connect(self.do.undo_recipe)
        self.editor.closed.connect(self._close_editor)
        self.diagnosis.whyRequested.connect(self.noteRequested)
        self.diagnosis.fixRequested.connect(self._mend)
        self.diagnosis.chosen.connect(self._mark_evidence)
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
        if run is not None and measured(run):
            self._timed = run
        self.timeline.set_stages(self._views(recipe, run))
        self.timeline.set_editable(self._editable())
        self.timeline.choose(self._chosen)

    def _views(self, recipe: Recipe, run: LiveRun | None) -> tuple[StageView, ...]:
        if run is None or not run.plan or not (run.active or same_plan(run.plan, recipe.training.stages)):
            return recipe_views(recipe, self.store.estimate, self._items(), self._timed)
        if run.active and self.store.follows_recipe:
            return live_views(run, recipe, self.store.estimate, self._items(), self._timed)
        return run_views(run, self.store.estimate)

    def _editable(self) -> bool:
        """Stages to come can be edited while the run that follows this recipe trains."""
        return not self.store.read_only and (not self._training() or self.store.follows_recipe)

    def _locked(self, index: int) -> bool:
        blocks = self.timeline.blocks()
        return self._training() and 0 <= index < len(blocks) and blocks[index].view().locked

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
        self.editor.show_refused(self.store.refused)
        self.editor.set_editable(self._editable() and not self._locked(self._chosen))

    def _show_buttons(self) -> None:
        cut = resumable(self.store)
        self.primary.setText(f"Resume run {cut.number}" if cut is not None else "Train")
        self.primary.setVisible(not self._training())
        self.plans.setVisible(self.store.recipe is not None and not self._training())
        self.plans.setEnabled(not self.store.read_only)
        self.queue.setVisible(self.store.recipe is not None)
        self.queue.setEnabled(not self.store.read_only)
        if "recipeChanged" in self.changed or "projectChanged" in self.changed:
            self._show_plans()
        self.primary.setEnabled(
            not self.store.busy and not self.store.read_only and self.store.recipe is not None
        )
        said = "Wait until the engine has finished what it does now." if self.store.busy else ""
        self.primary.setToolTip(said or "Ctrl+Return")

    def _show_plans(self) -> None:
        recipe, problem = self.store.recipe, self.store.problem
        if recipe is None or problem is None:
            return
        try:
            found = plans(problem, recipe)
        except UserError:  # the Data page says what is wrong with the options
            return
        now = next((plan.key for plan in found if plan.stages == recipe.training.stages), None)
        self.plans.set_entries([(plan.key, plan.title) for plan in found], now)
        for action, plan in zip(self.plans.entries(), found, strict=True):
            action.setToolTip(plan.sentence)

    def _show_banner(self) -> None:
        wanted = banner(self.store)
        if self._banner is not None and self._banner[0] == wanted:
            return
        if self._banner is not None:
            self._above.removeWidget(self._banner[1])
            self._banner[1].deleteLater()
            self._banner = None
        if wanted is not None:
            card = FindingCard(wanted.severity, wanted.title, wanted.sentence, wanted.also, wanted.button)
            card.fixRequested.connect(self._banner_button)
            card.showRequested.connect(self._banner_also)
            self._above.addWidget(card)
            card.show()  # now, so that everything below is laid out once and not twice
            self._banner = (wanted, card)

    def _show_run(self) -> None:
        run, recipe = self._run(), self.store.recipe
        started = run is not None and bool(run.plan or run.steps)
        self._stack.setCurrentIndex(1 if started else 0 if recipe is None else 2)
        if not started and recipe is not None:
            self.plan.show_steps(plan_steps(recipe, self.store, self._timed))
        for part in (self.charts, self.table):
            part.set_score(*self._judged_by(run))
        if started:
            self.charts.show_run(run)
        self._show_epochs(run if started else None)

    def _show_epochs(self, run: LiveRun | None) -> None:
        """The table and the diagnosis change with the epochs, or once a second."""
        seen = (id(run), len(run.epochs) + len(run.shown) if run is not None else -1)
        if seen != self._epochs_seen or self.changed - {"runChanged"}:
            self._epochs_seen = seen
            self.table.show_run(run)
            self._show_samples(run)
            self._diagnosed = 0.0
        if monotonic() - self._diagnosed < _DIAGNOSE_EVERY:
            return
        self._diagnosed = monotonic()
        waiting = (
            "What the curves mean is said here after the first epochs."
            if run is not None and run.active
            else ""
        )
        self.diagnosis.show_findings(self._findings(run), waiting, not self.store.read_only)

    def _findings(self, run: LiveRun | None) -> tuple[tuple[Diagnosis, tuple[m.Fix, ...]], ...]:
        """What is to be said, each with the edits that may help."""
        problem, recipe = self.store.problem, self.store.recipe
        if run is None:
            return ()
        found = findings(run, judge_of(problem, run))
        if problem is None or recipe is None:
            return tuple((one, ()) for one in found)
        return tuple((one, remedies(one, recipe, problem)) for one in found)

    def _judged_by(self, run: LiveRun | None) -> tuple[str, bool]:
        """The metric that this run is judged by, and whether more of it is better."""
        problem = self.store.problem
        return (
            problem.judged_by(run.metrics if run is not None else ()) if problem is not None else ("", True)
        )

    def _show_samples(self, run: LiveRun | None) -> None:
        project = self.store.project
        root = project.data_root if project is not None else None
        folder = (
            project.folder / "runs" / f"{run.run:04d}" if project is not None and run is not None else None
        )
        self.side.samples.show_run(run, kind_of(self.store.problem), root, folder)

    # -- what a person wants
    def _train_or_resume(self) -> None:
        cut = resumable(self.store)
        if cut is not None:
            self.do.resume(cut.number)
        else:
            self.do.train()

    def _banner_button(self) -> None:
        if self._banner is not None:
            self._carry_out(self._banner[0].intention)

    def _banner_also(self) -> None:
        if self._banner is not None:
            self._carry_out(self._banner[0].also_intention)

    def _carry_out(self, intention: str) -> None:
        wants = {
            "train": self.do.train,
            "continue": self.do.continue_,
            "restart": self.do.restart_engine,
            "free": self.do.free_memory,
        }
        if intention in wants:
            wants[intention]()

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
        self.do.copy_stage(self._chosen)

    def _move_stage(self, index: int, place: int) -> None:
        self._chosen = place if self._chosen == index else self._chosen
        self.do.move_stage(index, place)

    def _queue_run(self) -> None:
        self.do.queue_run({})

    def _mend(self, fix: m.Fix) -> None:
        self.do.set_values(fix.values)
        self._say(f"Changed the recipe: {fix.label.lower()}. Train again to see what it brings.")

    def _mark_evidence(self, found: Diagnosis | None) -> None:
        self.charts.mark(found.evidence if found is not None else None)

    def _remove_stage(self) -> None:
        index = self._chosen
        self._close_editor()
        self.do.remove_stage(index)

    def _say(self, words: str) -> None:
        self.set_subtitle(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.side.setFixedWidth(_TABLE if event.size().width() >= 900 else _TABLE - 16)


def fill_sample(store: Store) -> None:
    """A run in its second stage."""
    from studio.ui.pages.train_parts.sample import fill
    from studio.ui.pages.train_parts.scenes import with_photos

    fill(store)
    with_photos(store)


if __name__ == "__main__":
    from studio.ui.preview import preview

    preview(TrainPage, fill_sample)
