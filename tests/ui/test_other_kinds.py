"""Pages on items that are no photos: rows, numbers, ratings, tags, texts. No page knows the problem by its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.engine import messages as m
from studio.ui.grid.view import TileGrid
from studio.ui.pages.clean import CleanPage
from studio.ui.pages.data import DataPage
from studio.ui.pages.results import ResultsPage
from studio.ui.pages.results import fill_sample as fill_photos
from studio.ui.pages.results_parts.figure_cards import lines
from studio.ui.pages.results_parts.kinds_sample import KINDS
from studio.ui.pages.runs import RunsPage
from studio.ui.pages.ship import ShipPage
from studio.ui.pages.ship_parts.ship_words import answer_rows, input_name
from studio.ui.preview import PrintedActions
from studio.ui.samples import KINDS as SAMPLES
from studio.ui.samples import about, painter
from studio.ui.samples.words_view import WordsSample
from studio.ui.store import Store
from studio.ui.theme import LIGHT

Made = Callable[[str], Store]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Made:
    monkeypatch.delenv("THAW_DATA", raising=False)
    for module in ("sample", "kinds_sample"):
        monkeypatch.setattr(f"studio.ui.pages.results_parts.{module}.mkdtemp", lambda **_: str(tmp_path))

    def fill(kind: str) -> Store:
        store = Store()
        KINDS[kind](store)
        return store

    return fill


def shown(qtbot: QtBot, page: Any) -> Any:
    qtbot.addWidget(page)
    page.resize(1000, 812)
    with qtbot.waitExposed(page):
        page.show()
    for grid in page.findChildren(TileGrid):
        qtbot.waitUntil(lambda grid=grid: grid._loader.idle)
    return page


def results(qtbot: QtBot, store: Store) -> ResultsPage:
    page: ResultsPage = shown(qtbot, ResultsPage(store, PrintedActions()))
    return page


def clean(qtbot: QtBot, store: Store) -> CleanPage:
    page: CleanPage = shown(qtbot, CleanPage(store, PrintedActions()))
    page.grid.setFocus()
    return page


# -- Results
def test_a_ranking_and_bars_stand_beside_each_other_above_the_confusion(qtbot: QtBot, made: Made) -> None:
    page = results(qtbot, made("rows"))
    ranking, importance = page.figures.cards()
    assert ranking.y() == importance.y()
    assert ranking.x() < importance.x()
    assert page._confusion.isVisible()
    assert page.classes.isVisible()
    page.resize(780, 812)
    qtbot.waitUntil(lambda: importance.y() > ranking.y())


def test_figures_that_need_the_width_have_a_line_of_their_own() -> None:
    assert lines([False, False, False], two=True) == [[0, 1], [2]]
    assert lines([False, True, False, False], two=True) == [[0], [1], [2, 3]]
    assert lines([False, False], two=False) == [[0], [1]]


def test_numbers_have_no_confusion_no_per_cent_and_no_binomial_noise(qtbot: QtBot, made: Made) -> None:
    page = results(qtbot, made("numbers"))
    assert page.score.score.text() == "52.6 bikes"
    assert page.score._noise.text() == "80 validation items"
    assert page.score.sentence.text() == "Better by 2.336 bikes. Lower is better."
    assert not page._confusion.isVisible()
    assert not page.classes.isVisible()
    assert len(page.figures.cards()) == 3
    assert page.items.items()[0].loss == max(item.loss or 0 for item in page.items.items())
    assert "seen as" not in page.items._subtitle.text()


def test_a_share_of_counted_items_keeps_its_noise(qtbot: QtBot, made: Made) -> None:
    page = results(qtbot, made("rows"))
    assert "±" in page.score._noise.text()
    assert "600 validation items" in page.score.sentence.text()


def test_tags_have_classes_without_a_confusion_and_their_items(qtbot: QtBot, made: Made) -> None:
    page = results(qtbot, made("tags"))
    assert page.classes.isVisible()
    assert not page._confusion.isVisible()
    page.show_class(2)
    assert page.items.items()
    assert all("agriculture" in item.target for item in page.items.items())
    qtbot.waitUntil(lambda: page.items.loader.idle)


def test_another_project_of_another_kind_is_shown_on_the_same_page(qtbot: QtBot, made: Made) -> None:
    store = made("numbers")
    page = results(qtbot, store)
    fill_photos(store)
    store.resultsChanged.emit()
    qtbot.waitUntil(page._confusion.isVisible)
    assert not page.figures.isVisible()
    assert page.score.score.text().endswith("%")
    page.items.grid.grab()
    qtbot.waitUntil(lambda: page.items.loader.idle)


def test_results_without_items_or_metrics_are_shown(qtbot: QtBot, made: Made) -> None:
    store = made("numbers")
    assert store.results is not None
    store.results = msgspec.structs.replace(store.results, items=(), metrics={"valid_loss": None}, figures=())
    page = results(qtbot, store)
    assert page.score.score.text() == "none"
    assert page.items.items() == []


# -- samples
@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_every_kind_of_sample_says_how_it_is_spoken_of(kind: str) -> None:
    module = SAMPLES[kind]
    said = about(module)
    assert said.picture == (painter(module) is None)
    assert all((said.one, said.many, said.drop, said.more, said.choose, said.unseen))
    assert module.caption(None)


@pytest.mark.parametrize("kind", ["row", "text", "rating"])
@pytest.mark.parametrize("words", ["", "user: 7, item: Fargo (1996)", "x" * 5000, "a\nb\tc, d: e"])
def test_words_are_painted_inside_their_tile(kind: str, words: str, qapp: Any) -> None:
    paint = painter(SAMPLES[kind])
    assert paint is not None
    picture = QImage(200, 120, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.white)
    drawing = QPainter(picture)
    paint(drawing, QRectF(40, 30, 120, 60), words, LIGHT)
    drawing.end()
    outside = [
        (x, y) for x in range(0, 200, 4) for y in range(0, 120, 4) if not (36 <= x <= 164 and 26 <= y <= 94)
    ]
    assert all(picture.pixelColor(x, y) == Qt.GlobalColor.white for x, y in outside)


def test_words_in_large_are_names_and_values(qtbot: QtBot) -> None:
    view = WordsSample()
    qtbot.addWidget(view)
    view.show_item(Path("17"), words="age: 39, occupation: <b>Sales</b>")
    labels = [label.text() for label in view.findChildren(QLabel)]
    assert labels == ["age", "39", "occupation", "<b>Sales</b>"]
    view.show_item(Path("18"))
    assert view.text() == "18"


# -- Clean
def test_rows_are_relabelled_by_a_key_and_their_words_are_shown(qtbot: QtBot, made: Made) -> None:
    page = clean(qtbot, made("rows"))
    first = page._key_at(0)
    assert page._tile_at(0).text.startswith("age: ")
    assert isinstance(page.panel._view, WordsSample)
    assert page.panel._file.text() == f"row {first}"
    qtbot.keyClick(page.grid, Qt.Key.Key_2)
    assert page.do.asked[-1] == ("mark", ([first], "relabel", ">=50k"), {})  # type: ignore[attr-defined]
    assert "rows, worst first" in page.header._subtitle.text()


def test_numbers_can_be_kept_or_removed_but_not_relabelled(qtbot: QtBot, made: Made) -> None:
    page = clean(qtbot, made("numbers"))
    first = page._key_at(0)
    assert not page.panel.relabel.isVisible()
    assert not page.cls.isVisible()
    qtbot.keyClick(page.grid, Qt.Key.Key_1)
    assert page.do.asked == []  # type: ignore[attr-defined]
    qtbot.keyClick(page.grid, Qt.Key.Key_Delete)
    assert page.do.asked[-1] == ("mark", ([first], "remove"), {})  # type: ignore[attr-defined]


def test_marks_that_cannot_be_carried_out_are_used_in_training(qtbot: QtBot, made: Made) -> None:
    page = clean(qtbot, made("numbers"))
    assert not page.bar.apply.isVisible()
    assert "the next run is trained with these marks" in page.bar.words.text()


def test_the_large_view_changes_with_the_kind_of_items(qtbot: QtBot, made: Made) -> None:
    store = made("rows")
    page = clean(qtbot, store)
    fill_photos(store)
    store.resultsChanged.emit()
    qtbot.waitUntil(lambda: not isinstance(page.panel._view, WordsSample))
    assert page.panel.relabel.isVisible()
    page.grid.grab()
    qtbot.waitUntil(
        lambda: page.loader.idle and page.panel._view._loader.idle and not page.panel._later.isActive()  # type: ignore[attr-defined]
    )


def test_an_item_can_be_brought_to_the_fore_whatever_is_filtered(qtbot: QtBot, made: Made) -> None:
    store = made("rows")
    page = clean(qtbot, store)
    assert store.results is not None
    wanted = next(item for item in store.results.items if item.valid)
    page.show_item(wanted.key)
    current = page._current()
    assert current is not None
    assert current.key == wanted.key


def test_an_item_asked_for_before_there_are_results_is_shown_when_they_come(qtbot: QtBot, made: Made) -> None:
    store = made("rows")
    found, store.results = store.results, None
    page = clean(qtbot, store)
    assert found is not None
    page.show_item(found.items[40].key)
    store.results = found
    store.resultsChanged.emit()
    qtbot.waitUntil(lambda: page._current() is found.items[40])


# -- Data
def test_a_batch_of_rows_is_a_table_by_its_columns(qtbot: QtBot, made: Made) -> None:
    page: DataPage = shown(qtbot, DataPage(made("rows"), PrintedActions()))
    assert page.batch.table.isVisible()
    assert not page.batch.grid.isVisible()
    assert page.batch.table.columns()[:2] == ("age", "education")
    assert page.batch.table.columns()[-1] == "Target"
    page.batch.choice.choose("photos")
    page.batch._choose("photos")
    assert page.batch.table.columns() == ("Row", "Target", "Set")
    page.batch.show_class(">=50k")
    assert {row[1] for row in page.batch.table.shown()} == {">=50k"}


def test_a_batch_without_words_shows_its_labels(qtbot: QtBot, made: Made) -> None:
    store = made("rows")
    store.preview = m.PreviewBatch(stage=0, samples=(m.PreviewSample(b"", "yes"), m.PreviewSample(b"", "no")))
    page: DataPage = shown(qtbot, DataPage(store, PrintedActions()))
    assert [row[1] for row in page.batch.table.shown()] == ["yes", "no"]


def test_items_without_classes_have_no_card_of_classes(qtbot: QtBot, made: Made) -> None:
    page: DataPage = shown(qtbot, DataPage(made("numbers"), PrintedActions()))
    assert not page._classes_card.isVisible()


# -- Ship
def test_rows_are_answered_in_a_table(qtbot: QtBot, made: Made) -> None:
    store = made("rows")
    page: ShipPage = shown(qtbot, ShipPage(store, PrintedActions()))
    assert page.answers.table.isVisible()
    assert page.answers.table.columns() == ("Input", "Answer", "Sure", "To know")
    assert page.answers.table.words_at(0, 2).endswith("%")
    page.answers.table.choose(3)
    assert "never seen" in page.answers._note.text()
    assert page.drop._title.text() == "Drop another table here"
    assert not page.drop.folder.isVisible()


def test_a_text_can_be_typed(qtbot: QtBot, made: Made) -> None:
    page: ShipPage = shown(qtbot, ShipPage(made("texts"), PrintedActions()))
    page.drop.line.setText("  I liked it.  ")
    qtbot.keyClick(page.drop.line, Qt.Key.Key_Return)
    assert page.do.asked[-1] == ("predict", (["I liked it."],), {})  # type: ignore[attr-defined]
    page.drop.line.clear()
    qtbot.keyClick(page.drop.line, Qt.Key.Key_Return)
    assert len(page.do.asked) == 1  # type: ignore[attr-defined]


def test_numbers_are_answered_as_numbers() -> None:
    some = (
        m.Prediction("new.csv row 2", "455.38"),
        m.Prediction("new.csv row 3", "", (), "It has no column “age”."),
    )
    columns, rows = answer_rows(some)
    assert columns == ("Input", "Answer", "To know")
    assert rows == (("new.csv row 2", 455.38, ""), ("new.csv row 3", None, "It has no column “age”."))
    named = answer_rows((m.Prediction("a", "7", (("7", 0.9), ("1", 0.1))),))
    assert named == (("Input", "Answer", "Sure"), (("a", "7", 0.9),))  # a class that is called 7


def test_an_input_is_called_by_its_name_or_its_first_words() -> None:
    assert input_name("/home/ida/new.csv row 3") == "new.csv row 3"
    assert input_name("C:\\data\\a.jpg") == "a.jpg"
    assert len(input_name("word " * 100)) <= 81


# -- Runs
def test_runs_are_written_by_what_judges_them(qtbot: QtBot, made: Made) -> None:
    page: RunsPage = shown(qtbot, RunsPage(made("numbers"), PrintedActions()))
    column = [str(page._model.headerData(at, Qt.Orientation.Horizontal)) for at in range(9)].index("Score")
    assert [page._model.index(row, column).data() for row in range(3)] == ["52.6", "54.94", "61.31"]
    other: RunsPage = shown(qtbot, RunsPage(made("rows"), PrintedActions()))
    assert "82.9 %" in [other._model.index(row, column).data() for row in range(3)]
