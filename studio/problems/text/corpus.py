"""Many texts as tokens, kept in the project by their content, and the vocabulary built from them.

The key of a kept corpus is the digest of its texts and of the tokeniser's version: an edited text, or a new one, is
never answered for by an old file. The newest few are kept. Nothing is pickled. No torch, no Qt.
"""

from __future__ import annotations

import hashlib
import io
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from studio.errors import UserError
from studio.problems.text.tokens import SPECIAL, VERSION, tokens
from studio.project.atomic import write_bytes

KEPT, HELD = 4, 2
"""Corpora on disk, and in memory."""
SEPARATOR = "\0"
Tokens = tuple[str, ...]

_place: list[Path] = []
_held: dict[str, tuple[Tokens, ...]] = {}


def keep_in(folder: Path | None) -> None:
    """Where tokens are kept from now on; None keeps them in memory only."""
    _place[:] = [] if folder is None else [folder]


def forget() -> None:
    """Hold no tokens in memory any more; what is kept on disk stays."""
    _held.clear()


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


def tokenised(
    texts: Mapping[str, str], is_html: bool, progress: Callable[[int, int], None] = no_progress
) -> dict[str, Tokens]:
    """The tokens of every text by its key, cut up once as long as no text changes.

    Parameters
    ----------
    progress : callable
        Told (texts cut up, texts); may raise to stop.
    """
    key = digest(texts.values(), is_html)
    cut = _held.pop(key, None) or _kept_or_cut(tuple(texts.values()), is_html, key, progress)
    _held[key] = cut
    while len(_held) > HELD:
        del _held[next(iter(_held))]
    return dict(zip(texts, cut, strict=True))


def _kept_or_cut(
    texts: tuple[str, ...], is_html: bool, key: str, progress: Callable[[int, int], None]
) -> tuple[Tokens, ...]:
    path = _place[0] / f"tokens-{key}.npz" if _place else None
    found = None if path is None else _read(path, len(texts))
    if found is not None:
        return found
    cut = []
    for at, text in enumerate(texts):
        progress(at, len(texts))
        cut.append(tuple(map(sys.intern, tokens(text, is_html))))
    if path is not None:
        with suppress(UserError, OSError):  # a full or read-only disk costs time, no result
            path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, packed(cut))
            _drop_old(path.parent)
    return tuple(cut)


def digest(texts: Iterable[str], is_html: bool) -> str:
    """What a corpus is known by."""
    found = hashlib.sha256(f"{VERSION}/{is_html}".encode())
    for text in texts:
        raw = text.encode("utf-8", "surrogatepass")
        found.update(len(raw).to_bytes(8, "little") + raw)
    return found.hexdigest()[:32]


def packed(cut: Sequence[Tokens]) -> bytes:
    """Write tokens as numbers into their distinct words."""
    words = sorted({word for one in cut for word in one})
    places = {word: at for at, word in enumerate(words)}
    codes = np.fromiter((places[word] for one in cut for word in one), dtype=np.int32)
    written = io.BytesIO()
    np.savez_compressed(
        written,
        words=np.frombuffer(SEPARATOR.join(words).encode("utf-8", "surrogatepass"), dtype=np.uint8),
        codes=codes,
        lengths=np.array([len(one) for one in cut], dtype=np.int32),
    )
    return written.getvalue()


def _read(path: Path, n_texts: int) -> tuple[Tokens, ...] | None:
    """The tokens in a file; None where there is none, or it is damaged."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    return unpacked(raw, n_texts)


def unpacked(written: bytes, n_texts: int) -> tuple[Tokens, ...] | None:
    """What `packed` wrote; None where it is damaged, or of another number of texts."""
    try:
        with np.load(io.BytesIO(written), allow_pickle=False) as file:
            raw, codes, lengths = (file[name] for name in ("words", "codes", "lengths"))
    except (OSError, ValueError, KeyError, BadZipFile, EOFError):
        return None
    words = [sys.intern(w) for w in raw.tobytes().decode("utf-8", "surrogatepass").split(SEPARATOR)]
    if len(lengths) != n_texts or int(lengths.sum()) != len(codes) or (codes >= len(words)).any():
        return None
    ends = np.cumsum(lengths)
    listed = [words[code] for code in codes.tolist()]
    return tuple(tuple(listed[end - n : end]) for end, n in zip(ends.tolist(), lengths.tolist(), strict=True))


def _drop_old(folder: Path) -> None:
    found = sorted(folder.glob("tokens-*.npz"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in found[KEPT:]:
        path.unlink(missing_ok=True)


def vocabulary(cut: Iterable[Tokens], least: int, most: int) -> tuple[str, ...]:
    """The words of some texts, the most frequent first, after the special ones.

    Parameters
    ----------
    least : int
        How often a word must stand in them.
    most : int
        The most words there are, the special ones included.
    """
    counts = Counter(word for one in cut for word in one)
    for word in SPECIAL:
        del counts[word]
    ranked = sorted(
        (word for word, n in counts.items() if n >= least), key=lambda word: (-counts[word], word)
    )
    return (*SPECIAL, *ranked[: max(0, most - len(SPECIAL))])
