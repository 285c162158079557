"""The header: which project, what the engine does, and its controls; on every page.

Rules: shows the `RunState` it is given; which buttons can be pressed is said there, not worked out here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from studio.ui.theme import SIZES
from studio.ui.widgets.buttons import IconButton, MenuButton, SecondaryButton
from studio.ui.widgets.labels import DimLabel, HeadingLabel
from studio.ui.widgets.layout import row
from studio.ui.widgets.pill import Pill

Kind = Literal[
    "none", "idle", "opening", "checking", "finding", "training", "paused", "stopping", "evaluating",
    "exporting", "error", "lost",
]  # fmt: skip

_TONES: Final = {
    "idle": "idle",
    "opening": "accent",
    "checking": "accent",
    "finding": "accent",
    "training": "accent",
    "paused": "warning",
    "stopping": "warning",
    "evaluating": "accent",
    "exporting": "accent",
    "error": "error",
    "lost": "error",
}
_STOP: Final = (("keep", "Stop and keep"), ("discard", "Discard"))


@dataclass(frozen=True, slots=True)
class RunState:
    """What the engine does, in words.

    Attributes
    ----------
    kind : str
        Chooses the colour; ``none`` shows no state (no project is open).
    text : str
        For example ``Training · stage 2 of 2 · thawed · 3:12 left``.
    frozen : bool or None
        Colours a running stage ice or ember; None where it is neither.
    """

    kind: Kind
    text: str = ""
    frozen: bool | None = None
    can_pause: bool = False
    can_resume: bool = False
    can_stop: bool = False

    def tone(self) -> str:
        """The tone of the pill: ice or ember while a stage runs, else by the kind."""
        if self.frozen is not None and _TONES.get(self.kind) == "accent":
            return "ice" if self.frozen else "ember"
        return _TONES.get(self.kind, "idle")


class Header(QFrame):
    """The header.

    Signals
    -------
    homeRequested(), pauseRequested(), resumeRequested(), stopKeepRequested(), discardRequested()
    """

    homeRequested = Signal()
    pauseRequested = Signal()
    resumeRequested = Signal()
    stopKeepRequested = Signal()
    discardRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(SIZES.header)
        self._build()
        self._row = layout = row(self.back, self._project, self._problem, self._state, self.pause, self.stop)
        layout.setContentsMargins(SIZES.grid, 0, SIZES.gap, 0)
        layout.setStretch(2, 1)
        self.setLayout(layout)
        self.set_project("", "")
        self.set_state(RunState("none"))

    def _build(self) -> None:
        self.back = IconButton("back", "Back to the start page")
        self.back.clicked.connect(self.homeRequested)
        self._project, self._problem = HeadingLabel(), DimLabel()
        self._problem.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._state = Pill()
        self.pause = SecondaryButton("Pause", "pause")
        self.pause.clicked.connect(self._on_pause)
        self.stop = MenuButton("Stop", "stop")
        self.stop.set_entries(_STOP)
        keep, discard = self.stop.entries()
        keep.setToolTip("End the run after this batch; what it has learned is kept")
        discard.setToolTip("End the run and forget it; the runs before it stay")
        self.stop.setAccessibleName("Stop: keep or discard the run")
        self.stop.chosen.connect(self._on_stop)

    def set_project(self, name: str, problem: str = "") -> None:
        """Show the open project; an empty name is the start page."""
        self._project.setText(name or "Thaw Studio")
        self._problem.setText(problem)
        self.back.setVisible(bool(name))
        self._row.setContentsMargins(SIZES.grid if name else SIZES.gap, 0, SIZES.gap, 0)

    def set_state(self, state: RunState) -> None:
        """Show what the engine does and which of its controls can be used."""
        self._run = state
        self._state.setVisible(state.kind != "none")
        self._state.set_state(state.text, state.tone())
        self.pause.setVisible(state.can_pause or state.can_resume)
        self.pause.setText("Resume" if state.can_resume else "Pause")
        self.pause.setToolTip(
            "Go on from the last checkpoint" if state.can_resume else "Wait after this batch"
        )
        self.pause.set_icon("play" if state.can_resume else "pause")
        self.stop.setVisible(state.can_stop)

    def state(self) -> RunState:
        """What is shown now."""
        return self._run

    def _on_pause(self) -> None:
        (self.resumeRequested if self._run.can_resume else self.pauseRequested).emit()

    def _on_stop(self, key: str) -> None:
        (self.stopKeepRequested if key == "keep" else self.discardRequested).emit()
