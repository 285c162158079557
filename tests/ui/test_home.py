"""The start page: what is dropped is looked at, a proposal makes a project, recent projects open."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from studio.problems.base import Guess
from studio.ui.actions import GuessView
from studio.ui.pages.home import SAMPLE_RECENTS, HomePage
from studio.ui.pages.home_parts.cards import GuessCard, StartCard
from studio.ui.pages.home_parts.recents import RecentRow
from studio.ui.preview import PrintedActions
from studio.ui.store import Store

LEFT = Qt.MouseButton.LeftButton
GUESS = Guess("image_classification", 0.9, "Two folders of photos.", {"source": "folders"})


@pytest.fixture
def actions() -> PrintedActions:
    return PrintedActions()


@pytest.fixture
def page(qtbot: QtBot, themed, actions: PrintedActions) -> HomePage:
    made = HomePage(Store(actions), actions)
    qtbot.addWidget(made)
    made.resize(1000, 800)
    made.show()
    return made


def test_a_dropped_folder_is_looked_at(page: HomePage, actions: PrintedActions, tmp_path: Path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    page.dropEvent(event)
    assert actions.asked[-1] == ("guess", (tmp_path,), {})


def test_a_proposal_has_one_button_that_makes_the_project(page: HomePage, actions, qtbot, tmp_path: Path):
    page.show_guess(GuessView(tmp_path, (GUESS,)))
    cards = page.findChildren(GuessCard)
    assert len(cards) == 1
    qtbot.mouseClick(cards[0].button, LEFT)
    assert actions.asked[-1] == (
        "new_project",
        ("image_classification", tmp_path, None, {"source": "folders"}),
        {},
    )


def test_what_is_nothing_to_learn_from_is_said_on_the_page(page: HomePage, tmp_path: Path):
    page.show_guess(GuessView(tmp_path, error="That is a holiday video."))
    assert page._zone._sentence.text() == "That is a holiday video."
    assert page.findChildren(GuessCard) == []


def test_there_is_a_card_for_every_problem_and_one_for_the_sample(page: HomePage, actions, qtbot):
    from studio.problems import PROBLEMS

    cards = page.findChildren(StartCard)
    assert len(cards) == len(PROBLEMS) + 1
    qtbot.mouseClick(cards[-1], LEFT)
    assert actions.asked[-1][:2] == ("new_sample_project", ("digits",))


def test_a_card_answers_to_the_keyboard_and_has_a_drawing(page: HomePage, actions, qtbot):
    cards = page.findChildren(StartCard)
    qtbot.keyClick(cards[-1], Qt.Key.Key_Return)
    assert actions.asked[-1][:2] == ("new_sample_project", ("digits",))
    for card in cards:
        assert len({card.grab().toImage().pixelColor(x, 60).rgb() for x in range(20, 220)}) > 3, card._key


def test_a_recent_project_opens_by_click_and_by_key(page: HomePage, actions, qtbot):
    rows = page.findChildren(RecentRow)
    assert len(rows) == len(SAMPLE_RECENTS)
    qtbot.mouseClick(rows[0], LEFT)
    qtbot.keyClick(rows[1], Qt.Key.Key_Return)
    wanted = [("open_project", (Path(recent.folder),), {}) for recent in SAMPLE_RECENTS]
    assert actions.asked == wanted


def test_a_project_that_is_gone_is_said(page: HomePage):
    page._recents.set_there((True, False))
    rows = page.findChildren(RecentRow)
    assert rows[0]._place.text() == SAMPLE_RECENTS[0].folder
    assert rows[1]._place.text().startswith("No longer at")
