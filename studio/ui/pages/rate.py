"""Rate: the finder's plot, the slice of learning rates chosen on it, and three short fits around it.

Rules: a page lays out and reads the store; `rate_parts.state` says what there is to show, `charts.rate_slice`
what a click means.
Must not import torch, fastai or pandas; pyqtgraph comes with the chart, inside the constructor.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.engine import messages as m
from studio.errors import UserError
from studio.ui.actions import Actions
from studio.ui.pages.base import Page
from studio.ui.store import Store
from studio.ui.widgets import EmptyState, PrimaryButton, SecondaryButton

if TYPE_CHECKING:
    from studio.ui.charts.rate_curve import RateCurve
    from studio.ui.pages.rate_parts.state import Shown, Tried

_WHAT = (
    "About a hundred small steps with a growing rate, the loss of each drawn here. "
    "It changes nothing in the model."
)
_BUSY = "The engine is busy; the finder can run when it is done."


class RatePage(Page):
    """See the module."""

    key: ClassVar[str] = "rate"
    title: ClassVar[str] = "Rate"
    listens: ClassVar[tuple[str, ...]] = (
        "projectChanged",
        "recipeChanged",
        "rateChanged",
        "jobChanged",
        "estimateChanged",
    )

    def __init__(self, store: Store, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(store, actions, parent)
        from studio.ui.pages.rate_parts.board import Board
        from studio.ui.pages.rate_parts.groups_card import GroupsCard, KeysLine

        self._stage = store.rate.stage
        self._for: tuple[int, m.RateFound | None] = (-1, None)  # whose slice the handles stand for
        self._view = "curve"
        self._answer = store.trials.tried
        self._searched = False
        self._behind: tuple[m.RateFound, ...] = ()  # the earlier searches that are drawn
        self.three = SecondaryButton("Ten times less, more")
        self.again, self.primary = SecondaryButton("Find again", "refresh"), PrimaryButton()
        for button, slot, keys in (
            (self.three, self._try_three, "T"),
            (self.again, self._find, "F"),
            (self.primary, self._act, "Ctrl+Return"),
        ):
            button.clicked.connect(slot)
            button.setShortcut(QKeySequence(keys))
            self.add_action(button)
        self.board, self.groups, self._keys = Board(), GroupsCard(), KeysLine()
        self.nothing = EmptyState(
            "rate", "No project is open", "Open a project, or drop a folder or a table on Home."
        )
        self.body.addWidget(self.board, 1)
        self.body.addWidget(self.groups)
        self.body.addWidget(self._keys)
        self.body.addWidget(self.nothing, 1)
        self._connect()

    def _connect(self) -> None:
        board, plot = self.board, self.board.plot
        board.chooser.stageChosen.connect(self.choose_stage)
        board.suggested.taken.connect(self._take_suggestion)
        board.slider.smoothingChosen.connect(self._smooth)
        board.saveRequested.connect(self._save)
        board.progress.cancelRequested.connect(self.do.cancel)
        board.views.keyChosen.connect(self.choose_view)
        board.trials.rateChosen.connect(self._take_trial)
        plot.suggestionTaken.connect(self._take_suggestion)
        plot.sliceChanged.connect(self._show_choice)
        self.groups.typed.rateTyped.connect(self._typed)

    # -- what it shows
    def refresh(self) -> None:
        recipe = self.store.recipe
        for widget in (self.board, self.groups, self._keys, self.three, self.again, self.primary):
            widget.setVisible(recipe is not None)
        self.nothing.setVisible(recipe is None)
        if recipe is None:
            self.set_subtitle("")
            return
        if "projectChanged" in self.changed:
            self._stage, self._view, self._answer = self.store.rate.stage, "curve", None
        if "rateChanged" in self.changed:
            self._follow()
        self._stage = min(self._stage, len(recipe.training.stages) - 1)
        self._show(self._shown())

    def _follow(self) -> None:
        """Go where something runs."""
        if self.store.rate.running:
            self._stage, self._searched, self._view = self.store.rate.stage, True, "curve"
        elif self.store.trials.running or self.store.trials.tried is not self._answer:
            self._stage, self._view = self.store.trials.stage, "trials"
        self._answer = self.store.trials.tried

    def _tried(self) -> Tried:
        from studio.ui.pages.rate_parts.state import tried

        return tried(self.store.trials, self._stage)

    def _shown(self) -> Shown:
        from studio.ui.pages.rate_parts.state import shown

        return shown(self.store.rate, self._stage)

    def _show(self, now: Shown) -> None:
        from studio.ui.pages.rate_parts.state import subtitle

        assert self.store.recipe is not None
        stages = self.store.recipe.training.stages
        self.set_subtitle(subtitle(self.store.recipe, self._stage, now.found, self.store.estimate))
        self.board.chooser.set_stages(stages, self._stage)
        self.board.plot.set_frozen(stages[self._stage].freeze)
        self._adopt(now)
        three = self._tried()
        self.board.views.setVisible(three.kind != "empty")
        self.board.views.choose(self._view)
        if three.kind != "empty" and self._view == "trials":
            self._show_trials(three)
        else:
            self._show_search(now)
        self._show_choice()

    def _show_search(self, now: Shown) -> None:
        drawn = now.kind in ("running", "stopped") or now.found is not None
        self.board.show_plot(drawn, now.found is not None)
        self.board.show_error(now.error)
        self._show_empty(now)
        self._show_progress(now.kind == "running", "Taking small steps")
        if drawn:
            self._show_curves(now)

    def _show_trials(self, three: Tried) -> None:
        self.board.show_trials()
        self.board.show_error(three.error)
        self._show_progress(three.kind == "running", "Trying three rates")
        self.board.trials.show_tried(three, self.board.plot.choice.slice)
        self.board.say(three.sentence, "good" if three.best is not None else "")

    def _show_empty(self, now: Shown) -> None:
        failed = now.kind == "error"
        words = "Mend what the card above says, then search again." if failed else _WHAT
        self.board.empty.set("rate", f"Stage {self._stage + 1} has no curve yet", words)

    def _show_progress(self, running: bool, words: str) -> None:
        job = self.store.job
        self.board.progress.setVisible(running)
        if running and job is not None:
            fraction = job.done / job.total if job.total else None
            self.board.progress.set_progress(fraction, job.text or words, job.seconds_left)

    def _curve(self, now: Shown) -> RateCurve:
        from studio.ui.charts.rate_curve import of_found, reduce

        rate, smoothing = self.store.rate, self.board.slider.smoothing()
        if now.found is None:
            return reduce(rate.lrs, rate.losses, rate.smooth, smoothing)
        return of_found(now.found, smoothing)

    def _show_curves(self, now: Shown) -> None:
        from studio.ui.charts.rate_curve import name_of, of_found
        from studio.ui.charts.rate_plot import Earlier
        from studio.ui.pages.rate_parts.state import STOPPED, too_few

        curve, plot = self._curve(now), self.board.plot
        if now.earlier != self._behind:
            self._behind = now.earlier
            plot.set_earlier([Earlier(of_found(f), name_of(f), f.freeze) for f in now.earlier])
        plot.set_suggestions(now.found.suggestions if now.found is not None else ())
        plot.set_curve(curve, now.found is None)
        self.board.suggested.set_suggestions(now.found.suggestions if now.found is not None else ())
        few = too_few(curve) if now.found is not None else ""
        said = few or (now.found.sentence if now.found is not None else "")
        self.board.say(STOPPED if now.kind == "stopped" else said, "warning" if few else "")

    def _adopt(self, now: Shown) -> None:
        """A new curve starts from its first suggestion, an old one from what the recipe has."""
        from studio.ui.pages.rate_parts.state import slice_from, slice_of

        assert self.store.recipe is not None
        chosen = slice_of(self.store.recipe.training.stages[self._stage])
        if (
            self._view == "trials" and "recipeChanged" in self.changed
        ):  # chosen there is used at once, and undone
            self.board.plot.choice.take(chosen)
            self.board.plot.show_slice()
        if self._for[0] == self._stage and self._for[1] is now.found:
            return
        self._for = (self._stage, now.found)
        if now.found is not None and self._searched and now.found.suggestions:
            first = now.found.suggestions[0]
            chosen = slice_from(first.max, first.min)
        self._searched = False
        self.board.plot.choice.put(chosen)
        self.board.plot.show_slice()

    @Slot()
    def _show_choice(self) -> None:
        now = self._shown()
        self.groups.setVisible(now.found is not None)
        self._keys.setVisible(now.found is not None and not self._trials_shown())
        if now.found is not None:
            self.groups.show_slice(self.board.plot.choice.slice, now.found.groups, now.found.trainable)
        self._show_actions(now)

    def _show_actions(self, now: Shown) -> None:
        from studio.ui.charts.rate_plot import slice_words

        chosen, idle = self.board.plot.choice.slice, not self.store.busy
        still = not (self.store.rate.running or self.store.trials.running)
        self.again.setVisible(still and now.found is not None)
        self.three.setVisible(still)
        self.again.setEnabled(idle)
        self.three.setEnabled(idle and chosen is not None)
        self.primary.setVisible(still)
        if now.found is None and not self._trials_shown():
            self.primary.setText("Find a rate")
            self.primary.setEnabled(idle)
        elif self._is_used():
            self.primary.setText("Continue to training")
            self.primary.setEnabled(True)
        else:
            self.primary.setText(f"Use {slice_words(chosen)}" if chosen is not None else "Use a rate")
            self.primary.setEnabled(chosen is not None and not self.store.read_only)
        self.again.setToolTip("Search once more on this stage (F)" if idle else _BUSY)
        words = slice_words(chosen) if chosen is not None else "the chosen rate"
        self.three.setToolTip(
            f"Train the beginning of this stage at a tenth of {words}, at it, and at ten times it: "
            "the same weights, the same batches, nothing kept (T)"
            if idle
            else _BUSY
        )
        self.primary.setToolTip("Ctrl+Return" if idle or now.found is not None else _BUSY)
        self.primary.setShortcut(QKeySequence("Ctrl+Return"))  # new words took it away

    def _is_used(self) -> bool:
        from studio.ui.pages.rate_parts.state import slice_of

        recipe, chosen = self.store.recipe, self.board.plot.choice.slice
        return (
            recipe is not None
            and chosen is not None
            and slice_of(recipe.training.stages[self._stage]) == chosen
        )

    def _trials_shown(self) -> bool:
        return self._view == "trials" and self._tried().kind != "empty"

    # -- what a person does
    @Slot(str)
    def choose_view(self, key: str) -> None:
        """Show the finder's curve ("curve") or the three short fits ("trials")."""
        self._view = key
        if self.store.recipe is not None:
            self._show(self._shown())

    @Slot()
    def _try_three(self) -> None:
        chosen = self.board.plot.choice.slice
        if chosen is not None:
            self.do.try_rates(self._stage, chosen.high, chosen.low)

    @Slot(int)
    def _take_trial(self, place: int) -> None:
        """Choose a fit: its rate is used at once, and undo brings the old one back."""
        one = self._tried().slices[place]
        self.board.plot.choice.take(one)
        self.board.plot.show_slice()
        if not self.store.read_only:
            self.do.use_rate(self._stage, one.high, one.low)
        self._show(self._shown())

    @Slot(int)
    def choose_stage(self, stage: int) -> None:
        """Show another stage."""
        self._stage = stage
        if self.store.recipe is not None:
            self._show(self._shown())

    @Slot()
    def _find(self) -> None:
        self._searched = True
        self.do.find_rate(self._stage)

    @Slot()
    def _act(self) -> None:
        chosen = self.board.plot.choice.slice
        if self._shown().found is None and not self._trials_shown():
            self._find()
        elif self._is_used():
            self.pageRequested.emit("train")
        elif chosen is not None:
            self.do.use_rate(self._stage, chosen.high, chosen.low)

    @Slot(int)
    def _take_suggestion(self, index: int) -> None:
        from studio.ui.pages.rate_parts.state import slice_from

        found = self._shown().found
        if found is not None and index < len(found.suggestions):
            one = found.suggestions[index]
            self.board.plot.choice.take(slice_from(one.max, one.min))
            self.board.plot.show_slice()
            self._show_choice()

    @Slot(str, object)
    def _typed(self, handle: str, rate: float | None) -> None:
        self.board.plot.choice.set_rate("low" if handle == "low" else "high", rate)
        self.board.plot.show_slice()
        self._show_choice()

    @Slot(float)
    def _smooth(self, _value: float) -> None:
        now = self._shown()
        if now.kind in ("running", "stopped") or now.found is not None:
            self._show_curves(now)

    @Slot(str)
    def _save(self, what: str) -> None:
        picture = what == "picture"
        kinds = "Picture (*.png)" if picture else "Table (*.csv)"
        start = f"rate-stage-{self._stage + 1}.{'png' if picture else 'csv'}"
        found, _ = QFileDialog.getSaveFileName(self, "Save the curve", start, kinds)
        if found:
            self.save_to(Path(found))

    def save_to(self, path: Path) -> None:
        """Write the curve: a picture for `.png`, a table for anything else; says what happened."""
        from studio.project.atomic import write_text
        from studio.ui.charts.rate_curve import as_csv

        try:
            if path.suffix.lower() == ".png":
                written = self.board.plot.save_picture(path)
            else:
                write_text(path, as_csv(self._curve(self._shown())))
                written = True
        except (UserError, OSError) as error:
            self.board.say(f"{path.name} could not be written: {error}", "error")
            return
        if written:
            self.board.say(f"Saved as {path}.", "good")
        else:
            self.board.say(
                f"{path.name} could not be written. Choose a folder that you may write to.", "error"
            )


def fill_sample(store: Store) -> None:
    """Two searches of an invented project: frozen, then thawed."""
    from studio.ui.pages.rate_parts.sample import fill

    fill(store)


if __name__ == "__main__":
    from studio.ui.preview import preview

    raise SystemExit(preview(RatePage, fill_sample))
