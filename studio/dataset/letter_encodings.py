"""How the letters of a table may be written, and which way makes words of them.

A file says nothing of its encoding. UTF-8 is nearly never right by accident; anything else is read as Windows-1252,
which is nearly never refused. So what was read that way is looked at again: letters of one alphabet make words,
letters of a wrong guess do not. Standard library only: copied into every bundle that reads tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final

AUTO: Final = "auto"
CHOICES: Final[Mapping[str, str]] = {
    AUTO: "Find out",
    "utf-8": "UTF-8",
    "cp1252": "Western (Windows-1252)",
    "cp1250": "Central European (Windows-1250)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8_u": "Cyrillic (KOI8-U)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "cp949": "Korean (Windows-949)",
    "cp932": "Japanese (Shift-JIS)",
    "euc_jp": "Japanese (EUC)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "mac_roman": "Western (Macintosh)",
    "cp850": "Western (DOS)",
    "utf-16": "UTF-16",
}
TRIED: Final = (
    "cp1250", "cp1255", "cp1251", "koi8_u", "cp1253", "cp1256", "cp949", "cp932", "euc_jp", "gb18030", "big5",
    "mac_roman", "cp850",
)  # fmt: skip
"""In this order where two do as well: Hebrew read as Cyrillic is a word too, hardly the other way round."""
SAMPLE_BYTES: Final = 256 * 1024
GOOD, BETTER_BY = 0.8, 0.25
FEWEST: Final = 8
"""Letters outside English from which a guess is more than chance."""
FINAL: Final = frozenset("ךםןףץ")
"""Hebrew letters that only end a word: what tells Hebrew from Cyrillic without capitals, whose bytes are the same."""
_WORD = re.compile(r"[^\W\d_]+")
_IDEOGRAPH, _HANGUL, _KANA = "CJK", "HANGUL", frozenset({"HIRAGANA", "KATAKANA"})
_OF_THE_EAST = _KANA | {_IDEOGRAPH, _HANGUL}
_EASTERN: Final[Mapping[str, frozenset[str]]] = {
    "cp949": frozenset({_IDEOGRAPH, _HANGUL}),
    "cp932": _KANA | {_IDEOGRAPH},
    "euc_jp": _KANA | {_IDEOGRAPH},
    "gb18030": frozenset({_IDEOGRAPH}),
    "big5": frozenset({_IDEOGRAPH}),
}
"""Whose letters are taken for words: Chinese holds no kana, though its encodings do."""


def encoding_title(encoding: str) -> str:
    """An encoding as people know it."""
    return {**CHOICES, "utf-8-sig": "UTF-8 with a mark", "latin-1": "Latin-1"}.get(encoding, encoding)


def better_encoding(path: Path, than: str) -> str:
    """The encoding that makes words of more of a table's letters than another one; "" where none does."""
    sample = outside_english(path)
    if sum(byte > 127 for byte in sample) < FEWEST:
        return ""
    if _mostly_utf8(sample):
        return "utf-8" if than != "utf-8" else ""
    scores = {name: score for name in TRIED if (score := share_of_words(sample, name)) >= GOOD}
    best = max(scores, key=lambda name: scores[name], default="")
    return best if best and scores[best] >= share_of_words(sample, than) + BETTER_BY else ""


def outside_english(path: Path) -> bytes:
    """The lines with other letters than those of English, from the beginning of a file."""
    with path.open("rb") as file:
        raw = file.read(SAMPLE_BYTES)
    whole = raw[: raw.rfind(b"\n") + 1 or None]
    return b"\n".join(line for line in whole.split(b"\n") if not line.isascii())


def _mostly_utf8(sample: bytes) -> bool:
    """UTF-8 but for a few bytes, as where rows of several files were put together."""
    text = sample.decode("utf-8", errors="replace")
    return sum(c > "\x7f" and c != "\ufffd" for c in text) > 4 * text.count("\ufffd")


def share_of_words(sample: bytes, encoding: str) -> float:
    """The share of letters outside English that stand in words of one alphabet; 0 where it cannot be read so."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    outside = sum(c > "\x7f" for c in text)
    eastern = _EASTERN.get(encoding, frozenset())
    words = (word for word in _WORD.findall(text) if not word.isascii())
    good = sum(_worth(word, eastern) * sum(c > "\x7f" for c in word) for word in words)
    return good / outside if outside else 0.0


def _worth(word: str, eastern: frozenset[str]) -> float:
    """How much a word looks like one: 1 for letters of one alphabet in the usual case, 0 for a mixture."""
    scripts = {_script(letter) for letter in word}
    if scripts <= eastern:
        return sum(map(_is_everyday, word)) / len(word)
    if len(scripts) > 1 or scripts & _OF_THE_EAST:
        return 0.0
    if scripts == {"HEBREW"} and set(word[:-1]) & FINAL:
        return 0.0
    if scripts == {"LATIN"} and 4 * sum(c > "\x7f" for c in word) > 3 * max(len(word), 2):
        return 0.0
    if word[1:].islower() or word.lower() == word.upper():
        return 1.0
    return 0.5 if word.isupper() else 0.0


def _is_everyday(letter: str) -> bool:
    """Kana; a syllable of KS X 1001; an ideograph of level 1 of GB 2312, JIS X 0208 or Big5."""
    script = _script(letter)
    if script in _KANA:
        return True
    if script == _HANGUL:
        return "가" <= letter <= "힣" and len(letter.encode("euc_kr", errors="ignore")) == 2
    simple, japanese, full = (
        letter.encode(name, errors="ignore")[:1] for name in ("gb2312", "euc_jp", "big5")
    )
    return b"\xb0" <= simple <= b"\xd7" or b"\xb0" <= japanese <= b"\xcf" or b"\xa4" <= full <= b"\xc6"


def _script(letter: str) -> str:
    """The first word of a letter's name: LATIN, CYRILLIC, HANGUL ..."""
    return unicodedata.name(letter, "").split(" ")[0]
