"""Data: at the left what to make of the items, at the right what that comes to.

Rules: a page lays out and reads the store; edits go to the actions in the words of `--set`.
Must not import torch, fastai, pandas, numpy or pyqtgraph.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Final

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.engine import messages as m
from studio.recipe.edit import settable
from studio.ui.actions import Actions
from studio.ui.pages.base import Page
from studio.ui.pages.data_parts import words
from studio.ui.pages.data_parts.batch import Batch
from studio.ui.pages.data_parts.findings import Findings
from studio.ui.pages.data_parts.legend import Legend
from studio.ui.pages.data_parts.settings import DataSettings
from studio.ui.samples import about, kind_of, reader
from studio.ui.store import Store
from studio.ui.theme import SIZES
from studio.ui.widgets import (
    Card,
    ClassBars,
    EmptyState,
    FindingCard,
    PrimaryButton,
    ProgressLine,
    columns,
    scrolled,
    set_note,
)

_BAR_ROOM: Final = SIZES.gap


class DataPage(Page):
    """See the module."""

    key: ClassVar[str] = "data"
    title: ClassVar[str] = "Data"
    listens: ClassVar[tuple[str, ...]] = (
        "projectChanged", "recipeChanged", "refusedChanged", "jobChanged", "scanChanged", "findingsChanged",
        "previewChanged",
    )  # fmt: skip

    def __init__(self, store: Store, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(store, actions, parent)
        self.primary = PrimaryButton("Continue to the rate")
        self.primary.clicked.connect(self._go_on)
        self.add_action(self.primary)
        self.settings, self.batch, self.findings = DataSettings(), Batch(), Findings()
        self.settings.valueEdited.connect(self._edit)
        self.batch.anotherRequested.connect(self._another)
        self.findings.fixRequested.connect(self._fix)
        self.progress = ProgressLine()
        self.progress.cancelRequested.connect(self.do.cancel)
        self.nothing = EmptyState(
            "data", "No project is open", "Open a project, or drop a folder or a table on Home."
        )
        self._error: FindingCard | None = None
        self._failed: m.Failed | None = None
        self._again = QTimer(self)  # an edit may be refused: then the form goes back to what the recipe has
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._show_settings)
        self._lay_out()

    def _lay_out(self) -> None:
        self._progress_card, self._classes_card = Card(), Card("Classes")
        self._progress_card.body.addWidget(self.progress)
        self.bars = ClassBars()
        self.bars.classChosen.connect(self.batch.show_class)
        self._classes_card.head.addWidget(Legend())
        self._classes_card.body.addWidget(self.bars)
        set_note(self._classes_card, "split")
        right = QWidget()
        self._right = QVBoxLayout(right)
        self._right.setContentsMargins(0, 0, _BAR_ROOM, 0)
        self._right.setSpacing(SIZES.gap)
        for widget in (self._progress_card, self._classes_card, self.batch, self.findings):
            self._right.addWidget(widget)
        self._right.addStretch(1)
        self._give_the_bar_room()
        self._columns = columns(self.settings, scrolled(right), left_width=SIZES.grid * 39)
        self.body.addWidget(self._columns, 1)
        self.body.addWidget(self.nothing, 1)

    def _give_the_bar_room(self) -> None:
        """The scroll bar of the right column stands in the page's margin, clear of the cards."""
        outer = self.layout()
        assert outer is not None
        margins = outer.contentsMargins()
        margins.setRight(margins.right() - _BAR_ROOM)
        outer.setContentsMargins(margins)
        self.header.setContentsMargins(0, 0, _BAR_ROOM, 0)

    # -- what it shows
    def refresh(self) -> None:
        open_ = self.store.recipe is not None and self.store.problem is not None
        self._columns.setVisible(open_)
        self.primary.setVisible(open_)
        self.nothing.setVisible(not open_)
        self.set_subtitle(self._subtitle())
        if open_:
            self._show_settings()
            self._show_progress()
            self._show_scan()

    def _subtitle(self) -> str:
        if self.store.problem is None or self.store.recipe is None:
            return ""
        found = words.count_words(self.store.findings or ())
        mode = "open in another window, so nothing can be changed here" if self.store.read_only else ""
        return " · ".join(part for part in (self.store.problem.title.lower(), found, mode) if part)

    def _root(self) -> Path:
        if self.store.project is not None:
            return self.store.project.data_root
        assert self.store.recipe is not None
        return Path(self.store.recipe.data.root)

    @Slot()
    def _show_settings(self) -> None:
        if self.store.recipe is None or self.store.problem is None:
            return
        why = words.complaints(self.store.refused, self.store.scan_error)
        self.settings.show_recipe(self.store.problem, self.store.recipe, self._root(), why)
        self.settings.show_scan(self.store.scan, about(kind_of(self.store.problem)))
        self.settings.setEnabled(not self.store.read_only)

    def _show_progress(self) -> None:
        job = self.store.job
        words_ = words.looking(job.what) if job is not None else ""
        self._progress_card.setVisible(bool(words_))
        self.batch.set_can_ask(not self.store.busy and self.store.scan is not None)
        if job is not None and words_:
            fraction = job.done / job.total if job.total else None
            self.progress.set_progress(fraction, job.text or words_, job.seconds_left)

    def _show_scan(self) -> None:
        scan = self.store.scan
        self._show_error(self.store.scan_error)
        self.primary.setEnabled(scan is not None and self.store.scan_error is None)
        self._classes_card.setVisible(scan is not None and bool(scan.classes))
        self.batch.setVisible(scan is not None or self.store.scan_error is None)
        if scan is None:
            self.batch.show_nothing()
        else:
            spoken = about(kind_of(self.store.problem))
            self._classes_card.set_title(spoken.parts.capitalize(), words.balance_words(scan.classes))
            self.bars.set_rows([(c.name, c.train, c.valid) for c in scan.classes])
            failed = self.store.preview_error
            why = f"{failed.message} {failed.hint}".strip() if failed is not None else ""
            root = self._root()
            self.batch.set_about(spoken)
            read = reader(kind_of(self.store.problem), self.store.recipe, root)
            self.batch.show_batch(self.store.preview, why, scan.samples, root, read)
        found = self.store.findings if scan is not None else None
        files = self._root() if about(kind_of(self.store.problem)).picture else None
        is_done = self.store.job is None or self.store.job.what != "Check"
        self.findings.show_findings(found, scan, not self.store.read_only, files, is_done)

    def _show_error(self, failed: m.Failed | None) -> None:
        if failed is self._failed:
            return
        self._failed = failed
        if self._error is not None:
            self._right.removeWidget(self._error)
            self._error.deleteLater()
            self._error = None
        if failed is not None:
            self._error = FindingCard(
                "error", failed.message, failed.hint, show="Look again", fix=self._mend(failed)[0]
            )
            self._error.showRequested.connect(self._scan)
            self._error.fixRequested.connect(self._mend_error)
            self._right.insertWidget(0, self._error)

    def _mend(self, failed: m.Failed) -> tuple[str, dict[str, str]]:
        if self.store.problem is None or self.store.read_only:
            return "", {}
        return words.mend(failed, settable(self.store.problem))

    def error_card(self) -> FindingCard | None:
        """The card that says why the data could not be read."""
        return self._error

    # -- what a person does
    @Slot(str, object)
    def _edit(self, name: str, value: Any) -> None:
        self.do.set_value(name, value)
        self._again.start(0)

    @Slot(object)
    def _fix(self, values: dict[str, Any]) -> None:
        self.do.set_values(values)

    @Slot()
    def _mend_error(self) -> None:
        if self._failed is not None:
            self.do.set_values(self._mend(self._failed)[1])

    @Slot()
    def _another(self) -> None:
        self.do.preview(self.store.preview.stage if self.store.preview is not None else 0)

    @Slot()
    def _scan(self) -> None:
        self.do.scan()

    @Slot()
    def _go_on(self) -> None:
        self.pageRequested.emit("rate")


def fill_sample(store: Store) -> None:
    """Ants and bees with drawn pictures in a temporary folder, and two findings."""
    from studio.ui.pages.data_parts.sample import fill

    fill(store)


if __name__ == "__main__":
    from studio.ui.preview import preview

    raise SystemExit(preview(DataPage, fill_sample))
