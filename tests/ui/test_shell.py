"""The shell: states, marks, notes and notices; pages made late; what a person asked for is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.ui import theme
from studio.ui.shell import Header, Notice, NoticesPanel, Rail, RunState, WhyPanel
from studio.ui.shell.focus_ring import FocusRing
from studio.ui.shell.preview import NOTICES, sample_window
from studio.ui.theme import SIZES
from studio.ui.widgets import set_note
from studio.ui.window import PageSpec, StudioWindow

LEFT = Qt.MouseButton.LeftButton
TRAINING = RunState("training", "Training · stage 2 of 2", frozen=False, can_pause=True, can_stop=True)


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # widgets of the test before
    theme.install(qapp, "light")


@pytest.fixture
def header(qtbot: QtBot) -> Header:
    made = Header()
    qtbot.addWidget(made)
    made.set_project("ants and bees", "image classification")
    made.show()
    return made


class NotedPage(QWidget):
    """Two editors: one with a note of its own, one below a widget that has one."""

    def __init__(self) -> None:
        super().__init__()
        self.own, self.below = QLineEdit(), QLineEdit()
        set_note(self.own, "weight-decay")
        group = QWidget()
        set_note(group, "split")
        QVBoxLayout(group).addWidget(self.below)
        layout = QVBoxLayout(self)
        layout.addWidget(self.own)
        layout.addWidget(group)


@pytest.fixture
def built() -> list[str]:
    return []


@pytest.fixture
def window(qtbot: QtBot, built: list[str]) -> StudioWindow:
    def page(key: str) -> PageSpec:
        def make() -> QWidget:
            built.append(key)
            return NotedPage()

        return PageSpec(key, key.capitalize(), key, make, note="train" if key == "train" else "")

    made = StudioWindow([page(key) for key in ("data", "rate", "train")])
    qtbot.addWidget(made)
    made.resize(1440, 900)
    made.show()
    qtbot.waitExposed(made)
    return made


def words(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


# header


def test_a_running_stage_can_be_paused_and_stopped_in_two_ways(qtbot: QtBot, header: Header) -> None:
    header.set_state(TRAINING)
    with qtbot.waitSignal(header.pauseRequested):
        qtbot.mouseClick(header.pause, LEFT)
    keep, discard = header.stop.entries()
    assert (keep.text(), discard.text()) == ("Stop and keep", "Discard")
    with qtbot.waitSignal(header.stopKeepRequested):
        keep.trigger()
    with qtbot.waitSignal(header.discardRequested):
        discard.trigger()


def test_a_paused_run_offers_to_resume(qtbot: QtBot, header: Header) -> None:
    header.set_state(RunState("paused", "Paused", can_resume=True, can_stop=True))
    assert header.pause.text() == "Resume"
    with qtbot.waitSignal(header.resumeRequested), qtbot.assertNotEmitted(header.pauseRequested):
        qtbot.keyClick(header.pause, Qt.Key.Key_Space)


def test_an_idle_engine_has_nothing_to_stop(header: Header) -> None:
    header.set_state(RunState("idle", "Idle"))
    assert not header.pause.isVisible() and not header.stop.isVisible()


@pytest.mark.parametrize(
    ("state", "tone"),
    [
        (RunState("training", "", frozen=True), "ice"),
        (RunState("training", "", frozen=False), "ember"),
        (RunState("finding", ""), "accent"),
        (RunState("paused", "", frozen=False), "warning"),
        (RunState("lost", ""), "error"),
        (RunState("idle", ""), "idle"),
    ],
)
def test_the_colour_follows_the_state(state: RunState, tone: str) -> None:
    assert state.tone() == tone


def test_the_way_back_is_there_only_with_a_project(qtbot: QtBot, header: Header) -> None:
    with qtbot.waitSignal(header.homeRequested):
        qtbot.mouseClick(header.back, LEFT)
    header.set_project("")
    assert not header.back.isVisible()
    assert "Thaw Studio" in words(header)


# rail


def test_a_step_is_asked_for_by_click_and_not_taken_by_itself(qtbot: QtBot) -> None:
    rail = Rail()
    qtbot.addWidget(rail)
    rail.show()
    rail.set_current("data")
    with qtbot.waitSignal(rail.pageRequested) as told:
        qtbot.mouseClick(rail.button("train"), LEFT)
    assert told.args == ["train"]
    assert rail.button("data").isChecked() and not rail.button("train").isChecked()


@pytest.mark.parametrize("key", ["notes", "settings"])
def test_notes_and_settings_stand_below(qtbot: QtBot, key: str) -> None:
    rail = Rail()
    qtbot.addWidget(rail)
    rail.show()
    with qtbot.waitSignal(rail.pageRequested) as told:
        qtbot.keyClick(rail.button(key), Qt.Key.Key_Space)
    assert told.args == [key]


def test_marks_are_spoken(qtbot: QtBot) -> None:
    rail = Rail()
    qtbot.addWidget(rail)
    rail.set_mark("rate", "attention", "Stage 2 waits for its rate")
    assert rail.button("rate").accessibleName() == "Rate, needs attention"
    assert "Stage 2 waits" in rail.button("rate").toolTip()


# notes


def test_a_note_is_shown_by_its_name(qtbot: QtBot) -> None:
    panel = WhyPanel()
    qtbot.addWidget(panel)
    assert panel.show_note("learning-rate")
    assert panel.note() == "learning-rate"


@pytest.mark.parametrize("name", ["no-such-note", "../README", ""])
def test_an_unknown_note_changes_nothing(qtbot: QtBot, name: str) -> None:
    panel = WhyPanel()
    qtbot.addWidget(panel)
    panel.show_note("split")
    assert not panel.show_note(name)
    assert panel.note() == "split"


def test_a_page_puts_its_own_panel_above_the_note(qtbot: QtBot) -> None:
    panel, mine = WhyPanel(), QLabel("Same eight, every epoch")
    qtbot.addWidget(panel)
    qtbot.addWidget(mine)
    panel.show()
    panel.set_extra(mine)
    assert mine.isVisibleTo(panel)
    panel.set_extra(None)
    assert mine.parent() is None


# notices


def test_a_notice_is_mended_dismissed_and_copied(qtbot: QtBot) -> None:
    panel = NoticesPanel()
    qtbot.addWidget(panel)
    panel.set_notices(NOTICES)
    buttons = {button.text(): button for button in reversed(panel.findChildren(QPushButton))}
    with qtbot.waitSignal(panel.fixRequested) as told:
        buttons["Resume"].click()
    assert told.args == [3]
    with qtbot.waitSignal(panel.dismissRequested):
        buttons["Dismiss"].click()
    buttons["Copy"].click()
    assert "The engine stopped" in QGuiApplication.clipboard().text()
    with qtbot.waitSignal(panel.clearRequested):
        buttons["Dismiss all"].click()


# window


def test_no_page_is_made_before_its_first_visit(window: StudioWindow, built: list[str]) -> None:
    assert built == [] and window.built_page("data") is None
    window.show_page("rate")
    window.show_page("data")
    window.show_page("rate")
    assert built == ["rate", "data"]
    assert window.current_page() == "rate"
    assert window.rail.button("rate").isChecked()


def test_ctrl_and_a_figure_goes_to_a_step(qtbot: QtBot, window: StudioWindow) -> None:
    window.activateWindow()
    with qtbot.waitSignal(window.pageShown) as told:
        qtbot.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert told.args == ["train"]


def test_the_note_follows_the_page_and_the_focus(qtbot: QtBot, window: StudioWindow) -> None:
    window.show_page("train")
    assert window.why.note() == "train"
    page = window.page("train")
    assert isinstance(page, NotedPage)
    page.own.setFocus()
    assert window.why.note() == "weight-decay"
    page.below.setFocus()
    assert window.why.note() == "split"


def test_f1_puts_the_notes_away_and_back(qtbot: QtBot, window: StudioWindow) -> None:
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert not window.why.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.why.isVisible()


def test_notices_are_listed_without_covering_the_work(window: StudioWindow) -> None:
    window.notify(Notice(1, "warning", "Two near-duplicates", "Validation would look too good."))
    assert not window.notices.isVisible()
    assert window.gauge.notices.text() == "1 notice"
    window.gauge.notices.click()
    assert window.notices.isVisible()
    window.set_notices(())
    assert not window.notices.isVisible()


def walked(window: StudioWindow, key: Qt.Key, steps: int = 40) -> list[QWidget]:
    """Where so many presses of a key lead."""
    found: list[QWidget] = []
    for _ in range(steps):
        QTest.keyClick(window.focusWidget() or window, key)
        now = window.focusWidget()
        assert now is not None
        found.append(now)
    return found


def test_tab_walks_as_one_reads_and_back_again(qtbot: QtBot, window: StudioWindow) -> None:
    window.show_page("data")
    window.show_page("rate")
    page = window.page("rate")
    assert isinstance(page, NotedPage)
    window.rail.button("data").setFocus()
    order = walked(window, Qt.Key.Key_Tab)
    stops = [page.own, page.below, window.gauge.painting, window.rail.button("data")]
    places = [order.index(stop) for stop in stops]
    assert places == sorted(places)
    window.gauge.painting.setFocus()
    back = walked(window, Qt.Key.Key_Backtab)
    assert back.index(page.below) < back.index(page.own) < back.index(window.rail.button("data"))


def test_what_was_made_late_is_met_where_it_stands(window: StudioWindow) -> None:
    window.show_page("rate")
    page = window.page("rate")
    assert isinstance(page, NotedPage)
    layout = page.layout()
    assert isinstance(layout, QVBoxLayout)
    late = QPushButton("Late")
    layout.insertWidget(layout.indexOf(page.own) + 1, late)
    late.show()
    page.own.setFocus()
    assert walked(window, Qt.Key.Key_Tab, 1) == [late]


def test_a_grid_or_table_has_a_ring_while_the_keyboard_is_in_it(window: StudioWindow) -> None:
    window.show_page("rate")
    page = window.page("rate")
    assert isinstance(page, NotedPage)
    layout = page.layout()
    assert isinstance(layout, QVBoxLayout)
    table = QListWidget()
    layout.insertWidget(layout.indexOf(page.own) + 1, table)
    table.show()
    layout.activate()
    page.own.setFocus()
    assert walked(window, Qt.Key.Key_Tab, 1) == [table]
    ring = table.findChild(FocusRing)
    assert ring is not None and ring.isVisible() and ring.size() == table.size()
    page.own.setFocus()
    assert not ring.isVisible()


@pytest.mark.parametrize("size", [(1280, 720), (1024, 640), (960, 600)])
def test_the_shell_fits_into_a_small_window(qtbot: QtBot, size: tuple[int, int]) -> None:
    window = sample_window()
    qtbot.addWidget(window)
    window.show()
    window.show_page("train")
    window.resize(*size)
    qtbot.waitUntil(lambda: (window.width(), window.height()) == size)
    for part in (window.header.stop, window.gauge.notices, window.rail.button("settings")):
        corner = part.mapTo(window, part.rect().bottomRight())
        assert corner.x() < size[0] and corner.y() < size[1]
    assert (window.rail.width() == SIZES.rail_narrow) == (size[0] < 1180)
    assert window.built_page("train").width() >= 600


def test_the_window_comes_back_where_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    first = StudioWindow([], settings)
    qtbot.addWidget(first)
    first.resize(1000, 640)
    first.show()
    first.toggle_why()
    wanted = first.why.isHidden()
    first.close()
    second = StudioWindow([], settings)
    qtbot.addWidget(second)
    assert second.height() == 640
    assert settings.value("window/why_open", type=bool) != wanted


def test_both_themes_dress_the_same_window(qtbot: QtBot, qapp: QApplication) -> None:
    window = sample_window()
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.show()
    window.show_page("data")
    for choice, look in (("light", theme.LIGHT), ("dark", theme.DARK), ("light", theme.LIGHT)):
        theme.install(qapp, choice)
        qapp.processEvents()
        picture = window.grab().toImage()
        assert picture.pixelColor(window.width() // 3, 4).name() == look.panel.lower()
        assert picture.pixelColor(SIZES.rail + 6, 300).name() == look.background.lower()


def test_a_mark_that_stays_is_not_painted_again(qtbot: QtBot) -> None:
    rail = Rail()
    qtbot.addWidget(rail)
    button = rail._buttons["train"]
    rail.set_mark("train", "running", "a run trains")
    asked = []
    button.update = lambda: asked.append(1)
    rail.set_mark("train", "running", "a run trains")
    assert not asked
    rail.set_mark("train", "running", "it goes on")
    rail.set_mark("train", "done", "it goes on")
    assert len(asked) == 2
    assert (button.mark(), button.accessibleDescription()) == ("done", "it goes on")
