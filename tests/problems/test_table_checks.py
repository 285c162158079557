"""How a table was read is told for every problem that reads one, and letters that look wrong can be mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from studio.problems import problem_named
from studio.problems.table_checks import letter_findings
from studio.recipe.edit import with_values
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
