"""From the bytes of a text file to its letters, in training and in every bundle the same.

UTF-8 where it can be read so; else by its mark UTF-16; else the encoding that makes words of its letters, Windows' own
where none is better. A file with NUL bytes is no text. Standard library only: copied into every bundle.
"""

from __future__ import annotations

import codecs

from studio.dataset.letter_encodings import BETTER_BY, GOOD, SAMPLE_BYTES, TRIED, share_of_words

WINDOWS = "cp1252"
MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decoded(raw: bytes) -> tuple[str, str] | None:
    """The text in some bytes, and the encoding that it was read by; None where they are no text."""
    if raw.startswith(MARKS):
        return raw.decode("utf-16", errors="replace"), "utf-16"
    if b"\0" in raw:
        return None
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        encoding = _likely(raw)
    return raw.decode(encoding), encoding


def _likely(raw: bytes) -> str:
    """The first encoding that reads all of it, the one that makes words of its letters before the others."""
    sample = b"\n".join(line for line in raw[:SAMPLE_BYTES].split(b"\n") if not line.isascii())
    scores = {name: score for name in TRIED if (score := share_of_words(sample, name)) >= GOOD}
    best = max(scores, key=lambda name: scores[name], default="")
    is_better = bool(best) and scores[best] >= share_of_words(sample, WINDOWS) + BETTER_BY
    return next(name for name in (best if is_better else WINDOWS, WINDOWS, "latin-1") if _reads(raw, name))


def _reads(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
