"""One export format: what it is, where it goes, how far it is, and the proof that it answers like the model.

Must not import: the store, numpy, the modules that write exports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from studio.engine import messages as m
from studio.exports import Format
from studio.recipe.fields import Field
from studio.ui.forms import Form
from studio.ui.pages.card_margins import set_margins
from studio.ui.pages.ship_parts.ship_words import proof_rows
from studio.ui.theme import SIZES
from studio.ui.widgets import (
    Card,
    DimLabel,
    IconLabel,
    LinkButton,
    PathEdit,
    Pill,
    PrimaryButton,
    ProgressLine,
    SecondaryButton,
    SmallLabel,
    column,
    row,
    set_tone,
)  # fmt: skip

_ICONS = {"onnx": "ship", "script": "text", "fastai": "file"}

_WORDS = 106


class ProofSheet(QWidget):
    """The comparison line by line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SIZES.grid)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)
        self.verdict, self._sentence = Pill(), SmallLabel(wrap=True)
        self._words: list[tuple[str, str]] = []

    def show_proof(self, proof: m.Proof) -> None:
        """Show a comparison: passed in green, failed in ember."""
        while self._grid.count():
            part = self._grid.takeAt(0)
            widget = part.widget() if part is not None else None
            if widget is not None and widget not in (self.verdict, self._sentence):
                widget.deleteLater()
        self._words = [(line.name, line.value) for line in proof_rows(proof)]
        self._grid.addWidget(self.verdict, 0, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        self.verdict.set_state(
            "Proof passed" if proof.passed else "Proof failed", "good" if proof.passed else "ember"
        )
        for place, line in enumerate(proof_rows(proof), start=1):
            self._grid.addWidget(SmallLabel(line.name), place, 0)
            value = SmallLabel(f"<b>{line.value}</b>")
            set_tone(value, "" if line.good is None else "good" if line.good else "ember")
            self._grid.addWidget(value, place, 1)
        self._sentence.setText(proof.sentence)
        self._sentence.setVisible(bool(proof.sentence))
        self._grid.addWidget(self._sentence, len(self._words) + 1, 0, 1, 2)

    def words(self) -> list[tuple[str, str]]:
        """Names and values as shown."""
        return self._words


class ExportCard(Card):
    """A format and its export.

    Signals
    -------
    exportRequested(str, object)
        The format's name and the folder as a `Path`.
    cancelRequested()
    told(str)
        A few words about something small that was done (copied ...).
    optionEdited(str, object)
        A person chose what leaves with the export: the field and its value.
    """

    exportRequested = Signal(str, object)
    cancelRequested = Signal()
    told = Signal(str)
    optionEdited = Signal(str, object)

    def __init__(self, format: Format, primary: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.format = format
        self._command, self._path = "", Path()
        self.folder = PathEdit("folder", f"Folder for the {format.title}")
        self.folder.setAccessibleName(f"Folder for the {format.title}")
        self.button = PrimaryButton("Export") if primary else SecondaryButton("Export")
        self.progress, self.proof = ProgressLine(), ProofSheet()
        self._written = SmallLabel(wrap=True)
        self.open, self.copy = LinkButton("Open folder"), LinkButton("Copy command")
        self._chosen_by_hand = False
        self.options: Form | None = None
        self._build()
        self.button.clicked.connect(self._ask)
        self.progress.cancelRequested.connect(self.cancelRequested)
        self.folder.pathChosen.connect(self._folder_chosen)
        self.open.clicked.connect(self._open)
        self.copy.clicked.connect(self._copy)

    def _build(self) -> None:
        self.set_title(self.format.title)
        self.head.insertWidget(0, IconLabel(_ICONS.get(self.format.name, "file"), "dim"))
        self._introduced = self._introduction()
        self.body.addWidget(self._introduced)
        place = row(self.folder, self.button)
        place.setStretch(0, 1)
        self.body.addLayout(place)
        self.body.addWidget(self.progress)
        self.body.addWidget(self._written)
        self.body.addWidget(self.proof)
        self.body.addLayout(row(self.open, self.copy, None))
        self.body.addStretch(1)
        set_margins(self, SIZES.gap, SIZES.grid + SIZES.half, SIZES.gap, SIZES.grid)

    def _introduction(self) -> QWidget:
        """Sentence and caveat, of one height in all cards, so that their buttons stand on a line."""
        made = QWidget()
        made.setMinimumHeight(_WORDS)
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(DimLabel(self.format.sentence, wrap=True))
        if self.format.caveat:
            caveat = SmallLabel(self.format.caveat, wrap=True)
            set_tone(caveat, "warning" if self.format.extension == ".pkl" else "dim")
            layout.addWidget(caveat)
        self._words = column(gap=0)
        layout.addLayout(self._words)
        layout.addStretch(1)
        return made

    def words_height(self) -> int:
        """Room that the introduction needs."""
        made = self._introduced.layout()
        assert made is not None
        made.invalidate()
        return made.totalHeightForWidth(max(1, self._introduced.width()))

    def set_words_height(self, height: int) -> None:
        """One height in all cards, so that their buttons stand on a line."""
        self._introduced.setMinimumHeight(max(_WORDS, height))

    def set_folder(self, folder: Path) -> None:
        """Where it goes unless a person has chosen another folder."""
        if not self._chosen_by_hand:
            self.folder.set_path(folder)

    def show_options(self, fields: Sequence[Field], values: Mapping[str, Any]) -> None:
        """What a person may choose to leave out of the export; none for most problem types."""
        if self.options is None and fields:
            self.options = Form(fields, values)
            self.options.valueEdited.connect(self.optionEdited)
            self._words.addWidget(self.options)
        if self.options is not None:
            self.options.setVisible(bool(fields))
            self.options.set_values(values)

    def set_command(self, command: str) -> None:
        """The command line that does the same."""
        self._command = command
        self.copy.setToolTip(command)

    def show_state(
        self, enabled: bool, running: bool, fraction: float | None, text: str, left: float | None
    ) -> None:
        """Whether it can be exported now, and how far it is."""
        self.button.setEnabled(enabled and not running)
        self.button.setVisible(not running)
        self.folder.setEnabled(not running)
        self.progress.setVisible(running)
        if running:
            self.progress.set_progress(fraction, text, left)

    def show_export(self, done: m.Exported | None) -> None:
        """Show what was written and its proof."""
        self.proof.setVisible(done is not None and done.proof is not None)
        self._written.setVisible(done is not None)
        self.open.setVisible(done is not None)
        self.button.setText("Export again" if done is not None else "Export")
        if done is None:
            return
        self._path = Path(done.path)
        extra = f" {done.warning}" if done.warning and done.warning != self.format.caveat else ""
        self._written.setText(f"Run {done.run} was written to {_tail(self._path)}.{extra}")
        self._written.setToolTip(done.path)
        if done.proof is not None:
            self.proof.show_proof(done.proof)

    def words(self) -> str:
        """What is said about the last export."""
        return self._written.text()

    def command(self) -> str:
        return self._command

    def _ask(self) -> None:
        folder = self.folder.path()
        if folder is None:
            self.told.emit("Choose a folder first.")
        else:
            self.exportRequested.emit(self.format.name, folder)

    def _folder_chosen(self, _path: object) -> None:
        self._chosen_by_hand = True

    def _open(self) -> None:
        folder = self._path if self._path.is_dir() else self._path.parent
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.told.emit(f"The folder could not be opened. It is {folder}.")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._command)
        self.told.emit(f"Copied: {self._command}")


def _tail(path: Path) -> str:
    """The last two parts of a path; the whole is in the tool tip."""
    return "/".join(path.parts[-2:])
