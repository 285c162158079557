"""The explainers on the Notes page: they play, stand still, step and answer to their sliders."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.ui import theme
from studio.ui.explainers import explainers_of
from studio.ui.explainers.view import ExplainerCard, Turned


@pytest.fixture
def card(qtbot: QtBot, themed: theme.ThemeSwitch) -> ExplainerCard:
    made = ExplainerCard(explainers_of("momentum-adam"))
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show()
    return made


def test_it_plays_to_its_end_and_then_stands_still(card: ExplainerCard, qtbot: QtBot):
    card.frame = 57
    qtbot.mouseClick(card.play, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not card.is_playing)
    assert card.frame == 60
    assert card.stage.drawing is not None
    assert card.stage.drawing.caption.startswith("Step 60")


def test_the_keyboard_plays_and_steps(card: ExplainerCard, qtbot: QtBot):
    qtbot.keyClick(card, Qt.Key.Key_Right)
    qtbot.keyClick(card, Qt.Key.Key_Right)
    qtbot.keyClick(card, Qt.Key.Key_Left)
    assert card.frame == 1
    qtbot.keyClick(card, Qt.Key.Key_Space)
    assert card.is_playing
    qtbot.keyClick(card, Qt.Key.Key_Space)
    assert not card.is_playing


def test_a_slider_changes_the_drawing_at_once(card: ExplainerCard, qtbot: QtBot):
    card.frame = 20
    card.restart()
    qtbot.keyClick(card, Qt.Key.Key_Right)
    before = card.stage.drawing
    turned = card.findChild(Turned)
    turned.slider.setValue(turned.slider.maximum())
    assert card.stage.drawing != before


def test_what_is_hidden_does_not_move(card: ExplainerCard):
    card.toggle()
    assert card.is_playing
    card.hide()
    assert not card.is_playing


def test_another_explainer_begins_at_its_beginning_with_its_own_sliders(card: ExplainerCard, qtbot: QtBot):
    card.toggle()
    card.choose("adam")
    assert (card.frame, card.is_playing) == (0, False)
    assert card.stage.drawing is not None
    assert "Adam" in card.stage.drawing.caption
    qtbot.waitUntil(lambda: shown_controls(card) == ["Rate", "History kept"])


def shown_controls(card: ExplainerCard) -> list[str]:
    return [t.slider.accessibleName() for t in card.findChildren(Turned) if t.isVisible()]
