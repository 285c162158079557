"""Texts are cut up the same way everywhere, and what lower case loses is kept."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from studio.problems.text import corpus
from studio.problems.text.corpus import tokenised, vocabulary
from studio.problems.text.tokens import BEGIN, SPECIAL, cleaned, numbered, pieces, tokens, written


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Good film!", ["xxmaj", "good", "film", "!"]),
        ("I DON'T care", ["i", "xxup", "do", "xxup", "n't", "care"]),
        ("It’s well-made", ["xxmaj", "it", "'s", "well", "-", "made"]),
        ("wait.....", ["wait", "xxrep", "5", "."]),
        ("sooo bad bad bad", ["s", "xxrep", "3", "o", "xxwrep", "3", "bad"]),
        ("one<br /><br />two &amp; three", ["one", "\n", "two", "&", "three"]),
        ("12.5 of 10", ["12.5", "of", "10"]),
        ("電影 ok", ["電", "影", "ok"]),
        ("", []),
    ],
)
def test_a_text_becomes_tokens(text: str, cut: list[str]) -> None:
    assert tokens(text) == [BEGIN, *cut]


def test_html_can_be_kept() -> None:
    assert "br" in tokens("a<br />b", is_html=False)


@given(some.text(max_size=200))
def test_no_letter_is_read_twice_and_none_out_of_order(text: str) -> None:
    read = cleaned(text)
    places = [(piece.start, piece.end) for piece in pieces(read) if piece.end > piece.start]
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(places))
    between = set(range(len(read))) - {at for a, b in places for at in range(a, b)}
    assert all(read[at].isspace() for at in between)


def test_tokens_are_written_as_people_write() -> None:
    assert written(tokens('She said: "It isn\'t GREAT (yet)."')) == 'She said: "It isn\'t GREAT (yet)."'


def test_unknown_words_and_long_texts() -> None:
    assert numbered(["xxbos", "good", "odd", "good"], {"xxbos": 2, "good": 9}, 3) == [2, 9, 0]


def test_the_vocabulary_has_the_special_tokens_first_and_rare_words_not_at_all() -> None:
    known = vocabulary([("xxbos", "b", "a", "a"), ("xxbos", "b", "c")], least=2, most=100)
    assert known == (*SPECIAL, "a", "b")


def test_kept_tokens_answer_for_the_same_texts_only(tmp_path: Path) -> None:
    corpus.keep_in(tmp_path)
    try:
        first = tokenised({"1": "A kept text\nof two lines", "2": "And ANOTHER"}, True)
        kept = list(tmp_path.glob("tokens-*.npz"))
        corpus.forget()
        again = tokenised({"1": "A kept text\nof two lines", "2": "And ANOTHER"}, True)
        other = tokenised({"1": "A kept text", "2": "And ANOTHER"}, True)
    finally:
        corpus.keep_in(None)
    assert len(kept) == 1 and again == first and other["1"] != first["1"]


def test_a_damaged_file_of_tokens_is_made_again(tmp_path: Path) -> None:
    corpus.keep_in(tmp_path)
    try:
        first = tokenised({"1": "Something else"}, True)
        corpus.forget()
        next(tmp_path.glob("tokens-*.npz")).write_bytes(b"PK\x03\x04 torn")
        assert tokenised({"1": "Something else"}, True) == first
    finally:
        corpus.keep_in(None)


def test_cutting_up_can_be_stopped_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    corpus.keep_in(tmp_path)
    texts = {str(n): f"A text that is stopped at number {n}" for n in range(5)}

    def stop(done: int, total: int) -> None:
        assert total == 5
        if done == 3:
            raise KeyboardInterrupt

    try:
        with pytest.raises(KeyboardInterrupt):
            tokenised(texts, True, stop)
        assert not list(tmp_path.iterdir())
        assert len(tokenised(texts, True)) == 5 and len(list(tmp_path.glob("tokens-*.npz"))) == 1
    finally:
        corpus.keep_in(None)
