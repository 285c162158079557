"""Leaks between the sets that every problem of photos can have: groups by name, and photos that look alike.

No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from studio.dataset.facts import facts
from studio.dataset.look_alikes import SIGNATURE, known_look_alikes, stacked
from studio.dataset.moments import named_moments
from studio.dataset.name_groups import both_sides, find_name_groups
from studio.dataset.scan_cache import NO_CACHE, ScanCache
from studio.dataset.splitting import FOLDER, NAME
from studio.engine.messages import Finding, Fix
from studio.problems.base import Dataset, Item, in_words, names_in
from studio.problems.image_classification.findings import finding, leave_out, many
from studio.recipe.schema import Recipe

FILM = 0.3
"""The share of photos that look like another one from which they are taken for frames of a film."""

Groups = Sequence[Sequence[Item]]
Progress = Callable[[str, int, int], None]


def group_findings(dataset: Dataset, recipe: Recipe) -> Iterator[Finding]:
    """Yield names that look like groups (a patient, a film) with items on both sides."""
    if recipe.data.split.kind == "group" or not dataset.train() or not dataset.valid():
        return
    keys = [item.key for item in dataset.items]
    single = all(names_in(item.target) == (item.target,) for item in dataset.items)
    is_class = single and {str(item.target) for item in dataset.items} <= set(dataset.classes)
    found = find_name_groups(keys, [str(item.target) for item in dataset.items] if is_class else ())
    if found is None:
        return
    shared = both_sides(found.names, [item.valid for item in dataset.items])
    if shared:
        n_groups = len(set(found.names) - {""})
        by = "folders" if found.group == FOLDER else "names"
        yield finding(
            "groups_on_both_sides",
            "warning",
            f"The {by} look like {many(n_groups, 'group')}, and {len(shared):,} of them "
            f"{'is' if len(shared) == 1 else 'are'} on both sides",
            "Items of one patient, film or place are alike: a model that knows the group scores better here than it "
            "will on a new one. Keep every group whole.",
            [_example(dataset, found.names, name) for name in shared[:20]],
            Fix("Keep groups whole", {"split": "group", "group": found.group}),
            count=len(shared),
        )


def _example(dataset: Dataset, names: Sequence[str], group: str) -> str:
    """One item of a group from each side, and how many it has."""
    own = [item for item, name in zip(dataset.items, names, strict=True) if name == group]
    sides = {item.valid: item.key for item in reversed(own)}
    return f"{sides[False]} ≈ {sides[True]} ({group}, {len(own)} items)"


def look_alike_findings(
    dataset: Dataset,
    root: Path,
    keys: Sequence[str],
    copies: Sequence[Sequence[str]],
    progress: Progress,
    cache: ScanCache = NO_CACHE,
    judge_classes: bool = True,
) -> Iterator[Finding]:
    """Yield what photos that look alike mean: leaks, contradictions, repetitions.

    Parameters
    ----------
    keys : sequence of str
        Photos that can be read.
    copies : sequence of sequences of str
        Groups of equal files, which were told before: one of each is compared.
    judge_classes : bool
        Whether two targets can be compared as they are.
    """
    again = {key for group in copies for key in group[1:]}
    compared = [key for key in keys if key not in again]
    signatures = stacked([seen for _, seen in facts(SIGNATURE, root, compared, progress, cache)])
    places = known_look_alikes(
        signatures, cache, lambda done, total: progress("Comparing pictures", done, total)
    )
    items = {item.key: item for item in dataset.items}
    groups = [[items[compared[place]] for place in group] for group in places]
    other = [g for g in groups if judge_classes and len({in_words(item.target) for item in g}) > 1]
    same = [g for g in groups if not any(g is one for one in other)]
    is_film = sum(map(len, groups)) >= FILM * len(dataset.items)
    yield from _contradicting([] if is_film else other)
    film = _latest([items[key] for key in compared]) if is_film else None
    yield from _leaking([g for g in (groups if is_film else same) if _sides(g) > 1], is_film, film)
    yield from _repeating([g for g in (groups if is_film else same) if _sides(g) == 1], is_film)


def _sides(group: Sequence[Item]) -> int:
    return len({item.valid for item in group})


def _listed(groups: Groups) -> list[str]:
    return [" ≈ ".join(item.key for item in group[:6]) for group in groups[:20]]


def _contradicting(groups: Groups) -> Iterator[Finding]:
    if groups:
        yield finding(
            "look_alikes_with_other_class",
            "warning",
            f"{many(len(groups), 'group')} of photos that look the same but are labelled differently",
            "One of them may be labelled wrong. Look at them; the cleaning page changes labels.",
            [" ≈ ".join(f"{item.key} ({in_words(item.target)})" for item in g[:6]) for g in groups[:20]],
            leave_out([item.key for group in groups for item in group], "Leave all of them out"),
            count=len(groups),
        )


def _latest(items: Sequence[Item]) -> Fix | None:
    """The offer to judge by the end of a film, where its frames are numbered or dated and it is not so already."""
    moments = [moment for moment in named_moments([item.key for item in items]) if moment is not None]
    in_time = [item.valid for _, item in sorted(zip(moments, items, strict=False), key=lambda pair: pair[0])]
    if len(moments) < len(items) or in_time == sorted(in_time):
        return None
    return Fix("Keep the last frames for validation", {"split": "time", "time": NAME})


def _leaking(groups: Groups, is_film: bool, film: Fix | None) -> Iterator[Finding]:
    if not groups:
        return
    training = [item.key for group in groups for item in group if not item.valid]
    meaning = (
        "They were saved again, scaled or taken one after the other. The model is judged by photos that it nearly "
        "knows by heart, so that its score is too good."
    )
    if is_film:
        meaning = (
            "They may be frames of a film, or of a camera that does not move. The score is too good for a new one: "
            "keep whole films for validation (split by group or by time)."
        )
    yield finding(
        "look_alikes_on_both_sides",
        "warning",
        f"{many(len(groups), 'group')} of photos that look the same, in training and in validation",
        meaning,
        _listed(groups),
        film if is_film else leave_out(training, "Leave the training copies out"),
        count=len(groups),
    )


def _repeating(groups: Groups, is_film: bool) -> Iterator[Finding]:
    if groups:
        again = [item.key for group in groups for item in group[1:]]
        yield finding(
            "look_alikes",
            "info",
            f"{many(len(groups), 'group')} of photos that look the same, within one set",
            "They count more than other photos. One of each is enough.",
            _listed(groups),
            None if is_film else leave_out(again, "Keep one of each"),
            count=len(groups),
        )
