"""How a table was read is told for every problem that reads one, and letters that look wrong can be mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from studio.errors import UserError
from studio.hardware.reading import Reading as Memory
from studio.problems import PROBLEMS, problem_named, table_memory
from studio.problems.table_checks import letter_findings
from studio.recipe.edit import with_values
from studio.recipe.fields import describe
from studio.recipe.new import new_recipe
from studio.recipe.schema import Recipe
from tests.problems import ratings_made, tables_made

RUSSIAN = ["собака", "кошка", "Иван", "Мария"]


def found_in(recipe: Recipe, root: Path) -> dict[str, Any]:
    problem = problem_named(recipe.problem)
    dataset = problem.part("items").collect(recipe, root)
    return {one.code: one for one in problem.part("checks").check(dataset, recipe, root)}


def russian_rows(path: Path) -> None:
    rows = [
        "вид,size,label",
        *(f"{RUSSIAN[at % 4]},{at % 7},{'да' if at % 3 else 'нет'}" for at in range(60)),
    ]
    path.write_bytes("\n".join(rows).encode("cp1251"))


def test_rows_read_in_the_wrong_alphabet_are_named_and_one_button_reads_them_right(tmp_path: Path) -> None:
    russian_rows(tmp_path / "t.csv")
    wrong = tables_made.recipe(tmp_path, encoding="cp1252", target="label")
    found = found_in(wrong, tmp_path)["letters_look_wrong"]
    assert found.severity == "warning" and found.count == 61
    assert found.items[:2] == ("row 1", "row 2") and len(found.items) == 20
    assert "Cyrillic" in found.meaning and found.fix.values == {"encoding": "auto"}
    mended = with_values(wrong, problem_named("tabular"), found.fix.values)
    assert not [code for code in found_in(mended, tmp_path) if code.startswith("letters")]
    assert tables_made.collected(mended, tmp_path).classes == ("да", "нет")


def test_letters_that_cannot_be_read_are_named_by_their_rows(tmp_path: Path) -> None:
    ratings_made.write_ratings(tmp_path)
    titles = tmp_path / "u.item"
    titles.write_bytes(
        titles.read_bytes().decode("latin-1").encode("utf-8").replace("é 7 ".encode(), b"\xe9 7 ")
    )
    found = found_in(ratings_made.recipe(tmp_path), tmp_path)["letters_not_read"]
    assert found.items == ("row 7",) and "UTF-8" in found.title


def test_a_table_beside_photos_says_how_it_was_read(tmp_path: Path) -> None:
    root = tmp_path / "data"
    root.mkdir()
    for number in range(12):
        Image.new("RGB", (8, 8), (number * 20, 0, 0)).save(root / f"{number}.png")
    rows = ["file;class", *(f"{number}.png;{RUSSIAN[number % 2]}" for number in range(12))]
    (root / "labels.csv").write_bytes("\n".join(rows).encode("cp1251"))
    problem = problem_named("image_classification")
    recipe = new_recipe(problem, "pets", root, tmp_path / "p.thaw", {"source": "table"})
    assert problem.part("items").collect(recipe, root).classes == ("кошка", "собака")
    assert found_in(recipe, root)["table"].title.endswith(
        "parted by semicolons, encoded in Cyrillic (Windows-1251)"
    )


def test_a_file_that_went_away_is_no_finding(tmp_path: Path) -> None:
    assert list(letter_findings(tmp_path / "gone.csv", "utf-8", "auto")) == []


def workbook(path: Path, **sheets: list[list[Any]]) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


SALES = [["size", "weight", "kept"], *([n % 7, n / 3, "yes" if n % 2 else "no"] for n in range(40))]


def test_of_several_sheets_the_one_that_was_read_is_told_and_another_can_be_chosen(tmp_path: Path) -> None:
    workbook(tmp_path / "t.xlsx", Notes=[["a", "b"], [1, "x"], [2, "y"], [3, "x"], [4, "y"]], Sales=SALES)
    first = tables_made.recipe(tmp_path)
    found = found_in(first, tmp_path)["sheets"]
    assert "“Notes” was read" in found.title and found.items == ("Sales",)
    chosen = tables_made.recipe(tmp_path, sheet="sales", target="kept")
    assert "sheets" not in (codes := found_in(chosen, tmp_path))
    assert "“Sales”" in codes["table"].meaning
    assert len(tables_made.collected(chosen, tmp_path).items) == 40
    peeked = problem_named("tabular").part("items").peeked(chosen, tmp_path)
    assert peeked.dialect.sheets == ("Notes", "Sales") and peeked.columns == ("size", "weight", "kept")


def test_a_sheet_that_is_not_there_or_empty_ends_in_the_list_of_those_that_are(tmp_path: Path) -> None:
    workbook(tmp_path / "t.xlsx", Sales=SALES, Empty=[])
    with pytest.raises(UserError, match="Its sheets are: Sales, Empty"):
        tables_made.collected(tables_made.recipe(tmp_path, sheet="2024"), tmp_path)
    with pytest.raises(UserError, match=r"“Empty” of t\.xlsx is empty"):
        tables_made.collected(tables_made.recipe(tmp_path, sheet="Empty"), tmp_path)


def test_a_sheet_without_names_of_columns_is_read_from_its_first_row(tmp_path: Path) -> None:
    workbook(tmp_path / "t.xlsx", Sales=SALES[1:])
    made = tables_made.recipe(tmp_path, header="no", target="column 3")
    assert len(tables_made.collected(made, tmp_path).items) == 40


def test_a_first_row_of_data_is_named_and_one_button_reads_it(tmp_path: Path) -> None:
    rows = [f"{n % 5},{n / 4},{'yes' if n % 2 else 'no'}" for n in range(40)]
    (tmp_path / "t.csv").write_text("\n".join(rows))
    made = tables_made.recipe(tmp_path)
    found = found_in(made, tmp_path)["row_as_header"]
    assert "0, 0.0, no" in found.meaning
    mended = with_values(made, problem_named("tabular"), found.fix.values)
    assert len(tables_made.collected(mended, tmp_path).items) == 40
    assert "row_as_header" not in found_in(mended, tmp_path)


def test_names_of_columns_that_are_read_as_data_are_told(tmp_path: Path) -> None:
    tables_made.write_table(tmp_path)
    made = tables_made.recipe(tmp_path, header="no")
    assert found_in(made, tmp_path)["header_as_row"].fix.values == {"header": "yes"}
    assert not [c for c in found_in(tables_made.recipe(tmp_path), tmp_path) if "header" in c]


def test_the_decimal_mark_can_be_said_and_a_wrong_one_is_told(tmp_path: Path) -> None:
    rows = ["price;size;kept", *(f"{n}.500;{n % 9},25;{'yes' if n % 2 else 'no'}" for n in range(1, 60))]
    (tmp_path / "t.csv").write_text("\n".join(rows))
    plan_of = problem_named("tabular").part("plan").plan_of
    assert plan_of(tables_made.recipe(tmp_path), tmp_path).profiles["price"].decimal == "."
    said = plan_of(tables_made.recipe(tmp_path, decimal="comma"), tmp_path)
    assert {said.profiles[name].decimal for name in ("price", "size")} == {","}
    wrong = found_in(tables_made.recipe(tmp_path, decimal="point"), tmp_path)["decimal_mark"]
    assert wrong.items == ("size",) and wrong.severity == "error"


def test_a_table_larger_than_the_memory_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tables_made.write_table(tmp_path, 3000)
    made = tables_made.recipe(tmp_path)
    monkeypatch.setattr(table_memory, "LARGE_BYTES", 1000)
    n_rows, taken = table_memory.foretold(path)
    assert n_rows == pytest.approx(3000, rel=0.03)
    room(monkeypatch, 1.5 * taken)
    assert "large_table" not in found_in(made, tmp_path)
    room(monkeypatch, 0.9 * taken)
    with pytest.raises(UserError, match="GB are free"):
        tables_made.collected(made, tmp_path)


def test_a_table_that_takes_much_of_the_memory_is_told_with_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tables_made.write_table(tmp_path, 3000)
    table = problem_named("tabular").part("source").read(path)
    monkeypatch.setattr(table_memory, "LARGE_BYTES", 1000)
    room(monkeypatch, 0.5 * table_memory.foretold(path)[1])
    (told,) = table_memory.memory_findings(table)
    assert told.code == "large_table" and "3,000 rows" in told.title


def room(monkeypatch: pytest.MonkeyPatch, free_bytes: float) -> None:
    monkeypatch.setattr(table_memory, "read_ram", lambda: Memory("RAM", "ram", free_mib=free_bytes / 2**20))


@pytest.mark.parametrize("given", [{}, {"sheet": "sales"}])
def test_a_project_is_made_from_the_sheet_that_holds_a_table(tmp_path: Path, given: dict[str, str]) -> None:
    (tmp_path / "data").mkdir()
    workbook(tmp_path / "data" / "t.xlsx", Notes=[["about"], ["nothing"]], Sales=SALES)
    made = new_recipe(problem_named("tabular"), "sales", tmp_path / "data", tmp_path / "p.thaw", given)
    assert made.options["sheet"].casefold() == "sales" and made.options["target"] == "kept"


@pytest.mark.parametrize("name", ["tabular", "text", "collab"])
def test_a_project_with_a_wrong_sheet_is_refused_with_the_list(tmp_path: Path, name: str) -> None:
    (tmp_path / "data").mkdir()
    workbook(tmp_path / "data" / "t.xlsx", Notes=[["about"], ["nothing"]], Sales=SALES)
    with pytest.raises(UserError, match="Its sheets are: Notes, Sales"):
        new_recipe(
            problem_named(name), "sales", tmp_path / "data" / "t.xlsx", tmp_path / "p.thaw", {"sheet": "2024"}
        )


@pytest.mark.parametrize("name", [problem.name for problem in PROBLEMS if problem.name != "segmentation"])
def test_every_problem_that_reads_tables_lets_a_person_say_how(name: str) -> None:
    fields = {field.name for field in describe(problem_named(name).options)}
    photos = {"encoding", "separator", "header"}
    wanted = {
        "tabular": {*photos, "decimal", "sheet"},
        "collab": {*photos, "decimal", "sheet"},
        "text": {*photos, "sheet"},
        "image_regression": {*photos, "decimal"},
    }
    assert wanted.get(name, photos) <= fields
