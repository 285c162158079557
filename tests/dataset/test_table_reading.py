"""What a person says of a table goes before what is found; what cannot be is refused in words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from studio.dataset.table_reading import Reading, reading_of, separator_word
from studio.dataset.tables import read_table
from studio.errors import UserError


def table(tmp_path: Path, text: str) -> Path:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    return tmp_path / "t.csv"


@pytest.mark.parametrize(
    ("separator", "cells"),
    [("comma", ("a;b", "c")), ("semicolon", ("a", "b,c")), (";", ("a", "b,c")), ("auto", ("a;b", "c"))],
)
def test_a_separator_that_is_said_is_taken(tmp_path: Path, separator: str, cells: tuple[str, ...]) -> None:
    path = table(tmp_path, "x;y,z\na;b,c\n")
    assert read_table(path, reading=Reading(separator=separator)).rows[0].cells == cells


@pytest.mark.parametrize("separator", ["words", "a", '"'])
def test_a_separator_that_can_be_none_is_refused(tmp_path: Path, separator: str) -> None:
    with pytest.raises(UserError, match="Cells cannot be parted") as told:
        read_table(table(tmp_path, "x,y\n1,2\n"), reading=Reading(separator=separator))
    assert told.value.fix == "separator=auto"


def test_a_separator_that_parts_nothing_names_the_one_that_does(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not parted by semicolons") as told:
        read_table(table(tmp_path, "x,y\n1,2\n"), reading=Reading(separator="semicolon"))
    assert "separator=comma" in told.value.hint
    ragged = table(tmp_path, "x,y;z\n1,2;3;4\n")
    with pytest.raises(UserError, match="as many cells"):
        read_table(ragged, reading=Reading(separator="semicolon"))


def test_a_single_column_may_be_one(tmp_path: Path) -> None:
    assert read_table(table(tmp_path, "x\n1\n"), reading=Reading(separator="comma")).columns == ("x",)


def test_without_a_header_the_first_row_is_data(tmp_path: Path) -> None:
    read = read_table(table(tmp_path, "\n1,2\n3,4\n"), 1, Reading(header="no"))
    assert read.columns == ("column 1", "column 2")
    assert [(row.line, row.cells) for row in read.rows] == [(2, ("1", "2"))]


def test_a_text_file_has_no_sheets(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no sheet “Data”"):
        read_table(table(tmp_path, "x,y\n1,2\n"), reading=Reading(sheet="Data"))


def test_a_problem_need_not_have_every_field() -> None:
    @dataclass
    class Options:
        separator: str = "tab"

    assert reading_of(Options()) == Reading(separator="tab")
    assert Reading(separator="tab").delimiter == "\t" and separator_word("\t") == "tab"


def test_equal_cells_of_a_column_are_kept_once(tmp_path: Path) -> None:
    cells = read_table(table(tmp_path, "x,y\nlong word,1\nlong word,2\n")).values("x")
    assert cells[0] is cells[1]
