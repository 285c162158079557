"""The window: header above, rail at the left, the page, the Why panel, the gauge below.

Rules: it arranges and shows; it decides nothing and knows no engine. Pages are made when they are first
shown, so the window paints before any of them is imported. `python -m studio.ui.window` shows it on sample
values.

Must not import: torch, fastai, pandas, numpy, pyqtgraph, a page, or anything of the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QMainWindow, QStackedWidget, QWidget

from studio.ui.shell import GaugeBar, Header, Notice, NoticesPanel, Rail, Step, WhyPanel
from studio.ui.shell.focus_ring import FocusRing, wants_ring
from studio.ui.shell.rail import STEPS
from studio.ui.shell.tab_order import bring_into_view, next_stop
from studio.ui.widgets.undo_bar import UndoBar

NARROW_WINDOW = 1180  # below this width the rail shows icons only
NO_ROOM_FOR_WHY = 1040  # below this width the notes open only when asked for
_GEOMETRY = "window/geometry"
_WHY_OPEN = "window/why_open"


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page by its key; `factory` is called once, on the first visit."""

    key: str
    title: str
    icon: str
    factory: Callable[[], QWidget]
    note: str = ""  # shown when the page opens and nothing in it has a note of its own


class StudioWindow(QMainWindow):
    """The one window.

    Signals
    -------
    pageShown(str)
        A page came to the front; its key.
    closing()
        The window is about to close.

    Attributes
    ----------
    header, rail, gauge, why, notices, undo_bar
        The parts of the shell; connect to their signals.
    """

    pageShown = Signal(str)
    closing = Signal()

    def __init__(self, pages: Sequence[PageSpec], settings: QSettings | None = None) -> None:
        super().__init__()
        self._specs = {spec.key: spec for spec in pages}
        self._built: dict[str, QWidget] = {}
        self._settings = settings
        self._current = ""
        self._roomy = True
        self.setWindowTitle("Thaw Studio")
        self.setMinimumSize(QSize(960, 600))
        self._make_parts(pages)
        self._arrange()
        self._connect()
        self._restore()

    def _make_parts(self, pages: Sequence[PageSpec]) -> None:
        known = {step.key for step in STEPS}
        steps = [Step(spec.key, spec.title, spec.icon) for spec in pages if spec.key in known]
        self.header, self.rail, self.gauge, self.why = Header(), Rail(steps or STEPS), GaugeBar(), WhyPanel()
        self._stack = QStackedWidget()
        self._stack.setObjectName("page")
        self.notices = NoticesPanel(self)
        self.undo_bar = UndoBar(self._stack)

    def _arrange(self) -> None:
        central = QWidget()
        grid = QGridLayout(central)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.header, 0, 0, 1, 3)
        grid.addWidget(self.rail, 1, 0)
        grid.addWidget(self._stack, 1, 1)
        grid.addWidget(self.why, 1, 2)
        grid.addWidget(self.gauge, 2, 0, 1, 3)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(1, 1)
        self.setCentralWidget(central)
        self.why.show_note("welcome")

    def _connect(self) -> None:
        self.rail.pageRequested.connect(self._on_rail)
        self.gauge.noticesRequested.connect(self._open_notices)
        self.why.openChanged.connect(self._remember_why)
        QShortcut(QKeySequence("F1"), self).activated.connect(self.toggle_why)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_moved)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.focusWidget() is None:
            self._stack.setFocus()  # nobody asked for the first button yet: Tab begins at the page

    # pages

    def show_page(self, key: str) -> None:
        """Bring a page to the front, making it on its first visit; raises KeyError for an unknown key."""
        page = self.page(key)
        self._stack.setCurrentWidget(page)
        self.undo_bar.keep_clear = getattr(page, "bar", None)
        self.undo_bar.stay_in_front()
        self._current = key
        self.rail.set_current(key)
        self.setWindowTitle(f"{self._specs[key].title} · Thaw Studio")
        if self._specs[key].note:
            self.why.show_note(self._specs[key].note)
        self.pageShown.emit(key)

    def page(self, key: str) -> QWidget:
        """The widget of a page, made now if it was not."""
        if key not in self._built:
            spec = self._specs[key]
            widget = spec.factory()
            widget.setAccessibleName(widget.accessibleName() or spec.title)
            self._built[key] = widget
            self._stack.addWidget(widget)
            self.undo_bar.raise_()
        return self._built[key]

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab walks as one reads: header, rail, page, notes, gauge."""
        widget = next_stop(self, self.focusWidget(), forward)
        if widget is None:
            return False
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        widget.setFocus(reason)
        bring_into_view(widget)
        if wants_ring(widget):
            FocusRing(widget)
        return True

    def built_page(self, key: str) -> QWidget | None:
        """The widget of a page that was visited, else None."""
        return self._built.get(key)

    def current_page(self) -> str:
        """The key of the page in front, or an empty string."""
        return self._current

    def show_home(self, home: bool) -> None:
        """The start page has no rail: there is no project to walk through."""
        self.rail.setVisible(not home)

    # notices and notes

    def notify(self, notice: Notice) -> None:
        """Add a notice to the list; the list never opens by itself."""
        self.set_notices((*self.notices.notices(), notice))

    def set_notices(self, notices: tuple[Notice, ...]) -> None:
        """Replace the list."""
        self.notices.set_notices(notices)
        severities = {notice.severity for notice in notices}
        worst = next((word for word in ("error", "warning") if word in severities), "")
        self.gauge.set_notices(len(notices), worst)

    def toggle_why(self) -> None:
        """Show the notes or put them away (F1)."""
        self.why.set_open(self.why.isHidden())

    def _open_notices(self) -> None:
        self.notices.toggle_above(self.gauge.notices, right=True)

    def _focus_moved(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is None or now.window() is not self:
            return
        widget: QWidget | None = now
        while widget is not None:
            note = widget.property("note")
            if note:
                self.why.show_note(str(note))
                return
            widget = widget.parentWidget()

    def _on_rail(self, key: str) -> None:
        if key in self._specs:
            self.show_page(key)
        elif key == "notes":
            self.toggle_why()

    # the window itself

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = event.size().width()
        self.rail.set_narrow(width < NARROW_WINDOW)
        roomy = width >= NO_ROOM_FOR_WHY
        if roomy != self._roomy:  # only when it changes: F1 may open the notes in a small window too
            self._roomy = roomy
            self.why.setVisible(roomy and self._wants_why())

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._settings is not None:
            self._settings.setValue(_GEOMETRY, self.saveGeometry())
        self.closing.emit()
        super().closeEvent(event)

    def _restore(self) -> None:
        kept = self._settings.value(_GEOMETRY) if self._settings is not None else None
        if not (isinstance(kept, QByteArray) and self.restoreGeometry(kept)):
            room = QGuiApplication.primaryScreen().availableGeometry()
            self.resize(min(1440, room.width()), min(900, room.height()))
        self.why.setVisible(self._wants_why())

    def _wants_why(self) -> bool:
        if self._settings is None:
            return True
        return bool(self._settings.value(_WHY_OPEN, True, type=bool))

    def _remember_why(self, open_: bool) -> None:
        if self._settings is not None:
            self._settings.setValue(_WHY_OPEN, open_)


if __name__ == "__main__":
    from studio.ui.shell.preview import main

    raise SystemExit(main())
