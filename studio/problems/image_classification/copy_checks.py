"""What files with the very same content tell: leaks, contradictions, repetitions. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.engine.messages import Finding
from studio.problems.base import Dataset, Item, in_words
from studio.problems.image_classification.findings import finding, leave_out, many

Groups = Sequence[Sequence[str]]


def copy_findings(dataset: Dataset, groups: Groups) -> Iterator[Finding]:
    """Yield what groups of equal files mean for training; each group is reported once."""
    items = {item.key: item for item in dataset.items}
    members = [[items[key] for key in group] for group in groups]
    contradicting = [group for group in members if len({item.target for item in group}) > 1]
    agreeing = [group for group in members if len({item.target for item in group}) == 1]
    leaking = [group for group in agreeing if len({item.valid for item in group}) > 1]
    repeated = [group for group in agreeing if len({item.valid for item in group}) == 1]
    yield from _contradictions(contradicting)
    yield from _leaks(leaking)
    yield from _repetitions(repeated)


def _contradictions(groups: Sequence[Sequence[Item]]) -> Iterator[Finding]:
    if groups:
        yield finding(
            "copies_with_other_class",
            "warning",
            f"{many(len(groups), 'photo')} with two classes",
            "Copies of the same photo lie in different classes: one of them teaches the wrong thing.",
            [" = ".join(f"{item.key} ({in_words(item.target)})" for item in group) for group in groups],
            leave_out([item.key for group in groups for item in group], "Leave all of them out"),
        )


def _leaks(groups: Sequence[Sequence[Item]]) -> Iterator[Finding]:
    if groups:
        yield finding(
            "leak",
            "warning",
            f"{many(len(groups), 'photo')} both in training and in validation",
            "The model is judged by photos that it has learned by heart, so that its score is too good.",
            [" = ".join(item.key for item in group) for group in groups],
            leave_out(
                [i.key for group in groups for i in group if not i.valid], "Leave the training copies out"
            ),
        )


def _repetitions(groups: Sequence[Sequence[Item]]) -> Iterator[Finding]:
    if groups:
        yield finding(
            "repeated",
            "info",
            f"{many(len(groups), 'photo')} more than once in the same class",
            "Copies count more than other photos. One of each is enough.",
            [" = ".join(item.key for item in group) for group in groups],
            leave_out([item.key for group in groups for item in group[1:]], "Keep one of each"),
        )
