"""From a text to tokens, and back: the one tokeniser of training, preview and every bundle.

A token is a word in lower case, a number, a mark, or a line's end. What lower case loses is kept by tokens of fastai's
names, so that a vocabulary trained elsewhere with them means the same here:

=========  =============================================================================
`xxbos`    a text begins
`xxmaj`    the next word begins with a capital
`xxup`     the next word is all in capitals
`xxrep`    the next number says how often the letter or mark after it stands there
`xxwrep`   the same for a word
`xxunk`    a word that the vocabulary does not have
`xxpad`    nothing: fills a batch up
=========  =============================================================================

Rules, in this order: remnants of HTML become what they mean; curly quotes become straight; words end at anything that
is no letter; `n't`, `'s` and their like are words of their own; Chinese and Japanese letters are words each.
This file is copied into every bundle: it needs nothing but the standard library. `VERSION` rises with every change.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

VERSION = 1
UNKNOWN, PAD, BEGIN = "xxunk", "xxpad", "xxbos"
END, FIELD, REPEATED, REPEATED_WORD, UPPER, CAPITAL = "xxeos", "xxfld", "xxrep", "xxwrep", "xxup", "xxmaj"
SPECIAL = (UNKNOWN, PAD, BEGIN, END, FIELD, REPEATED, REPEATED_WORD, UPPER, CAPITAL)
"""The first tokens of every vocabulary, in fastai's order."""
UNKNOWN_AT, PAD_AT = 0, 1
NEW_LINE = "\n"
OFTEN = 3

_BREAK = re.compile(r"<\s*(?:br|/?p|/?div|/?li|/?tr)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
REMNANT = re.compile(r"<\s*/?\s*[a-zA-Z][^<>]{0,200}>|&(?:[a-zA-Z]{2,8}|#\d{2,6});")
"""A tag or an entity."""
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u00ad": None, "\u200b": None}
)
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PIECE = re.compile(
    rf"(?P<line>[^\S\n]*\n\s*)|(?P<number>\d+(?:[.,:]\d+)*)|(?P<letter>[{_CJK}])"
    rf"|(?P<word>[^\W\d_{_CJK}]+(?:'[^\W\d_{_CJK}]+)*)|(?P<marks>(?P<mark>[^\w\s]|_)(?P=mark){{2,}})|(?P<other>\S)"
)
_SHORT = re.compile(r"(.+?)(n't|'(?:s|re|ve|ll|d|m))", re.IGNORECASE)
_DRAWN = re.compile(r"([^\W\d_])\1{2,}")


class Piece(NamedTuple):
    """A token, and where in the cleaned text it stands; one that is added stands nowhere (`start == end`)."""

    token: str
    start: int
    end: int


def cleaned(text: str, is_html: bool = True) -> str:
    """A text as it is cut up: one form for every letter, straight quotes, and what HTML remnants mean."""
    if is_html and ("<" in text or "&" in text):
        text = html.unescape(_TAG.sub(" ", _BREAK.sub("\n", text)))
    text = unicodedata.normalize("NFC", text).translate(_QUOTES)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def pieces(text: str) -> list[Piece]:
    """Cut a cleaned text up, `xxbos` first."""
    found = [piece for match in _PIECE.finditer(text) for piece in _matched(match)]
    return [Piece(BEGIN, 0, 0), *_joined(found)]


def tokens(text: str, is_html: bool = True) -> list[str]:
    """Clean a text and cut it up.

    >>> tokens("I DON'T know... Sooo bad!")
    ['xxbos', 'i', 'xxup', 'do', 'xxup', "n't", 'know', 'xxrep', '3', '.', 'xxmaj', 's', 'xxrep', '3', 'o', 'bad', '!']
    """
    return [piece.token for piece in pieces(cleaned(text, is_html))]


def numbered(words: Sequence[str], places: Mapping[str, int], most: int) -> list[int]:
    """The first `most` tokens by their place in a vocabulary; unknown ones by that of `xxunk`."""
    return [places.get(word, UNKNOWN_AT) for word in words[:most]]


def _matched(match: re.Match[str]) -> Iterator[Piece]:
    kind, start, end = match.lastgroup, match.start(), match.end()
    if kind == "line":
        yield Piece(NEW_LINE, start, end)
    elif match["marks"]:
        yield from _repeated(match["mark"], start, end)
    elif kind == "word":
        yield from _word(match[0], start)
    else:
        yield Piece(match[0], start, end)


def _word(word: str, start: int) -> Iterator[Piece]:
    short = _SHORT.fullmatch(word) if "'" in word else None
    for part in short.groups() if short else (word,):
        yield from _cased(part, start)
        start += len(part)


def _cased(word: str, start: int) -> Iterator[Piece]:
    """A word in lower case after the token that says how it was written."""
    letters = [c for c in word if c.isalpha()]
    if len(word) > 1 and len(letters) > 1 and word.isupper():
        yield Piece(UPPER, start, start)
    elif len(word) > 1 and word[0].isupper() and word[1:].islower():
        yield Piece(CAPITAL, start, start)
    yield from _drawn_out(word, start)


def _drawn_out(word: str, start: int) -> Iterator[Piece]:
    """`sooo` as `s`, then how often `o` stands there."""
    lower, at = word.lower(), 0
    if len(lower) != len(word):  # a letter whose lower case is two: places would shift
        yield Piece(lower, start, start + len(word))
        return
    for match in _DRAWN.finditer(lower):
        if match.start() > at:
            yield Piece(lower[at : match.start()], start + at, start + match.start())
        yield from _repeated(match[1], start + match.start(), start + match.end())
        at = match.end()
    if at < len(lower):
        yield Piece(lower[at:], start + at, start + len(lower))


def _repeated(letter: str, start: int, end: int) -> Iterator[Piece]:
    yield Piece(REPEATED, start, start)
    yield Piece(str((end - start) // len(letter)), start, start)
    yield Piece(letter, start, end)


def _joined(found: Sequence[Piece]) -> Iterator[Piece]:
    """Three or more of the same word in a row become one with its count."""
    at = 0
    while at < len(found):
        stop = at
        while stop < len(found) and found[stop].token == found[at].token and found[at].token.isalpha():
            stop += 1
        if stop - at >= OFTEN and found[at].token not in SPECIAL:
            yield Piece(REPEATED_WORD, found[at].start, found[at].start)
            yield Piece(str(stop - at), found[at].start, found[at].start)
            yield Piece(found[at].token, found[at].start, found[stop - 1].end)
            at = stop
        else:
            yield found[at]
            at += 1


def written(words: Sequence[str]) -> str:
    """Tokens as a person would write them; what a token does not tell (spaces, quotes) is guessed."""
    text, style, times, is_open = "", "", 1, False
    for word in words:
        if word in (CAPITAL, UPPER):
            style = word
        elif word in (REPEATED, REPEATED_WORD):
            times, style = 0, style or word
        elif times == 0 and word.isdigit():
            times = min(int(word), 20)
        elif word not in (BEGIN, END, FIELD, PAD):
            shown = _shown(word, style, max(times, 1), is_word=style == REPEATED_WORD)
            glue, is_open = _glue(text, word, is_open)
            text, style, times = text + glue + shown, "", 1
    return text.strip()


def _shown(word: str, style: str, times: int, is_word: bool) -> str:
    word = {UNKNOWN: "…"}.get(word, word)
    if style == UPPER:
        word = word.upper()
    elif style == CAPITAL:
        word = word[:1].upper() + word[1:]
    return (" " if is_word else "").join([word] * times)


def _glue(text: str, word: str, is_open: bool) -> tuple[str, bool]:
    """What stands between the text so far and the next word, and whether a quotation is open after it."""
    if word == NEW_LINE or not text or text.endswith(("\n", "(", "[", "/", "-", "$", "#")):
        return "", is_open != (word == '"')
    if word == '"':
        return ("", False) if is_open else (" ", True)
    if is_open and text.endswith('"'):
        return "", is_open
    is_tight = word in tuple(".,;:!?)]%/-") or word == "n't" or (word.startswith("'") and len(word) > 1)
    return ("" if is_tight else " "), is_open
