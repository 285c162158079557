"""The Results page: the score and what it is worth, and the items behind every number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from studio.project.live_run import LiveRun
from studio.ui import theme
from studio.ui.pages.results import ResultsPage, fill_sample
from studio.ui.pages.results_parts.sample import record
from studio.ui.pages.results_parts.score_words import compare, noise
from studio.ui.preview import PrintedActions
from studio.ui.store import JobView, Store


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn once for all tests of this file."""
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, pictures: Path) -> Store:
    monkeypatch.delenv("THAW_DATA", raising=False)
    monkeypatch.setattr("studio.ui.pages.results_parts.sample.mkdtemp", lambda **_: str(pictures))
    made = Store()
    fill_sample(made)
    return made


def shown(qtbot: QtBot, store: Store) -> ResultsPage:
    made = ResultsPage(store, PrintedActions())
    qtbot.addWidget(made)
    made.resize(1000, 812)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(lambda: made.items.loader.idle)
    return made


def asked(page: ResultsPage) -> list[tuple[str, tuple[Any, ...], dict[str, Any]]]:
    assert isinstance(page.do, PrintedActions)
    return page.do.asked


def test_noise_is_the_standard_error_of_a_share() -> None:
    assert noise(0.937, 111) == pytest.approx(0.0231, abs=1e-4)
    assert noise(1.0, 50) == 0.02
    assert noise(0.9, 0) is None
    assert noise(3.2, 50) is None


@pytest.mark.parametrize(
    ("before", "after", "verdict", "words"),
    [
        (0.921, 0.937, "noise", "within noise (±2.3 %)"),
        (0.90, 0.937, "maybe", "Repeat with another seed"),
        (0.80, 0.937, "better", "a real gain"),
        (0.99, 0.90, "worse", "a real loss"),
        (0.9, 0.9, "same", "The same score on 111 validation items"),
    ],
)
def test_two_runs_are_compared_in_a_sentence(before: float, after: float, verdict: str, words: str) -> None:
    found = compare(record(6, before), record(7, after), 111, up=True)
    assert found is not None
    assert found.verdict == verdict
    assert words in found.sentence
    assert found.headline.startswith("Run 6:")


def test_runs_without_a_score_are_not_compared() -> None:
    assert compare(record(6, None), record(7, 0.9), 111, up=True) is None


def test_the_score_is_shown_with_its_noise_and_the_run_before(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    assert store.results is not None
    accuracy = store.results.metrics["accuracy"]
    assert accuracy is not None
    assert page.score.score.text() == f"{100 * accuracy:.1f} %"
    assert page.score.headline.text().startswith("Run 6: 92.1 % → run 7:")
    page.score.otherChosen.emit("5")
    assert page.score.headline.text().startswith("Run 5: 90.1 %")


def test_a_click_on_a_cell_shows_its_items(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    assert store.results is not None
    worst = list(page.items.items())
    middle = page.matrix.cell_rect(0, 1).center().toPoint()
    qtbot.mouseClick(page.matrix, Qt.MouseButton.LeftButton, pos=middle)
    found = page.items.items()
    assert len(found) == store.results.confusion[0][1]
    assert all(i.valid and i.target == "ants" and i.predicted == "bees" for i in found)
    page.items.backRequested.emit()
    assert list(page.items.items()) == worst
    qtbot.waitUntil(lambda: page.items.loader.idle)


def test_the_most_wrong_items_come_first(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    losses = [item.loss or 0 for item in page.items.items()]
    assert losses == sorted(losses, reverse=True)
    assert all(item.target != item.predicted for item in page.items.items())


def test_classes_sort_by_value_and_lead_to_their_items(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    assert store.results is not None
    f1 = {c.name: c.f1 for c in store.results.per_class}
    shown_f1 = [f1[name] for name in page.classes.rows()]
    assert shown_f1 == sorted(shown_f1, key=lambda v: v or 0)
    page.classes.table.sortItems(1, Qt.SortOrder.DescendingOrder)
    page.classes.table.cellClicked.emit(0, 0)
    name = page.classes.rows()[0]
    assert {item.target for item in page.items.items()} == {name}
    qtbot.waitUntil(lambda: page.items.loader.idle)


def test_another_run_is_chosen_through_actions(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    page.runs.chosen.emit("6")
    assert asked(page)[-1] == ("show_run", (6,), {})


def test_progress_can_be_cancelled(qtbot: QtBot, store: Store) -> None:
    store.results = None
    store.job = JobView(3, "Evaluate", "Looking at every item", 30, 100, 4.0)
    page = shown(qtbot, store)
    assert page.progress.isVisible()
    page.progress.cancelRequested.emit()
    assert asked(page)[-1] == ("cancel", (), {})


def test_an_empty_page_says_what_to_do(qtbot: QtBot) -> None:
    page = shown(qtbot, Store())
    assert "Train a model" in page.empty.accessibleDescription()
    with qtbot.waitSignal(page.pageRequested) as heard:
        page.empty.actionRequested.emit()
    assert heard.args == ["train"]


def test_a_run_without_results_can_be_looked_at(qtbot: QtBot, store: Store) -> None:
    store.results = store.results_run = None
    page = shown(qtbot, store)
    page.empty.actionRequested.emit()
    assert asked(page)[-1] == ("show_run", (7,), {})


def test_a_run_on_everything_says_that_nothing_judges_it(qtbot: QtBot, store: Store) -> None:
    store.results = store.results_run = None
    store.runs, store.run = [*store.runs, record(8, None, everything=7)], LiveRun(8)
    page = shown(qtbot, store)
    assert "no item is left to judge it by" in page.empty.accessibleDescription()
    page.empty.actionRequested.emit()
    assert asked(page)[-1] == ("show_run", (7,), {})


def test_the_validation_loss_is_called_after_what_was_trained_with(qtbot: QtBot, store: Store) -> None:
    assert store.results is not None
    store.results = msgspec.structs.replace(store.results, loss="focal")
    page = shown(qtbot, store)
    assert any("0.214</b>  focal" in label.text() for label in page.score.findChildren(QLabel))


def test_the_classes_keep_to_the_theme_when_it_changes(
    qtbot: QtBot, qapp: QApplication, store: Store
) -> None:
    page = shown(qtbot, store)
    cell = page.classes.table.item(0, 0)
    assert cell is not None
    light = cell.foreground().color()
    theme.install(qapp, "dark")
    try:
        assert cell.foreground().color() == theme.theme_of().colour("text") != light
    finally:
        theme.install(qapp, "light")
