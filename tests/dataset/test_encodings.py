"""Tables in the encodings that people have: found out where the letters tell, and any can be named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.dataset.letter_encodings import CHOICES, better_encoding
from studio.dataset.table_reading import Reading
from studio.dataset.tables import read_table, sniff
from studio.errors import UserError

WORDS = {
    "cp1250": "Łódź,Příliš,kůň,Šárka,żółw",
    "cp1251": "Иван Петров,Мария,собака,кошка",
    "koi8_u": "Иван Петров,Мария,собака,кошка",
    "cp1253": "Γιώργος,Μαρία,σκύλος",
    "cp1255": "דוד כהן,שרה לוי",
    "cp1256": "محمد علي,فاطمة",
    "cp949": "김철수,박영희,고양이",
    "cp932": "田中さくら,すずき,りんご,ねこ",
    "euc_jp": "田中さくら,すずき,りんご,ねこ",
    "gb18030": "王小明,李丽,北京市,中国人",
    "big5": "王小明,李麗,臺北市,我們",
    "cp1252": "Müller,González Peña,naïve,Émile,Bjørn,für,Åse,wäre",
    "mac_roman": "Müller,González Peña,naïve,Émile,Bjørn,für,Åse,wäre",
}


def table(path: Path, words: list[str], encoding: str) -> Path:
    rows = ["name,age", *(f"{word},{at + 20}" for at, word in enumerate(words))]
    path.write_bytes("\n".join(rows).encode(encoding) + b"\n")
    return path


@pytest.mark.parametrize("encoding", WORDS)
def test_the_encoding_is_the_one_whose_letters_make_words(tmp_path: Path, encoding: str) -> None:
    words = WORDS[encoding].split(",")
    found = read_table(table(tmp_path / "t.csv", words, encoding))
    assert found.dialect.encoding == encoding
    assert found.values("name") == words


def test_cyrillic_without_capitals_is_not_taken_for_hebrew(tmp_path: Path) -> None:
    words = ["кошка", "собака", "да", "нет"]
    assert read_table(table(tmp_path / "t.csv", words, "cp1251")).values("name") == words


def test_a_few_bytes_of_another_encoding_do_not_spoil_a_table_in_utf8(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", ["größe", "Änderung", "für", "über", "Äpfel"], "utf-8")
    path.write_bytes(path.read_bytes() + "Grün,9\n".encode("cp1252"))
    found = read_table(path)
    assert found.values("name")[0] == "größe"
    assert found.values("name")[-1] == "Gr�n"


def test_a_named_encoding_is_obeyed_unless_the_file_marks_another(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", ["Grün"], "cp1252")
    assert read_table(path, reading=Reading("cp1251")).values("name") == ["Grьn"]
    marked = table(tmp_path / "m.csv", ["Grün"], "utf-8-sig")
    assert read_table(marked, reading=Reading("cp1251")).values("name") == ["Grün"]


@pytest.mark.parametrize("name", ["klingon", "hex", "\0"])
def test_an_encoding_that_does_not_exist_is_refused_in_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="no encoding called"):
        sniff(table(tmp_path / "t.csv", ["a"], "utf-8"), reading=Reading(name))


def test_every_offered_encoding_can_be_read(tmp_path: Path) -> None:
    for name in set(CHOICES) - {"utf-16"}:
        path = table(tmp_path / "t.csv", ["plain"], "ascii")
        assert read_table(path, reading=Reading(name)).values("name") == ["plain"]


@given(
    st.lists(st.text("abcdefghij", min_size=3, max_size=9), min_size=1),
    st.text("éèüöäñçåø", min_size=8, max_size=30),
)
def test_western_letters_among_plain_ones_are_never_taken_for_another_alphabet(
    tmp_path_factory: pytest.TempPathFactory, plain: list[str], odd: str
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.csv"
    words = [f"{plain[at % len(plain)]}{letter}{plain[at % len(plain)]}" for at, letter in enumerate(odd)]
    assert better_encoding(table(path, words, "cp1252"), "cp1252") == ""
