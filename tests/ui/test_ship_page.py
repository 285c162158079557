"""The Ship page: dropped items are answered, exports show their proof, commands can be copied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from pytestqt.qtbot import QtBot

from studio.engine import messages as m
from studio.exports import EXPORTS
from studio.problems import problem_named
from studio.project import scores
from studio.ui.pages.results_parts.kinds_sample import fill_ratings
from studio.ui.pages.ship import ShipPage, fill_sample
from studio.ui.pages.ship_parts import sample, ship_words
from studio.ui.preview import PrintedActions
from studio.ui.samples.rate_some import popular
from studio.ui.store import JobView, Store
from studio.ui.widgets import SegmentedControl


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


def shown(qtbot: QtBot, store: Store) -> ShipPage:
    made = ShipPage(store, PrintedActions())
    qtbot.addWidget(made)
    made.resize(1000, 900)
    with qtbot.waitExposed(made):
        made.show()
    made.answers.grid.grab()
    qtbot.waitUntil(lambda: made.answers.loader.idle)
    return made


def asked(page: ShipPage) -> list[tuple[str, tuple[Any, ...], dict[str, Any]]]:
    assert isinstance(page.do, PrintedActions)
    return page.do.asked


def dropped(*paths: Path) -> tuple[QDropEvent, QMimeData]:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    return QDropEvent(QPointF(QPoint(9, 9)), Qt.DropAction.CopyAction, mime, buttons, keys), mime


def test_what_is_dropped_is_answered(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    event, _mime = dropped(Path("/photos/a.jpg"), Path("/photos/more"))
    page.drop.dropEvent(event)
    assert asked(page)[-1] == ("predict", ([Path("/photos/a.jpg"), Path("/photos/more")],), {})


def test_items_may_be_dropped_anywhere_on_the_page(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    event, _mime = dropped(Path("/photos/b.jpg"))
    page.dropEvent(event)
    assert asked(page)[-1] == ("predict", ([Path("/photos/b.jpg")],), {})


def test_answers_are_shown_with_latency_and_scores(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    found = store.predictions
    assert found is not None
    assert ship_words.answers_words(found) == "11 answers · 23 ms per item on the CPU · 1 could not be read"
    first = found.predictions[0]
    tile = page.answers._tile(0)
    assert tile.title == first.answer
    assert tile.bar == first.scores[0][1]
    assert page.answers.answer.text() == first.answer
    last = len(found.predictions) - 1
    assert page.answers._tile(last).title == "No answer"
    page.answers.grid.choose(last)
    assert "Not a photo." in page.answers._where.text()
    qtbot.waitUntil(lambda: page.answers.loader.idle)


def test_there_is_a_card_for_every_export(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    assert [card.format.name for card in page.cards] == [format.name for format in EXPORTS]


def test_an_export_card_shows_its_proof(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    onnx = page.cards[0]
    assert onnx.proof.isVisible()
    assert onnx.proof.verdict.tone() == "good"
    assert dict(onnx.proof.words())["Agreement"] == "100 %"
    assert dict(onnx.proof.words())["Size"] == "4.8 MB"
    assert not page.cards[1].proof.isVisible()


def test_a_failed_proof_is_ember(qtbot: QtBot, store: Store) -> None:
    store.exports = [sample.exported(passed=False)]
    page = shown(qtbot, store)
    assert page.cards[0].proof.verdict.tone() == "ember"
    assert page.cards[0].proof.verdict.text() == "Proof failed"


def test_a_proof_never_rounds_up_to_all() -> None:
    assert scores.percent(0.9999) == "99.9 %"
    assert scores.percent(1.0) == "100 %"


def test_an_export_goes_into_the_folder_of_the_run(qtbot: QtBot, store: Store) -> None:
    store.job = None
    page = shown(qtbot, store)
    page.cards[1].button.click()
    name, args, _ = asked(page)[-1]
    assert name == "export"
    assert args == ("script", Path("ants and bees/runs/0007/export/script"))


def test_progress_belongs_to_the_format_asked_for(qtbot: QtBot, store: Store) -> None:
    store.job = None
    page = shown(qtbot, store)
    page.cards[0].button.click()
    store.job = JobView(4, "Export", "Comparing", 20, 64)
    store.jobChanged.emit()
    qtbot.waitUntil(page.cards[0].progress.isVisible)
    assert not page.cards[1].progress.isVisible()
    assert not page.cards[1].button.isEnabled()
    page.cards[0].progress.cancelRequested.emit()
    assert asked(page)[-1] == ("cancel", (), {})


def test_a_refused_export_says_why(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    store.ship_error = m.Failed(message="The bundle answers differently.", hint="It was not kept.")
    store.shipChanged.emit()
    qtbot.waitUntil(lambda: page._error is not None)
    assert page._error is not None
    assert "It was not kept." in page._error[1].accessibleDescription()
    store.ship_error = None
    store.shipChanged.emit()
    qtbot.waitUntil(lambda: page._error is None)


def test_commands_can_be_copied(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    page.cards[0].copy.click()
    said = QGuiApplication.clipboard().text()
    assert said == "thaw export 'ants and bees' --format onnx --to 'ants and bees/runs/0007/export/onnx'"
    page.copy_predict.click()
    said = QGuiApplication.clipboard().text()
    assert said == "thaw predict 'ants and bees/runs/0007/export/onnx' FILE_OR_FOLDER"


def test_the_pickle_is_warned_about() -> None:
    pickle = next(format for format in EXPORTS if format.extension == ".pkl")
    assert "pickle" in pickle.caveat


def test_without_a_model_it_leads_to_training(qtbot: QtBot) -> None:
    page = shown(qtbot, Store())
    assert page.empty.isVisible()
    with qtbot.waitSignal(page.pageRequested) as heard:
        page.empty.actionRequested.emit()
    assert heard.args == ["train"]


def test_what_a_bundle_says_of_people_is_a_choice_beside_the_export(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    assert page.cards[0].options is None
    store.problem = problem_named("collab")
    assert store.recipe is not None
    store.recipe = msgspec.structs.replace(store.recipe, problem="collab", options={"people": "named"})
    store.recipeChanged.emit()
    page.refresh_now()
    form = page.cards[0].options
    assert form is not None and form.values() == {"people": "named"}
    form.valueEdited.emit("people", "nobody")
    assert asked(page) == [("set_value", ("people", "nobody"), {})]


def test_somebody_new_is_asked_for_a_few_ratings(qtbot: QtBot) -> None:
    store = Store()
    fill_ratings(store)
    page = shown(qtbot, store)
    assert page.asker is not None and not page.asker.ask.isEnabled()
    page.asker.open.click()
    scales = page.asker.findChildren(SegmentedControl)
    assert len(scales) == 12
    qtbot.keyClick(scales[0], Qt.Key.Key_Right)
    assert page.asker.ask.isEnabled()
    page.asker.ask.click()
    name = popular(store.results)[0]
    assert asked(page) == [("predict", ([f'{{"ratings": {{"{name}": 1.0}}}}'],), {})]


def test_photos_are_not_asked_for(qtbot: QtBot, store: Store) -> None:
    assert shown(qtbot, store).asker is None
