"""The kit: every widget tells what a person did, by mouse and by keyboard, and stays silent for code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage, QValidator
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from studio.ui import theme
from studio.ui.widgets import (
    Card,
    ClassBars,
    Combo,
    EmptyState,
    FieldRow,
    FindingCard,
    FloatSpin,
    FlowLayout,
    IntSpin,
    MenuButton,
    PathEdit,
    Pill,
    PrimaryButton,
    ProgressLine,
    SegmentedControl,
    SelectableLabel,
    StageTimeline,
    StageView,
    ThumbGrid,
    Toggle,
    columns,
    scrolled,
)
from studio.ui.widgets.gallery import data_page, kit_page
from studio.ui.widgets.words import duration, gigabytes, plural, rate

LEFT = Qt.MouseButton.LeftButton
STAGES = (StageView("Frozen", True, ("a", "b"), 3), StageView("Thawed", False, weight=1, progress=0.5))


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # widgets of the test before
    theme.install(qapp, "light")


W = TypeVar("W", bound=QWidget)


def shown(qtbot: QtBot, widget: W, width: int = 0) -> W:
    qtbot.addWidget(widget)
    if width:
        widget.resize(width, max(widget.sizeHint().height(), 60))
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def button_of(widget: QWidget, text: str) -> QWidget:
    return next(b for b in widget.findChildren(QWidget) if getattr(b, "text", str)() == text)


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_a_button_is_pressed_by_keyboard(qtbot: QtBot, key: Qt.Key) -> None:
    button = shown(qtbot, PrimaryButton("Train", "play"))
    with qtbot.waitSignal(button.clicked):
        qtbot.keyClick(button, key)


def test_a_click_leaves_the_focus_where_it_was(qtbot: QtBot) -> None:
    assert PrimaryButton("Train").focusPolicy() == Qt.FocusPolicy.TabFocus


def test_button_icons_follow_the_theme(qtbot: QtBot, qapp: QApplication) -> None:
    button = shown(qtbot, PrimaryButton("Train", "play"))
    before = button.icon().cacheKey()
    theme.install(qapp, "dark")
    assert button.icon().cacheKey() != before
    theme.install(qapp, "light")


def test_a_menu_button_tells_the_key_of_the_entry(qtbot: QtBot) -> None:
    button = shown(qtbot, MenuButton("Classes"))
    button.set_entries([("all", "All classes"), ("ants", "ants")], checked="all")
    first, second = button.entries()
    assert first.isChecked() and not second.isChecked()
    with qtbot.waitSignal(button.chosen) as told:
        second.trigger()
    assert told.args == ["ants"]


def test_segments_move_by_mouse_and_arrows(qtbot: QtBot) -> None:
    control = shown(qtbot, SegmentedControl([("a", "Loss"), ("b", "Class"), ("c", "Name")], "a"))
    with qtbot.waitSignal(control.keyChosen) as told:
        qtbot.mouseClick(control, LEFT, pos=QPoint(control.width() - 12, 10))
    assert told.args == ["c"]
    with qtbot.waitSignal(control.keyChosen) as told:
        qtbot.keyClick(control, Qt.Key.Key_Left)
    assert told.args == ["b"]
    with qtbot.assertNotEmitted(control.keyChosen):
        control.choose("a")


def test_a_list_tells_only_a_persons_choice(qtbot: QtBot) -> None:
    combo = shown(qtbot, Combo())
    combo.set_options([("folders", "Folders"), ("table", "A table", "CSV or TSV")])
    with qtbot.assertNotEmitted(combo.keyChosen):
        combo.choose("table")
    combo.set_options([("x", "Other"), ("table", "A table")])
    assert combo.key() == "table", "the choice survives new options"
    with qtbot.waitSignal(combo.keyChosen) as told:
        qtbot.keyClick(combo, Qt.Key.Key_Up)
    assert told.args == ["x"]


def test_a_field_shows_an_error_in_place_of_its_help(qtbot: QtBot) -> None:
    editor = QLineEdit()
    field = shown(qtbot, FieldRow("Size", editor, "pixels on a side", unit="px", note="size"))
    assert editor.accessibleName() == "Size, in px"
    assert field.property("note") == "size"
    field.set_error("The size must be at least 32 px.")
    visible = [label.text() for label in field.findChildren(QLabel) if label.isVisible()]
    assert "The size must be at least 32 px." in visible and "pixels on a side" not in visible
    assert editor.property("bad") is True
    field.set_error("")
    visible = [label.text() for label in field.findChildren(QLabel) if label.isVisible()]
    assert "pixels on a side" in visible


def test_a_whole_number_is_told_when_a_person_is_done(qtbot: QtBot) -> None:
    spin = shown(qtbot, IntSpin(32, 512, 224, 32, "px"))
    assert spin.text() == "224 px"
    with qtbot.assertNotEmitted(spin.edited):
        spin.setValue(128)
    with qtbot.waitSignal(spin.edited) as told:
        qtbot.keyClick(spin, Qt.Key.Key_Up)
    assert told.args == [160]


def test_a_small_number_is_written_and_stepped_like_a_rate(qtbot: QtBot) -> None:
    spin = shown(qtbot, FloatSpin(0, 1, 1e-3))
    assert spin.text() == "1e-3"
    with qtbot.waitSignal(spin.edited) as told:
        qtbot.keyClick(spin, Qt.Key.Key_Up)
    assert told.args == [pytest.approx(2e-3)]
    spin.selectAll()
    qtbot.keyClicks(spin, "3e-5")
    with qtbot.waitSignal(spin.edited) as told:
        qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert told.args == [pytest.approx(3e-5)]


@pytest.mark.parametrize(
    ("text", "state"), [("1e-", "Intermediate"), ("0,01", "Acceptable"), ("rate", "Invalid")]
)
def test_half_typed_numbers_are_let_through(qtbot: QtBot, text: str, state: str) -> None:
    spin = FloatSpin(0, 1, 0.5)
    qtbot.addWidget(spin)
    assert spin.validate(text, len(text))[0] == QValidator.State[state]


def test_a_path_is_told_when_typed_and_when_dropped(qtbot: QtBot, tmp_path: Path) -> None:
    editor = shown(qtbot, PathEdit("folder"))
    line = editor.findChild(QLineEdit)
    with qtbot.waitSignal(editor.pathChosen) as told:
        qtbot.keyClicks(line, str(tmp_path))
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert told.args == [tmp_path]
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "photos"))])
    drop = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    with qtbot.waitSignal(editor.pathChosen) as told:
        editor.dropEvent(drop)
    assert told.args == [tmp_path / "photos"]
    with qtbot.assertNotEmitted(editor.pathChosen):
        editor.set_path(None)
    assert editor.path() is None


def test_a_toggle_turns_by_mouse_and_space(qtbot: QtBot) -> None:
    toggle = shown(qtbot, Toggle("Balance the classes"))
    qtbot.mouseClick(toggle, LEFT)
    assert toggle.isChecked()
    qtbot.keyClick(toggle, Qt.Key.Key_Space)
    assert not toggle.isChecked()


def test_a_pill_says_its_words_to_readers(qtbot: QtBot) -> None:
    pill = shown(qtbot, Pill("Idle"))
    pill.set_state("Training", "ember")
    assert (pill.accessibleName(), pill.tone()) == ("Training", "ember")
    with pytest.raises(KeyError):
        pill.set_state("?", "pink")


def test_an_empty_place_offers_its_action(qtbot: QtBot) -> None:
    place = shown(qtbot, EmptyState("chart", "No run yet", "Train once.", "Train"))
    with qtbot.waitSignal(place.actionRequested):
        qtbot.mouseClick(button_of(place, "Train"), LEFT)
    place.set("chart", "No run yet", "Train once.")
    assert not place.findChild(PrimaryButton.__mro__[1]).isVisible()


def test_a_finding_can_be_shown_and_mended(qtbot: QtBot) -> None:
    card = shown(qtbot, FindingCard("warning", "2 twins", "Sentence.", fix="Keep in train"), 900)
    with qtbot.waitSignal(card.showRequested):
        qtbot.mouseClick(button_of(card, "Show"), LEFT)
    with qtbot.waitSignal(card.fixRequested):
        qtbot.keyClick(button_of(card, "Keep in train"), Qt.Key.Key_Space)


def test_a_finding_stacks_its_words_where_it_is_narrow(qtbot: QtBot) -> None:
    card = shown(
        qtbot, FindingCard("error", "Three photos cannot be opened", "They are cut off.", fix="Leave out")
    )
    title, sentence = card.findChildren(QLabel)[:2]
    card.resize(1000, 80)
    qtbot.waitUntil(lambda: sentence.x() > title.geometry().right())
    card.resize(420, 90)
    qtbot.waitUntil(lambda: sentence.y() > title.y())


def test_progress_tells_time_left_and_can_be_cancelled(qtbot: QtBot) -> None:
    line = shown(qtbot, ProgressLine())
    line.set_progress(0.5, "164 of 398 opened", 72)
    assert "1:12 left" in [label.text() for label in line.findChildren(QLabel)]
    assert line.accessibleName() == "164 of 398 opened, 50%"
    cancel = button_of(line, "Cancel")
    with qtbot.waitSignal(line.cancelRequested):
        qtbot.mouseClick(cancel, LEFT)
    line.done("398 opened")
    assert not cancel.isVisible()


def test_a_class_is_chosen_by_mouse_and_keyboard(qtbot: QtBot) -> None:
    bars = shown(qtbot, ClassBars(), 400)
    bars.set_rows([(f"class {n}", 10 * n, n) for n in range(30)])
    painted = bars.focusProxy()
    with qtbot.waitSignal(bars.classChosen) as told:
        qtbot.mouseClick(painted, LEFT, pos=QPoint(30, 30))
    assert told.args == ["class 1"]
    qtbot.keyClick(painted, Qt.Key.Key_Down)
    with qtbot.waitSignal(bars.classChosen) as told:
        qtbot.keyClick(painted, Qt.Key.Key_Return)
    assert told.args == ["class 2"]
    assert bars.height() < painted.height(), "many classes scroll"


def test_tiles_are_chosen_and_opened(qtbot: QtBot) -> None:
    grid = shown(qtbot, ThumbGrid(100, 80), 460)
    picture = QImage(30, 90, QImage.Format.Format_RGB32)
    grid.set_tiles([(picture, "bee"), (None, "ant"), (picture, "bee")])
    qtbot.waitUntil(lambda: grid.tiles()[1].isVisible())
    with qtbot.waitSignal(grid.tileChosen) as told:
        qtbot.mouseClick(grid.tiles()[1], LEFT)
    assert told.args == [1]
    with qtbot.waitSignal(grid.tileOpened) as told:
        qtbot.keyClick(grid.tiles()[2], Qt.Key.Key_Return)
    assert told.args == [2]


@pytest.mark.parametrize("width", [120, 300, 700])
def test_tiles_fill_the_width_and_never_overlap(qtbot: QtBot, width: int) -> None:
    grid = shown(qtbot, ThumbGrid(100, 80), width)
    grid.set_tiles([(None, str(n)) for n in range(7)])
    boxes = [tile.geometry() for tile in grid.tiles()]
    assert all(box.right() < width for box in boxes)
    assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert grid.minimumHeight() >= boxes[-1].bottom()


def test_a_stage_is_chosen_by_click_and_arrows(qtbot: QtBot) -> None:
    line = shown(qtbot, StageTimeline(), 800)
    line.set_stages(STAGES)
    qtbot.waitUntil(lambda: line.blocks()[0].width() > line.blocks()[1].width() > 100)
    with qtbot.waitSignal(line.stageChosen) as told:
        qtbot.mouseClick(line.blocks()[1], LEFT)
    assert told.args == [1]
    with qtbot.waitSignal(line.stageChosen) as told:
        qtbot.keyClick(line, Qt.Key.Key_Left)
    assert told.args == [0]
    assert line.blocks()[0].isChecked() and not line.blocks()[1].isChecked()
    with qtbot.waitSignal(line.addRequested):
        qtbot.mouseClick(line.add_block(), LEFT)


def test_stages_keep_their_blocks_while_they_progress(qtbot: QtBot) -> None:
    line = shown(qtbot, StageTimeline(), 800)
    line.set_stages(STAGES)
    before = line.blocks()
    line.set_stages((STAGES[0], StageView("Thawed", False, weight=1, progress=0.6)))
    assert line.blocks() == before
    assert "frozen" in before[0].accessibleName() and "thawed" in before[1].accessibleName()


def test_labels_can_be_copied(qtbot: QtBot) -> None:
    label = shown(qtbot, SelectableLabel("train/ants/0013025.jpg"))
    label.setSelection(0, 5)
    assert label.selectedText() == "train"


def test_a_flow_wraps(qtbot: QtBot) -> None:
    box = QWidget()
    flow = FlowLayout(box, gap=8)
    for _ in range(6):
        child = QWidget()
        child.setFixedSize(50, 20)
        flow.addWidget(child)
    assert flow.heightForWidth(400) == 20
    assert flow.heightForWidth(120) == 3 * 20 + 2 * 8
    qtbot.addWidget(box)


def test_the_left_column_keeps_its_width(qtbot: QtBot) -> None:
    left, right = Card("Left"), Card("Right")
    box = shown(qtbot, columns(left, right, 240), 900)
    assert box.isVisible()
    assert left.width() == 240 and right.width() > 600


def test_a_scrolled_card_keeps_its_ground(qtbot: QtBot) -> None:
    card = Card()
    area = shown(qtbot, scrolled(card), 300)
    assert area.widget() is card
    assert card.grab().toImage().pixelColor(20, 20).name() == theme.LIGHT.panel.lower()


def test_everything_that_takes_the_focus_has_a_name(qtbot: QtBot) -> None:
    for page in (data_page(), kit_page()):
        shown(qtbot, page, 1000)
        for widget in page.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and not inner(widget):
                name = widget.accessibleName() or getattr(widget, "text", str)()
                assert name or isinstance(widget.parent(), ClassBars), widget


def inner(widget: QWidget) -> bool:
    """Line edits inside spin boxes speak through them; texts are their own name."""
    return widget.objectName().startswith("qt_") or isinstance(widget, SegmentedControl)


def test_figures_become_words() -> None:
    assert [duration(s) for s in (0.4, 12, 192, 3870)] == ["under 1 s", "0:12", "3:12", "1:04:30"]
    assert [gigabytes(m) for m in (13.4 * 1024, 24 * 1024, 0)] == ["13.4", "24", "0"]
    assert [plural(n, "notice") for n in (1, 3)] == ["1 notice", "3 notices"]
    assert [rate(x) for x in (1e-2, 1.6e-4, 0.5, 0)] == ["1e-2", "1.6e-4", "0.5", "0"]


@given(st.floats(min_value=1e-9, max_value=1e6))
def test_a_rate_in_words_is_the_rate(value: float) -> None:
    assert float(rate(value)) == pytest.approx(value, rel=0.06)


@pytest.mark.parametrize(
    ("spin", "typed", "why"),
    [
        (lambda: IntSpin(1, 10_000, 3), "0", "“0” is not from 1 to 10,000."),
        (lambda: FloatSpin(0.1, 0.9, 0.2), "5", "“5” is not from 0.1 to 0.9."),
        (lambda: FloatSpin(0.1, 0.9, 0.2), "1e-", "“1e-” is not from 0.1 to 0.9."),
    ],
)
def test_a_number_that_is_refused_says_why_below_its_field_until_it_is_changed(
    qtbot: QtBot, spin: Callable[[], IntSpin | FloatSpin], typed: str, why: str
) -> None:
    editor = spin()
    field = shown(qtbot, FieldRow("Field", editor), 200)
    before = editor.value()
    editor.selectAll()
    qtbot.keyClicks(editor, typed)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.value() == before
    assert field.error() == why
    qtbot.keyClick(editor, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: not field.error())
