"""The Data page: edits and fixes go to the actions, and every state says what it is."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.engine import messages as m
from studio.ui.pages.data import DataPage, fill_sample
from studio.ui.pages.data_parts import sample, words
from studio.ui.pages.data_parts.batch import Batch
from studio.ui.pages.data_parts.fields import page_fields, page_values
from studio.ui.pages.data_parts.findings import Findings
from studio.ui.pages.data_parts.words_table import batch_rows, wide_column
from studio.ui.preview import PrintedActions
from studio.ui.store import Store
from studio.ui.widgets import Combo


@pytest.fixture
def store() -> Store:
    made = Store()
    fill_sample(made)
    return made


@pytest.fixture
def page(qtbot: QtBot, store: Store) -> DataPage:
    return shown(qtbot, store)


def shown(qtbot: QtBot, store: Store) -> DataPage:
    made = DataPage(store, PrintedActions())
    qtbot.addWidget(made)
    made.resize(1000, 812)
    with qtbot.waitExposed(made):
        made.show()
    return made


def asked(page: DataPage) -> list[tuple[str, tuple, dict]]:
    assert isinstance(page.do, PrintedActions)
    return page.do.asked


def test_fields_come_in_the_order_a_person_thinks(store: Store) -> None:
    assert store.problem is not None and store.recipe is not None
    fields = page_fields(store.problem, store.recipe)
    values = page_values(store.problem, store.recipe)
    plain = [f.name for f in fields if not f.more and f.shown(values)]
    assert plain == ["source", "split", "train", "valid", "size", "augment", "arch", "weights"]
    rare = [f.name for f in fields if f.more]
    assert {"merge", "resize", "dropout", "class_weights", "precision", "weight_decay"} < set(rare)
    assert rare[-1] == "seed"
    assert values["split"] == "folders"
    assert values["size"] == "224"


def test_stages_of_different_size_are_all_named(store: Store) -> None:
    assert store.problem is not None and store.recipe is not None
    first, second = store.recipe.training.stages
    stages = (msgspec.structs.replace(first, size=128), second)
    training = msgspec.structs.replace(store.recipe.training, stages=stages)
    recipe = msgspec.structs.replace(store.recipe, training=training)
    assert page_values(store.problem, recipe)["size"] == "128,224"


def test_an_edit_goes_to_the_actions_in_the_words_of_set(qtbot: QtBot, page: DataPage) -> None:
    assert page.settings.form is not None
    combo = page.settings.form.editor("split").widget
    assert isinstance(combo, Combo)
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert asked(page) == [("set_value", ("split", "list"), {})]


def test_a_refused_edit_goes_back_to_what_the_recipe_has(qtbot: QtBot, page: DataPage) -> None:
    form = page.settings.form
    assert form is not None
    qtbot.keyClick(form.editor("split").widget, Qt.Key.Key_Down)
    assert form.values()["split"] == "list"
    qtbot.waitUntil(lambda: form.values()["split"] == "folders", timeout=2000)


def test_another_folder_is_an_edit_of_the_root(page: DataPage, tmp_path: Path) -> None:
    page.settings.folder.pathChosen.emit(tmp_path)
    assert asked(page) == [("set_value", ("root", str(tmp_path)), {})]


def test_an_undo_elsewhere_is_shown_without_asking(page: DataPage, store: Store) -> None:
    assert store.recipe is not None
    store.recipe = msgspec.structs.replace(store.recipe, options={"arch": "resnet18"})
    store.recipeChanged.emit()
    page.refresh_now()
    assert page.settings.form is not None
    assert page.settings.form.values()["arch"] == "resnet18"
    assert asked(page) == []


def test_the_worst_finding_comes_first(page: DataPage) -> None:
    assert [v.finding.severity for v in page.findings.views()] == ["error", "warning"]
    assert not page.findings.all_is_fine()


def test_the_button_of_a_finding_asks_for_its_values(page: DataPage) -> None:
    view = page.findings.views()[0]
    view.card.fixRequested.emit()
    assert asked(page) == [("set_values", ({"skip": ["train/ants/imageNotFound.gif"]},), {})]


def test_the_items_of_a_finding_open_and_can_be_copied(page: DataPage) -> None:
    view = page.findings.views()[1]
    view.card.showRequested.emit()
    assert view.items is not None and view.items.isVisible()
    view.items.copy_names()
    assert QGuiApplication.clipboard().text() == "train/bees/bee-003.jpg\nval/bees/bee-011.jpg"
    view.card.showRequested.emit()
    assert not view.items.isVisible()


def test_the_worst_is_counted_beside_the_title(store: Store) -> None:
    assert words.count_words(store.findings or ()) == "1 error, 1 warning"
    assert words.count_words(()) == ""


def test_a_long_list_of_items_says_how_many_more() -> None:
    finding = m.Finding("x", "warning", "Many", "Why", tuple(f"{n}.jpg" for n in range(20)), 32)
    assert words.more_items(finding) == "and 12 more"


def test_nothing_wrong_gets_a_green_card(qtbot: QtBot, store: Store) -> None:
    sample.fill_fine(store)
    page = shown(qtbot, store)
    assert page.findings.all_is_fine()
    assert page.findings.views() == ()


def test_before_the_checks_ran_nothing_is_called_fine(qtbot: QtBot, store: Store) -> None:
    store.findings = None
    page = shown(qtbot, store)
    assert not page.findings.all_is_fine()


def test_a_scan_that_failed_says_why_and_can_look_again(qtbot: QtBot, store: Store) -> None:
    sample.fill_error(store)
    page = shown(qtbot, store)
    card = page.error_card()
    assert card is not None
    assert "is not there any more" in card.accessibleName()
    assert "Choose where the photos are now" in card.accessibleDescription()
    card.showRequested.emit()
    assert asked(page) == [("scan", (), {})]
    assert not page.primary.isEnabled()


def test_a_scan_that_one_edit_mends_offers_it_and_names_the_field(qtbot: QtBot, store: Store) -> None:
    store.scan_error = m.Failed(message="A list names nothing.", hint="Choose another.", fix="split=random")
    page = shown(qtbot, store)
    card = page.error_card()
    assert card is not None and page.settings.form is not None
    assert page.settings.form.row("split").error() == "A list names nothing."
    card.fixRequested.emit()
    assert asked(page) == [("set_values", ({"split": "random"},), {})]
    store.scan_error = None
    store.scanChanged.emit()
    page.refresh_now()
    assert page.settings.form.row("split").error() == ""


def test_a_refused_edit_says_why_below_its_field_and_keeps_what_was_typed(qtbot: QtBot, store: Store) -> None:
    page = shown(qtbot, store)
    form = page.settings.form
    assert form is not None
    store.refused = {"split": "That cannot be."}
    qtbot.keyClick(form.editor("split").widget, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: form.row("split").error() == "That cannot be.")
    assert form.values()["split"] == "list"


def test_the_error_goes_when_the_scan_went_well(qtbot: QtBot, store: Store) -> None:
    sample.fill_error(store)
    page = shown(qtbot, store)
    sample.fill_fine(store)
    store.scan_error = None
    store.scanChanged.emit()
    page.refresh_now()
    assert page.error_card() is None
    assert page.primary.isEnabled()


def test_while_it_looks_there_is_progress_and_cancel(qtbot: QtBot, store: Store) -> None:
    sample.fill_scanning(store)
    page = shown(qtbot, store)
    assert page.progress.isVisible()
    page.progress.cancelRequested.emit()
    assert asked(page) == [("cancel", (), {})]


def test_the_counts_are_under_the_fields_that_made_them(store: Store) -> None:
    assert words.found_words(store.scan) == "397 found in 2 classes · 1 left out"
    assert words.split_words(store.scan) == "244 train · 153 validation"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((193, 204), "balanced"),
        ((300, 20), "unbalanced, trains anyway"),
        ((10, 0), "unbalanced, trains anyway"),
    ],
)
def test_balance_is_said_and_never_forbids(counts: tuple[int, int], said: str) -> None:
    assert words.balance_words([m.ClassCount(str(n), n, 0) for n in counts]) == said


def test_the_batch_arrives_with_its_labels(qtbot: QtBot, page: DataPage) -> None:
    tiles = page.batch.grid.tiles()
    assert [t.accessibleName() for t in tiles][:2] == ["bee", "ant"]
    qtbot.waitUntil(lambda: all(t._picture is not None for t in tiles), timeout=5000)


def test_another_batch_can_be_asked_for(page: DataPage) -> None:
    page.batch.another.click()
    assert asked(page) == [("preview", (0,), {})]


def test_a_class_shows_its_photos(qtbot: QtBot, page: DataPage) -> None:
    page.bars.classChosen.emit("ant")
    names = {t.accessibleName().split(" ")[0] for t in page.batch.grid.tiles()}
    assert names == {"ant"}
    qtbot.waitUntil(lambda: all(t._picture is not None for t in page.batch.grid.tiles()), timeout=5000)


def test_a_batch_that_cannot_be_drawn_says_why(qtbot: QtBot, store: Store) -> None:
    store.preview, store.preview_error = (
        None,
        m.Failed(message="ant-3.jpg could not be read.", hint="Skip it."),
    )
    page = shown(qtbot, store)
    assert page.batch._said.text() == "ant-3.jpg could not be read. Skip it."


def test_the_next_step_is_the_rate(qtbot: QtBot, page: DataPage) -> None:
    with qtbot.waitSignal(page.pageRequested) as heard:
        page.primary.click()
    assert heard.args == ["rate"]


def test_without_a_project_it_says_so(qtbot: QtBot) -> None:
    page = shown(qtbot, Store())
    assert page.nothing.isVisible()
    assert page.primary.isHidden()


def test_it_fits_a_small_window(page: DataPage) -> None:
    assert page.minimumSizeHint().height() <= 632
    assert page.minimumSizeHint().width() <= 840


class TestFindingsShown:
    FOUND = (
        m.Finding("leak", "warning", "Two alike", "Too good.", ("a/1.jpg = b/2.jpg (bee)", "row 3"), 2),
        m.Finding("unreadable", "error", "One broken", "It stops.", ("a/9.png (it is a web page)",), 1),
        m.Finding("cmyk", "info", "Printing colours", "Nothing needs doing."),
    )

    def test_photos_are_told_from_rows_and_remarks(self) -> None:
        items = [line for finding in self.FOUND for line in finding.items]
        assert words.picture_keys(items) == ("a/1.jpg", "b/2.jpg", "a/9.png")

    def test_a_severity_can_be_looked_at_alone(self, qtbot: QtBot) -> None:
        made = Findings()
        qtbot.addWidget(made)
        made.show_findings(self.FOUND, None, can_fix=True)
        choice = made.filter
        assert choice is not None
        made.show()
        qtbot.keyClick(choice, Qt.Key.Key_Right)
        assert [view.finding.code for view in made.views() if view.isVisible()] == ["unreadable"]
        made.show_findings(self.FOUND[:1], None, can_fix=True)
        assert made.views()[0].isVisible()

    def test_photos_of_a_finding_are_pictures(self, qtbot: QtBot, tmp_path: Path) -> None:
        made = Findings()
        qtbot.addWidget(made)
        made.show_findings(self.FOUND, None, True, tmp_path)
        view = next(view for view in made.views() if view.finding.code == "leak")
        view.toggle_items()
        items = view.items
        assert items is not None
        assert items.keys() == ("a/1.jpg", "b/2.jpg")
        first = items.grid.tiles()[0]
        qtbot.waitUntil(
            lambda: "Double" not in first.toolTip(), timeout=5000
        )  # why it cannot be read instead

    def test_all_is_fine_only_once_the_check_is_over(self, qtbot: QtBot) -> None:
        made = Findings()
        qtbot.addWidget(made)
        scan = m.Scanned(n_train=3, n_valid=2, classes=(), samples=())
        made.show_findings((), scan, can_fix=True, is_done=False)
        assert not made.all_is_fine()
        made.show_findings((), scan, can_fix=True)
        assert made.all_is_fine()


def test_a_class_shows_photos_whose_masks_hold_it(qtbot: QtBot, tmp_path: Path) -> None:
    batch = Batch()
    qtbot.addWidget(batch)
    samples = (
        m.SampleRef("1.png", "1.png", False, ("road", "sky")),
        m.SampleRef("2.png", "2.png", True, ("sky",)),
    )
    batch.show_batch(None, "", samples, tmp_path)
    batch.show_class("road")
    assert len(batch.grid.tiles()) == 1
    batch.show_class("road")
    assert len(batch.grid.tiles()) == 2


def test_groups_are_counted_beside_the_sets() -> None:
    scan = m.Scanned(n_train=30, n_valid=9, classes=(), samples=(), train_groups=10, valid_groups=3)
    assert words.split_words(scan) == "30 train · 9 validation · in 10 + 3 groups"


def test_ids_in_a_batch_are_shown_as_they_are_written_and_the_last_column_takes_the_room() -> None:
    samples = [m.PreviewSample(b"", "4", f"user: {1300 + at}, item: {at}, half: {at / 2}") for at in range(4)]
    columns, rows = batch_rows(samples, "Rating")
    assert columns == ("user", "item", "half", "Target")
    assert rows[1] == ("1301", 1.0, 0.5, "4")
    assert wide_column(rows) == 3
    assert wide_column([("a long line of words to be read", "x")]) == 0
