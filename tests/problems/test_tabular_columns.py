"""What the columns of a table are taken for."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.problems.tabular import cells
from studio.problems.tabular.options import joined, listed
from studio.problems.tabular.profiles import profile
from studio.problems.tabular.roles import guess_role, guess_target, guess_task

FINITE = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(st.lists(FINITE, min_size=30, max_size=60))
def test_any_column_of_written_numbers_is_one_of_numbers(values: list[float]) -> None:
    found = profile("x", [repr(value) for value in values])
    assert found.kind == "number"
    assert found.odd == ()


@given(st.lists(st.decimals(-10_000, 10_000, places=2), min_size=30, max_size=60))
def test_a_decimal_comma_is_understood(values: list[object]) -> None:
    written = [str(value).replace(".", ",") for value in values]
    found = profile("x", written)
    assert found.kind == "number"
    read = [cells.finite(cell, found.decimal) for cell in written]
    assert read == pytest.approx([float(str(value)) for value in values])


@given(st.text())
def test_no_cell_breaks_the_readers(cell: str) -> None:
    value = cells.finite(cell.strip())
    assert math.isnan(value) or math.isfinite(value)
    assert all(cells.date(cell.strip(), form) is None or cell for form in cells.DATE_FORMATS)


@given(
    st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), min_size=25, max_size=40, unique=True)
)
@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S"])
def test_dates_are_read_back_as_they_were_written(form: str, whens: list[datetime]) -> None:
    whole = [when.replace(microsecond=0) for when in whens]
    written = [when.strftime(form).zfill(19) for when in whole]
    found = profile("when", written)
    assert found.kind == "date"
    assert [cells.date(cell, found.form) for cell in written] == whole


@given(
    st.lists(
        st.text(st.characters(blacklist_categories=("Cs", "Cc"))).map(str.strip).filter(bool), max_size=6
    )
)
def test_lists_of_column_names_survive_commas_and_quotes(names: list[str]) -> None:
    assert listed(joined(names)) == tuple(names)


@pytest.mark.parametrize(
    ("name", "written", "role"),
    [
        ("Id", [str(i * 7 % 997) for i in range(400)], "ignored"),
        ("column 1", [str(i) for i in range(400)], "ignored"),
        ("key", [f"a{i}" for i in range(400)], "ignored"),
        ("constant", ["7"] * 400, "ignored"),
        ("empty", [""] * 400, "ignored"),
        ("rooms", [str(i % 6) for i in range(400)], "categorical"),
        ("mileage", [str(i * 37 % 391) for i in range(400)], "continuous"),
        ("rate", [f"{i % 5}.0" for i in range(400)], "continuous"),
        ("word", [("yes", "no", "")[i % 3] for i in range(400)], "categorical"),
        ("day", [str(datetime(2020, 1, 1) + timedelta(days=i)) for i in range(400)], "date"),
    ],
)
def test_roles_are_guessed(name: str, written: list[str], role: str) -> None:
    assert guess_role(profile(name, written)).role == role


def test_a_few_words_among_numbers_are_named_not_obeyed() -> None:
    found = profile("age", [*map(str, range(98)), "old", "inf"])
    assert found.kind == "number"
    assert found.odd == (98,)
    assert found.infinite == (99,)


def test_the_target_is_found_by_its_name_else_it_is_the_last() -> None:
    assert guess_target(["a", "Salary", "b"]) == "Salary"
    assert guess_target(["a", "b", "c"]) == "c"


@pytest.mark.parametrize(
    ("written", "task"),
    [
        (["yes", "no"] * 50, "classification"),
        (["0", "1"] * 50, "classification"),
        ([str(i % 5) for i in range(100)], "classification"),
        ([str(i) for i in range(100)], "regression"),
        ([f"{i % 7}.5" for i in range(100)], "regression"),
    ],
)
def test_the_task_follows_from_the_target(written: list[str], task: str) -> None:
    assert guess_task(profile("y", written)) == task


def test_categories_of_numbers_have_one_name_however_written() -> None:
    assert {cells.category(cell, True) for cell in ("12", "12.0", "012", "1.2e1")} == {"12"}
