"""The Data page of a table: its columns and sheets are offered, and below each field stands how it was read."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from studio.problems import problem_named
from studio.ui.pages.data import fill_sample
from studio.ui.pages.data_parts.columns import TableLook, look_for
from studio.ui.pages.data_parts.settings import DataSettings
from studio.ui.store import Store
from studio.ui.widgets import Combo
from tests.problems import tables_made
from tests.problems.ratings_made import recipe, write_ratings


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("file,species\na.jpg,bee\n", ("file", "species")),
        ("\ufefffile\tspecies\n", ("file", "species")),
        ('"a, b";c\n', ("a, b", "c")),
        ("", ()),
    ],
)
def test_the_columns_of_a_table_are_its_first_line(tmp_path: Path, text: str, names: tuple[str, ...]) -> None:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    made = Store()
    fill_sample(made)
    assert made.recipe is not None
    asked = msgspec.structs.replace(made.recipe, options={"source": "table", "table": "t.csv"})
    assert look_for(problem_named("image_classification"), asked, tmp_path).columns == names


def test_ratings_without_a_header_offer_the_names_that_their_columns_have(tmp_path: Path) -> None:
    write_ratings(tmp_path)
    made = recipe(tmp_path)
    look = look_for(problem_named("collab"), made, tmp_path)
    assert look.columns == ("user", "item", "rating", "column 4")
    assert look.found["separator"] == "Read: tabs"
    assert look_for(problem_named("collab"), made, tmp_path / "gone") == TableLook()


def table_page(qtbot: QtBot, root: Path, **options: str) -> DataSettings:
    made = DataSettings()
    qtbot.addWidget(made)
    made.show_recipe(problem_named("tabular"), tables_made.recipe(root, **options), root)
    assert made.form is not None
    qtbot.waitUntil(lambda: bool(made.form and made.form.row("sheet").help()), timeout=5000)
    return made


def test_below_each_way_to_read_a_table_stands_how_it_was_read(qtbot: QtBot, tmp_path: Path) -> None:
    tables_made.write_table(tmp_path, 30, delimiter=";")
    page = table_page(qtbot, tmp_path)
    form = page.form
    assert form is not None
    assert form.row("separator").help() == "Read: semicolons"
    assert form.row("encoding").help() == "Read: UTF-8"
    assert form.row("decimal").help() == "Read: a point"
    assert form.row("header").help() == "Read: when, colour, size, …"
    assert "without sheets" in form.row("sheet").help()


@pytest.mark.parametrize(
    ("sheet", "said"), [("", "Read: One"), ("two", "Read: Two"), ("Three", "Found: One")]
)
def test_the_sheets_of_a_spreadsheet_are_offered(qtbot: QtBot, tmp_path: Path, sheet: str, said: str) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "One"
    for page in (book.active, book.create_sheet("Two")):
        page.append(["size", "kept"])
        page.append([1.5, "yes"])
    book.save(tmp_path / "t.xlsx")
    shown = table_page(qtbot, tmp_path, sheet=sheet)
    form = shown.form
    assert form is not None
    combo = form.editor("sheet").widget
    assert isinstance(combo, Combo)
    assert [combo.itemText(at) for at in range(combo.count())] == ["One", "Two"]
    assert form.row("sheet").help() == said
    assert form.values()["sheet"] == sheet
