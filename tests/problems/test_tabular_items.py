"""From tables to rows that train and judge, and what the doctor says about them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from studio.dataset.edits import apply_marks
from studio.errors import UserError
from studio.problems import problem_named
from studio.problems.tabular.items import NO_NUMBER, NO_TARGET
from studio.recipe.edit import with_values
from studio.recipe.new import new_recipe
from studio.recipe.schema import Split
from tests.problems.tables_made import collected, recipe, write_table

PROBLEM = problem_named("tabular")


def findings(given: object, root: Path) -> dict[str, object]:
    dataset = collected(given, root)
    return {one.code: one for one in PROBLEM.part("checks").check(dataset, given, root, lambda *_: None)}


def test_a_new_project_says_what_it_will_predict(tmp_path: Path) -> None:
    write_table(tmp_path / "data")
    made = new_recipe(PROBLEM, "sales", tmp_path / "data", tmp_path / "p.thaw", {})
    assert made.options == {"table": "sales.csv", "target": "price", "task": "regression"}
    assert made.data.split.kind == "random"


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    write_table(tmp_path, 50)
    dataset = collected(recipe(tmp_path, target="kept"), tmp_path)
    assert sorted(int(item.key) for item in dataset.items) == list(range(2, 52))
    assert dataset.classes == ("no", "yes")


def test_skipping_and_cleaning_never_move_a_row_to_the_other_side(tmp_path: Path) -> None:
    write_table(tmp_path)
    given = recipe(tmp_path, target="kept", split=Split(kind="stratified"))
    before = {item.key: item.valid for item in collected(given, tmp_path).items}
    skipping = msgspec.structs.replace(given, data=msgspec.structs.replace(given.data, skip=("7", "9")))
    after = {item.key: item.valid for item in collected(skipping, tmp_path).items}
    assert before.keys() - after.keys() == {"7", "9"}
    assert all(before[key] == side for key, side in after.items())
    assert apply_marks(collected(given, tmp_path), {}).items == collected(given, tmp_path).items


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_does_not_matter(tmp_path: Path, delimiter: str) -> None:
    write_table(tmp_path / "plain")
    write_table(tmp_path / "other", delimiter=delimiter)
    same = [collected(recipe(tmp_path / name), tmp_path / name).items for name in ("plain", "other")]
    assert same[0] == same[1]


@pytest.mark.parametrize("ending", [".parquet", ".xlsx"])
def test_parquet_and_excel_say_the_same_as_csv(tmp_path: Path, ending: str) -> None:
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow" if ending == ".parquet" else "openpyxl")
    source = write_table(tmp_path / "plain")
    (tmp_path / "other").mkdir()
    frame = pd.read_csv(source)
    written = tmp_path / "other" / f"sales{ending}"
    frame.to_parquet(written) if ending == ".parquet" else frame.to_excel(written, index=False)
    same = [collected(recipe(tmp_path / name), tmp_path / name) for name in ("plain", "other")]
    assert [(i.key, i.valid) for i in same[0].items] == [(i.key, i.valid) for i in same[1].items]
    assert [i.target for i in same[0].items] == pytest.approx([i.target for i in same[1].items])


def test_rows_without_a_usable_target_are_left_out_and_named(tmp_path: Path) -> None:
    path = write_table(tmp_path, 100)
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[5] = ",".join([*lines[5].split(",")[:4], "", "no"])
    lines[6] = ",".join([*lines[6].split(",")[:4], "dear", "no"])
    path.write_text("\n".join(lines), encoding="utf-8")
    assert collected(recipe(tmp_path), tmp_path).left_out == (("6", NO_TARGET), ("7", NO_NUMBER))


def test_parts_that_add_up_to_the_target_are_found_and_one_button_leaves_them_out(tmp_path: Path) -> None:
    rows = ["day,night,warm,count"] + [
        f"{i % 37},{i * 7 % 53},{i % 9}.5,{i % 37 + i * 7 % 53}" for i in range(300)
    ]
    (tmp_path / "rides.csv").write_text("\n".join(rows), encoding="utf-8")
    given = recipe(tmp_path)
    leak = findings(given, tmp_path)["leak"]
    assert "day + night = count" in leak.meaning
    mended = with_values(given, PROBLEM, leak.fix.values)
    assert "leak" not in findings(mended, tmp_path)


def test_a_column_that_alone_knows_the_class_is_found(tmp_path: Path) -> None:
    rows = ["shade,size,label"] + [f"{'ab'[i % 2]},{i * 13 % 101},{('yes', 'no')[i % 2]}" for i in range(300)]
    (tmp_path / "t.csv").write_text("\n".join(rows), encoding="utf-8")
    assert findings(recipe(tmp_path), tmp_path)["leak"].items == ("shade",)


def test_an_honest_table_has_no_leak(tmp_path: Path) -> None:
    write_table(tmp_path)
    found = findings(recipe(tmp_path, ignore="kept"), tmp_path)
    assert "leak" not in found
    assert not [one for one in found.values() if one.severity == "error"]


def test_copies_across_the_sets_are_counted(tmp_path: Path) -> None:
    write_table(tmp_path, 60)
    path = tmp_path / "sales.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, *lines[1:]]), encoding="utf-8")
    assert findings(recipe(tmp_path, target="kept", ignore="price"), tmp_path)["copies_across_sets"].count > 5


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    write_table(tmp_path, 50)
    with pytest.raises(UserError, match="no column “colur”"):
        collected(recipe(tmp_path, categorical="colur"), tmp_path)


def test_a_table_outside_the_data_folder_is_refused(tmp_path: Path) -> None:
    write_table(tmp_path / "a")
    (tmp_path / "b").mkdir()
    with pytest.raises(UserError, match="outside the data folder"):
        collected(recipe(tmp_path / "b", table="../a/sales.csv"), tmp_path / "b")


def test_three_parts_that_add_up_to_the_target_are_found(tmp_path: Path) -> None:
    rows = ["rent,food,fun,rooms,total"]
    for i in range(200):
        rent, food, fun = i * 7 % 53, i * 11 % 31, i * 5 % 17
        rows.append(f"{rent},{food},{fun},{i * 3 % 29},{rent + food - fun}")
    (tmp_path / "t.csv").write_text("\n".join(rows), encoding="utf-8")
    found = findings(recipe(tmp_path, target="total", task="regression"), tmp_path)["leak"]
    assert found.items == ("rent", "food", "fun")
    assert "rent + food - fun = total" in found.meaning
    assert found.fix.values == {"ignore": ["rent", "food", "fun"]}


def test_one_class_written_in_two_ways_is_merged_by_one_button(tmp_path: Path) -> None:
    rows = ["size,label"] + [
        f"{i * 13 % 101},{('yes', 'no', 'Yes', 'NO ', '-1', '1')[i % 6]}" for i in range(300)
    ]
    (tmp_path / "t.csv").write_text("\n".join(rows), encoding="utf-8")
    made = recipe(tmp_path, target="label")
    found = findings(made, tmp_path)["class_name_variants"]
    mended = with_values(made, PROBLEM, found.fix.values)
    assert collected(mended, tmp_path).classes == ("-1", "1", "NO", "Yes")
    assert "class_name_variants" not in findings(mended, tmp_path)
    assert [i.valid for i in collected(mended, tmp_path).items] == [
        i.valid for i in collected(made, tmp_path).items
    ]


def test_a_row_is_relabelled_by_what_a_person_types(tmp_path: Path) -> None:
    items = PROBLEM.part("items")
    write_table(tmp_path, 60)
    numbers, classes = recipe(tmp_path, target="price"), recipe(tmp_path, target="kept")
    assert items.target_of(" 120000.5", numbers, tmp_path) == 120000.5
    assert items.target_of("no ", classes, tmp_path) == "no"
    with pytest.raises(UserError, match="cannot be a “price”: its target is not a number"):
        items.target_of("dear", numbers, tmp_path)
