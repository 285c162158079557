"""Which items validate: decided from keys, labels and a seed alone, the same on every machine.

Each function returns one flag an item, in the items' order, so that the counts shown are the counts used.
Python's own generator is seeded locally: no global random state is read or changed. No torch, no Qt.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from studio.dataset.paths import folder_key, is_below

VALID_WORDS = ("1", "1.0", "true", "t", "yes", "y", "valid", "validation", "val", "dev", "test")
TRAIN_WORDS = ("", "0", "0.0", "false", "f", "no", "n", "train", "training")


def random_split(n_items: int, valid_pct: float, seed: int) -> tuple[bool, ...]:
    """Keep the rounded share of all items for validation; none where the share is below half an item."""
    chosen = _draw(range(n_items), round(n_items * valid_pct), str(seed))
    return tuple(i in chosen for i in range(n_items))


def stratified_split(labels: Sequence[str], valid_pct: float, seed: int) -> tuple[bool, ...]:
    """Keep the share of every class for validation.

    A class of two or more has at least one item on either side; a class of one item trains. The draw of one
    class does not depend on the others.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        places[label].append(place)
    chosen: set[int] = set()
    for label, own in places.items():
        n_valid = min(max(round(len(own) * valid_pct), 1), len(own) - 1)
        chosen |= _draw(own, n_valid, f"{seed}/{label}")
    return tuple(i in chosen for i in range(len(labels)))


def tags_split(tags: Sequence[Sequence[str]], valid_pct: float, seed: int) -> tuple[bool, ...]:
    """Keep the share of every tag for validation, where an item has several tags or none.

    The tags are served rarest first, each drawing from the items that no rarer one has placed; so the two items
    of a rare tag come to lie on either side. Items without tags are drawn last, among themselves.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, own in enumerate(tags):
        for tag in own:
            places[tag].append(place)
    sides: dict[int, bool] = {}
    for tag, all_ in sorted(places.items(), key=lambda pair: (len(pair[1]), pair[0])):
        wanted = min(max(round(len(all_) * valid_pct), 1), len(all_) - 1)
        free = [place for place in all_ if place not in sides]
        chosen = _draw(free, wanted - sum(sides.get(place, False) for place in all_), f"{seed}/{tag}")
        sides.update((place, place in chosen) for place in free)
    rest = [place for place in range(len(tags)) if place not in sides]
    chosen = _draw(rest, round(len(rest) * valid_pct), str(seed))
    sides.update((place, place in chosen) for place in rest)
    return tuple(sides[place] for place in range(len(tags)))


def folder_split(keys: Sequence[str], train: str, valid: str) -> tuple[bool | None, ...]:
    """Split by folder; None for an item in neither. The deeper of two nested folders wins."""
    train, valid = folder_key(train), folder_key(valid)
    return tuple(_side(key, train, valid) for key in keys)


def column_split(values: Sequence[str]) -> tuple[bool | None, ...]:
    """Split by a column's words (`VALID_WORDS`, `TRAIN_WORDS`); None for a word that says neither."""
    return tuple(_said(value.strip().casefold()) for value in values)


def group_split(
    groups: Sequence[str], valid_pct: float, seed: int, labels: Sequence[Collection[str]] = ()
) -> tuple[bool, ...]:
    """Draw whole groups as long as they fit into the share for validation, then the one that comes nearest to it.

    A group's place in the draw is decided by its name and the seed alone, so that new groups move few others. Two
    groups or more come to lie on both sides. A group is passed over where a class would be left with nothing to
    train on.

    Parameters
    ----------
    labels : sequence of collections of str
        The classes of each item; empty where they do not matter.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(groups):
        places[name].append(place)
    left = Counter(label for own in labels for label in set(own))
    wanted, chosen = len(groups) * valid_pct, set[int]()

    def may_go(name: str) -> bool:
        """Whether every class of a group keeps something to train on without it."""
        taken = Counter(label for place in places[name] for label in set(labels[place])) if labels else {}
        return len(chosen) + len(places[name]) < len(groups) and all(left[c] > n for c, n in taken.items())

    def take(name: str) -> None:
        chosen.update(places[name])
        if labels:
            left.subtract(label for place in places[name] for label in set(labels[place]))

    for name in sorted(places, key=lambda name: share_of(name, seed)):
        if len(chosen) + len(places[name]) <= wanted and may_go(name):
            take(name)
    lacking = wanted - len(chosen)
    rest = [name for name in sorted(places) if places[name][0] not in chosen and may_go(name)]
    nearest = min(rest, key=lambda name: abs(len(places[name]) - lacking), default=None)
    if nearest is not None and (not chosen or abs(len(places[nearest]) - lacking) < lacking):
        take(nearest)
    return tuple(place in chosen for place in range(len(groups)))


def time_split(moments: Sequence[float | None], valid_pct: float) -> tuple[bool | None, ...]:
    """Keep the latest share for validation; None for an item without a time.

    Items of one time stay on one side: every validation item is later than every training item.
    """
    known = sorted(moment for moment in moments if moment is not None)
    starts = [at for at in range(1, len(known)) if known[at] > known[at - 1]]
    if not starts:
        return tuple(None if moment is None else False for moment in moments)
    first = min(starts, key=lambda at: abs(at - len(known) * (1 - valid_pct)))
    return tuple(None if moment is None else moment >= known[first] for moment in moments)


def hash_split(names: Sequence[str], valid_pct: float, seed: int) -> tuple[bool, ...]:
    """Let the name of each item alone decide its side: items that are added or removed move no other."""
    return tuple(share_of(name, seed) < valid_pct for name in names)


def share_of(name: str, seed: int) -> float:
    """A name's own number in [0, 1), even over many names: the first 8 bytes of SHA-256 of seed and name."""
    digest = hashlib.sha256(f"{seed}/{name}".encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:8]) / 2.0**64


def _side(key: str, train: str, valid: str) -> bool | None:
    in_train, in_valid = is_below(key, train), is_below(key, valid)
    if in_train and in_valid:
        return len(valid) > len(train)
    return in_valid if in_train or in_valid else None


def _said(word: str) -> bool | None:
    return True if word in VALID_WORDS else False if word in TRAIN_WORDS else None


def _draw(places: Sequence[int], n: int, seed: str) -> set[int]:
    """Choose `n` of `places`, by the generator's documented, version-proof sequence of `random()`."""
    generator = random.Random(seed)
    drawn = [(generator.random(), place) for place in places]
    return {place for _, place in sorted(drawn)[: max(n, 0)]}
