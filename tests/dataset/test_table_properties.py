"""Tables in any delimiter, quoting, encoding and line end, with or without a mark, are read as they were written."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from studio.dataset.tables import read_table
from studio.problems.multi_label.tags import DELIMITERS, tags_of

CELL = st.text(
    st.characters(codec="cp1252", exclude_categories=["C", "Z"], exclude_characters='"'),
    min_size=1,
    max_size=8,
)
QUOTING: st.SearchStrategy[Literal[0, 1]] = st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
TAGS = st.lists(st.text("abcdefgh-_", min_size=1, max_size=6), unique=True, max_size=6)


@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=2, max_size=12),
    delimiter=st.sampled_from(",;\t|"),
    quoting=QUOTING,
    encoding=ENCODINGS,
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_any_program_writes_is_read_back(
    rows: list[tuple[str, ...]], delimiter: str, quoting: Literal[0, 1], encoding: str, line_end: str
) -> None:
    others = set(",;\t|") - {delimiter}
    clean = [tuple("".join(c for c in cell if c not in others) or "x" for cell in row) for row in rows]
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, quoting=quoting, lineterminator=line_end)
    writer.writerows([("one", "two", "three"), *clean])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(written.getvalue().encode(encoding))
        table = read_table(path)
    assert table.columns == ("one", "two", "three")
    assert [row.cells for row in table.rows] == [tuple(cell.strip() for cell in row) for row in clean]
    assert table.bad == () and table.dialect.delimiter == delimiter


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    from studio.errors import UserError

    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(content)
        try:
            table = read_table(path)
        except UserError as error:
            assert str(error)
        else:
            assert all(len(row.cells) == len(table.columns) for row in table.rows)


@given(TAGS, st.sampled_from(sorted(DELIMITERS)))
def test_tags_are_read_back_whatever_stands_between(tags: list[str], name: str) -> None:
    between = DELIMITERS[name]
    assert tags_of(between.join(tags), between) == tuple(sorted(tags))
    assert tags_of(between + between.join(tags) + between * 2, between) == tuple(sorted(tags))
