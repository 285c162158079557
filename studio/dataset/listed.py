"""Lists of files: text files that name items one a line, as many datasets bring along. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from studio.dataset.paths import key_below
from studio.errors import UserError


def lines_of(path: Path) -> tuple[str, ...]:
    """The lines of a text file, without what surrounds them and without empty ones."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def sides_by_lists(
    keys: Sequence[str], root: Path, valid_list: str, train_list: str = ""
) -> tuple[tuple[bool | None, ...], list[str]]:
    """Which items validate, by a list of them; and the lines that name none.

    A line names an item by its path, its name or its stem, and may have more words after it. With a training list,
    an item in neither has no side (None); one in both validates.

    Raises
    ------
    UserError
        Where a list is missing, or names no item.
    """
    known = _known(keys)
    valid, strange = _chosen(keys, known, root, valid_list, "validation", "valid_list")
    if not train_list.strip():
        return tuple(key in valid for key in keys), strange
    train, more = _chosen(keys, known, root, train_list, "training", "train_list")
    sides = (True if key in valid else False if key in train else None for key in keys)
    return tuple(sides), [*strange, *more]


def _known(keys: Sequence[str]) -> dict[str, set[str]]:
    """Keys by every way in which a line may name them."""
    known: dict[str, set[str]] = {}
    for key in keys:
        path = PurePosixPath(key)
        for way in {key, path.with_suffix("").as_posix(), path.name, path.stem}:
            known.setdefault(way, set()).add(key)
    return known


def _chosen(
    keys: Sequence[str], known: dict[str, set[str]], root: Path, name: str, title: str, field: str
) -> tuple[set[str], list[str]]:
    key = key_below(root, name)
    try:
        lines = lines_of(root / key) if key else ()
    except OSError as error:
        raise UserError(
            f"The {title} list {name} is not in {root}.",
            f"Name the text file ({field}), or choose another way to split.",
            fix=field,
        ) from error
    meant = {line: _meant(line, known) for line in lines}
    chosen = {one for found in meant.values() for one in found}
    if not chosen:
        raise UserError(
            f"The {title} list {name} names none of the {len(keys)} items"
            + (f"; its first line is “{lines[0][:80]}”." if lines else "; it is empty."),
            f"Write one item's name a line, or choose another list ({field}).",
            fix=field,
        )
    return chosen, [line for line, found in meant.items() if not found]


def _meant(line: str, known: dict[str, set[str]]) -> set[str]:
    for text in (line, line.split()[0]):
        whole = text.replace("\\", "/").removeprefix("./")
        for way in (whole, PurePosixPath(whole).name, PurePosixPath(whole).stem):
            if way in known:
                return known[way]
    return set()
