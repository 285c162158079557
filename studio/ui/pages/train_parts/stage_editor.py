"""The editor of one stage, opened under its block: what trains, how long, at what size, batch and rate.

Rules: it tells what a person changed and changes nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.recipe.schema import Rate, Stage
from studio.ui.theme import SIZES
from studio.ui.widgets import (
    Card,
    Combo,
    FieldRow,
    FloatSpin,
    GhostButton,
    IconButton,
    IntSpin,
    SegmentedControl,
    row,
)

_BATCHES: Final = (4, 8, 16, 32, 64, 128, 256)
_LOWEST: Final = 1e-8
_WIDTHS: Final = {  # the least in pixels, and the share of what is left
    "layers": (0, 0), "epochs": (64, 1), "size": (84, 1), "batch": (80, 1), "low": (76, 1), "high": (76, 1),
    "schedule": (124, 0),
}  # fmt: skip
_PLACES: Final = {
    "freeze": "layers", "epochs": "epochs", "size": "size", "batch_size": "batch", "lr": "high", "schedule": "schedule",
}  # fmt: skip
_SCHEDULES: Final = (
    ("one_cycle", "One-cycle", "The rate climbs and falls once: the best end for a known number of epochs."),
    ("flat_cosine", "Flat-cosine", "A steady rate that falls at the end: right with early stopping."),
    ("constant", "Constant", "The same rate all the time."),
)


class StageEditor(Card):
    """Fields of a stage in one line, with copy, remove and undo.

    Signals
    -------
    changed(dict)
        Fields to change, by the names of `Stage`.
    copyRequested(), removeRequested(), undoRequested(), closed()
    """

    changed = Signal(dict)
    copyRequested = Signal()
    removeRequested = Signal()
    undoRequested = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Stage 1", parent=parent)
        self.layers = SegmentedControl([("frozen", "Frozen"), ("thawed", "Thawed")], "frozen")
        self.epochs = IntSpin(1, 10_000, 1)
        self.pixels = IntSpin(16, 4096, 224, step=32, unit="px")
        self.batch = Combo()
        self.schedule = Combo()
        self.schedule.set_options(_SCHEDULES)
        self.low = FloatSpin(0.0, 10.0, 0.0)
        self.high = FloatSpin(_LOWEST, 10.0, 1e-3)
        self._index = -1
        self._stage: Stage | None = None
        self._removable = True
        self._rows = self._build_rows()
        self._build_head()
        self.layers.keyChosen.connect(self._set_layers)
        self.epochs.edited.connect(self._set_epochs)
        self.pixels.edited.connect(self._set_size)
        self.batch.keyChosen.connect(self._set_batch)
        self.schedule.keyChosen.connect(self._set_schedule)
        self.low.edited.connect(self._set_rate)
        self.high.edited.connect(self._set_rate)

    def _build_rows(self) -> dict[str, FieldRow]:
        rows = {
            "layers": FieldRow("Layers", self.layers, note="freeze"),
            "epochs": FieldRow("Epochs", self.epochs, note="epochs"),
            "size": FieldRow("Size", self.pixels, note="size"),
            "batch": FieldRow("Batch size", self.batch, note="batch-size"),
            "low": FieldRow("Lowest rate", self.low, note="discriminative"),
            "high": FieldRow("Highest rate", self.high, note="learning-rate"),
            "schedule": FieldRow("Schedule", self.schedule, note="one-cycle"),
        }
        line = QHBoxLayout()
        line.setSpacing(SIZES.grid)
        self.low.setToolTip("Of the first layers; nothing means one rate for all")
        self.high.setToolTip("Of the last layers")
        for name, (least, stretch) in _WIDTHS.items():
            if least:
                rows[name].editor.setMinimumWidth(least)
            line.addWidget(
                rows[name], stretch, Qt.AlignmentFlag.AlignTop
            )  # a reason below one moves no other
        self.body.addLayout(line)
        return rows

    def _build_head(self) -> None:
        self._undo = GhostButton("Undo", "undo")
        self._undo.clicked.connect(self.undoRequested)
        self._copy = copy = GhostButton("Copy", "copy")
        copy.setToolTip("Add a stage like this one right after it")
        copy.clicked.connect(self.copyRequested)
        self._remove = GhostButton("Remove", "trash")
        self._remove.clicked.connect(self.removeRequested)
        close = IconButton("close", "Close the editor of this stage")
        close.clicked.connect(self.closed)
        self.head.addLayout(row(self._undo, copy, self._remove, close, gap=SIZES.half))

    def show_stage(self, index: int, stage: Stage, chosen: int | None, only: bool, undo: bool) -> None:
        """Fill in a stage; `chosen` is what an automatic batch size means now, `only` that it is alone."""
        is_same = (index, stage) == (self._index, self._stage)
        self._index, self._stage = index, stage
        if not is_same:
            self._fill(stage)
        self.set_title(
            f"Stage {index + 1}",
            "the pre-trained layers stay as they are" if stage.freeze else "all layers learn",
        )
        self._fill_batches(stage, chosen)
        self._removable = not only
        self._remove.setEnabled(not only)
        self._undo.setEnabled(undo)

    def _fill(self, stage: Stage) -> None:
        """Another stage, or other values: what was refused before is forgotten."""
        for one in self._rows.values():
            one.set_error("")
        self.layers.choose("frozen" if stage.freeze else "thawed")
        self.epochs.setValue(stage.epochs)
        self._rows["size"].setVisible(stage.size is not None)
        self.pixels.setValue(stage.size or 224)
        self.low.set_value(stage.lr.min or 0.0)
        self.high.set_value(stage.lr.max)
        self.schedule.choose(stage.schedule)
        self._rows["low"].setVisible(not stage.freeze)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def show_refused(self, refused: Mapping[str, str]) -> None:
        """Why edits were refused, by the names of `Stage` behind ``stage.``."""
        for name, where in _PLACES.items():
            if f"stage.{name}" in refused:
                self._rows[where].set_error(refused[f"stage.{name}"])

    def set_editable(self, editable: bool) -> None:
        """Whether the fields can be changed (not while training, not in a read-only project)."""
        for part in (*self._rows.values(), self._copy):
            part.setEnabled(editable)
        self._remove.setEnabled(editable and self._removable)

    def _fill_batches(self, stage: Stage, chosen: int | None) -> None:
        known = set(_BATCHES) | ({int(stage.batch_size)} if stage.batch_size != "auto" else set())
        auto = f"Auto ({chosen})" if chosen and stage.batch_size == "auto" else "Auto"
        options: Sequence[tuple[str, str]] = [("auto", auto), *((str(n), str(n)) for n in sorted(known))]
        self.batch.set_options(options)
        self.batch.choose(str(stage.batch_size))

    def _set_layers(self, key: str) -> None:
        if self._stage is None:
            return
        changes: dict[str, Any] = {"freeze": key == "frozen"}
        if key == "frozen":
            changes["lr"] = Rate(max=self._stage.lr.max)
        else:
            changes["freeze_to"] = None
        self.changed.emit(changes)

    def _set_epochs(self, value: int) -> None:
        self.changed.emit({"epochs": value})

    def _set_size(self, value: int) -> None:
        self.changed.emit({"size": value})

    def _set_schedule(self, key: str) -> None:
        self.changed.emit({"schedule": key})

    def _set_batch(self, key: str) -> None:
        self.changed.emit({"batch_size": key if key == "auto" else int(key)})

    def _set_rate(self, _value: float) -> None:
        """The lower rate never passes the higher one; none means one rate for all layers.

        What is refused stays as typed, with the reason, until it is changed.
        """
        high = self.high.value()
        low = self.low.value() if self.low.value() >= _LOWEST else None
        self._rows["low"].set_error(
            "Must be below the highest rate." if low is not None and low > high else ""
        )
        if low is None or low <= high:
            self.changed.emit({"lr": Rate(max=high, min=low)})
