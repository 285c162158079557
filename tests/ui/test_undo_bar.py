"""The undo bar: offers the way back for a while, above what the page keeps at its foot."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.ui import theme
from studio.ui.widgets import UndoBar


@pytest.fixture
def area(qtbot: QtBot, qapp: QApplication) -> QWidget:
    """What the bar lies on."""
    theme.install(qapp, "light")
    made = QWidget()
    made.resize(600, 400)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def foot(area: QWidget) -> QWidget:
    """A bar of the page."""
    made = QWidget(area)
    made.setGeometry(0, 340, 600, 60)
    made.show()
    return made


def test_the_undo_bar_goes_by_itself_and_offers_the_way_back(qtbot: QtBot, area: QWidget) -> None:
    bar = UndoBar(area)
    bar.show_message("3 photos removed", seconds=0.01)
    with qtbot.waitSignal(bar.closed, timeout=2000):
        pass
    bar.show_message("3 photos removed", seconds=0)
    button = next(b for b in bar.findChildren(QPushButton) if b.text() == "Undo")
    with qtbot.waitSignal(bar.undoRequested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def test_the_undo_bar_stands_above_a_bar_of_the_page(area: QWidget, foot: QWidget) -> None:
    undo = UndoBar(area)
    undo.keep_clear = foot
    undo.show_message("Removed 3 items.")
    assert undo.geometry().bottom() < foot.geometry().top()


def test_the_undo_bar_stays_in_front_of_another_page(area: QWidget) -> None:
    undo, page = UndoBar(area), QWidget(area)
    undo.show_message("Removed 2 photos")
    page.raise_()
    undo.stay_in_front()
    assert area.children().index(undo) > area.children().index(page)
    undo.hide()


def test_the_undo_bar_gives_way_to_a_bar_that_grows(area: QWidget, foot: QWidget) -> None:
    undo = UndoBar(area)
    undo.keep_clear = foot
    undo.show_message("Removed 3 items.")
    foot.setGeometry(0, 240, 600, 160)
    assert undo.geometry().bottom() < 240
    undo.keep_clear = None
    undo.show_message("Removed 3 items.")
    assert undo.geometry().bottom() > 240
    undo.hide()
