r"""Names that look like groups: patient01_03.png, 0001TP_006690.png, folders of one animal each. No torch, no Qt.

A candidate is a pattern as the split by group takes it, such as `(patient\d+)`. It is believed where it puts most items
into groups of two or more, in more groups than there are classes, and where it does not only say the class again.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WORDS = (
    "patient", "subject", "subj", "sub", "person", "participant", "speaker", "donor", "case", "study", "scan", "slide",
    "specimen", "sample", "animal", "mouse", "rat", "fish", "bird", "plant", "leaf", "tree", "field", "plot", "site",
    "scene", "seq", "sequence", "video", "vid", "clip", "film", "movie", "track", "camera", "cam", "batch", "plate",
    "well", "tile", "id", "user", "session",
)  # fmt: skip
WORD = re.compile(rf"(?<![A-Za-z])((?:{'|'.join(WORDS)})[-_ ]?)\d+", re.IGNORECASE)
BEFORE_A_SIGN = ("^([^_]+)_", "^([^-]+)-", "^(.+)_", "^(.+)-")
FOLDER = "folder"
SET_WORDS = re.compile(r"train|training|valid|validation|val|dev|test|testing|images?|photos?", re.IGNORECASE)
FEWEST_GROUPS = 3
IN_GROUPS = 0.6
LARGEST = 0.8
FEWEST_PER_GROUP = 2.0


@dataclass(frozen=True)
class NameGroups:
    """A way to group: in the words of the recipe's split, and the group of each item ("" for none)."""

    group: str
    names: tuple[str, ...]


def find_name_groups(keys: Sequence[str], labels: Sequence[str] = ()) -> NameGroups | None:
    """The first way to group items by their names that is to be believed; None where there is none.

    Parameters
    ----------
    labels : sequence of str
        The class of each item, where it has one.
    """
    for group in dict.fromkeys(_candidates(keys)):
        names = _named(group, keys)
        if _is_grouping(names, labels):
            return NameGroups(group, names)
    return None


def both_sides(names: Sequence[str], valid: Sequence[bool]) -> tuple[str, ...]:
    """Groups with items on both sides, sorted."""
    sides: dict[str, set[bool]] = defaultdict(set)
    for name, side in zip(names, valid, strict=True):
        if name:
            sides[name].add(side)
    return tuple(sorted(name for name, own in sides.items() if len(own) > 1))


def _candidates(keys: Sequence[str]) -> Iterator[str]:
    """What is worth trying: a telling word with its number, what stands before a sign, the folder."""
    words = Counter(
        match.group(1) for key in keys for match in [WORD.search(key.rpartition("/")[2])] if match
    )
    for word, _ in words.most_common(3):
        yield rf"({_plain(word)}\d+)"
    folders = Counter(m.group(1) for key in keys for m in [WORD.search(key.rpartition("/")[0])] if m)
    for word, _ in folders.most_common(1):
        yield rf"({_plain(word)}\d+)[^/]*/"
    yield from BEFORE_A_SIGN
    yield FOLDER


def _plain(word: str) -> str:
    """A word for a pattern, without the backslashes that a person need not read."""
    return re.escape(word).replace(r"\-", "-").replace(r"\ ", " ")


def _named(group: str, keys: Sequence[str]) -> tuple[str, ...]:
    if group == FOLDER:
        folders = [key.rpartition("/")[0] for key in keys]
        return tuple("" if SET_WORDS.fullmatch(f.rpartition("/")[2]) else f for f in folders)
    pattern = re.compile(group)
    whole = "/" in group
    found = (pattern.search(key if whole else key.rpartition("/")[2]) for key in keys)
    return tuple(match.group(1) if match else "" for match in found)


def _is_grouping(names: Sequence[str], labels: Sequence[str]) -> bool:
    sizes = Counter(name for name in names if name)
    several = sum(n for n in sizes.values() if n > 1)
    if not sizes or len(sizes) < max(FEWEST_GROUPS, len(set(labels)) + 1):
        return False
    if several < IN_GROUPS * len(names) or max(sizes.values()) > LARGEST * len(names):
        return False
    if sum(sizes.values()) < FEWEST_PER_GROUP * len(sizes):
        return False
    return not _says_the_class(names, labels)


def _says_the_class(names: Sequence[str], labels: Sequence[str]) -> bool:
    """Whether groups are the classes by another name, perhaps apart for each set: ants, train/ants, Ant-old."""
    if not labels:
        return False
    if {name.rpartition("/")[2] for name in names} <= {"", *labels}:
        return True
    if any(letter.isdigit() for name in set(names) for letter in name):
        return False
    of: dict[str, set[str]] = defaultdict(set)
    for name, label in zip(names, labels, strict=True):
        of[name].add(label)
    return all(len(own) == 1 for own in of.values()) and len(of) <= 2 * len(set(labels))
