"""Tables are read as people write them, and bad rows are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.dataset.tables import read_table, sniff
from studio.errors import UserError


def write(tmp_path: Path, content: str | bytes, name: str = "t.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(tmp_path: Path, delimiter: str) -> None:
    rows = [["file", "label"], ["a.jpg", "cat"], ["b, c.jpg", "dog"]]
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in rows]
    table = read_table(write(tmp_path, "\n".join(lines)))
    assert table.dialect.delimiter == delimiter
    assert table.columns == ("file", "label")
    assert table.values("file") == ["a.jpg", "b, c.jpg"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_encodings_are_found(tmp_path: Path, encoding: str) -> None:
    table = read_table(write(tmp_path, "file,label\nbär.jpg,Käfer\n", encoding=encoding))
    assert table.columns == ("file", "label")
    assert table.rows[0].cells == ("bär.jpg", "Käfer")


def test_words_that_mean_missing_elsewhere_stay_words(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "file,label\na,NA\nb,None\nc,null\nd,nan\n"))
    assert table.values("label") == ["NA", "None", "null", "nan"]


def test_cells_are_stripped_and_their_rows_known(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "file , label\na, cat \nb,dog\n"))
    assert table.columns == ("file", "label")
    assert table.values("label") == ["cat", "dog"]
    assert table.padded == (2,)


def test_ragged_rows_are_named_and_shift_nothing(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "file,label\na,cat\nb,dog,extra\nc\n\nd,dog\n"))
    assert [(row.line, row.cells) for row in table.rows] == [(2, ("a", "cat")), (6, ("d", "dog"))]
    assert [line for line, _ in table.bad] == [3, 4]
    assert "3 cells where the header has 2" in table.bad[0][1]


def test_a_nul_byte_is_named(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, b"file,label\na,cat\nb,d\0og\n"))
    assert [row.line for row in table.rows] == [2]
    assert table.bad == ((3, "it holds a NUL byte"),)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_table_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UserError, match=r"t\.csv is empty"):
        read_table(write(tmp_path, content))


def test_a_missing_table_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not there"):
        read_table(tmp_path / "gone.csv")


def test_what_is_no_text_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"t\.csv"):
        read_table(write(tmp_path, "file,label\na,cat\n".encode("utf-16-le")))


def test_blank_and_repeated_columns_get_names(tmp_path: Path) -> None:
    assert read_table(write(tmp_path, "file,,file\na,b,c\n")).columns == ("file", "column 2", "file (2)")


def test_a_missing_column_lists_those_there_are(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "file,Label\na,cat\n"))
    assert table.index("label") == 1
    with pytest.raises(UserError, match="no column “klass”") as raised:
        table.index("klass")
    assert "file, Label" in raised.value.hint


def test_a_look_at_a_few_rows_reads_only_those(tmp_path: Path) -> None:
    path = write(tmp_path, "file,label\n" + "a,cat\n" * 500)
    assert len(read_table(path, limit=10).rows) == 10
    assert sniff(path, quick=True).delimiter == ","


CELL = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), max_codepoint=0x2FFF), min_size=1, max_size=12
)


@given(rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=20))
def test_what_csv_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    import csv

    path = tmp_path_factory.mktemp("table") / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("file", "label"), *rows])
    expected = [tuple(cell.strip() for cell in row) for row in rows if any(cell.strip() for cell in row)]
    assert [row.cells for row in read_table(path).rows] == expected
