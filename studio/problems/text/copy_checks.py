"""What texts that stand there twice tell, word for word or nearly so: leaks, contradictions, repetitions. No torch.

Validation is decided before cleaning: what is offered to be left out are the training texts, so that scores before and
after are of the same texts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from studio.engine.messages import Finding
from studio.problems.base import Dataset, Item
from studio.problems.image_classification.findings import finding, leave_out, many
from studio.problems.text.items import Plan
from studio.problems.text.near_copies import near_copies

NAMED, SHOWN = 6, 20
MOST_FIXED = 1000
Progress = Callable[[str, int, int], None]
Group = Sequence[Item]


def copy_findings(dataset: Dataset, plan: Plan, progress: Progress) -> Iterator[Finding]:
    """Yield what equal texts mean, then what nearly equal ones do."""
    by_words: dict[str, list[Item]] = defaultdict(list)
    texts = plan.texts()
    for item in dataset.items:
        by_words[" ".join(texts[item.key].casefold().split())].append(item)
    yield from _equal([group for group in by_words.values() if len(group) > 1], plan)
    ones = [group[0] for group in by_words.values()]
    cut = plan.tokens()
    places = near_copies(
        [cut[item.key] for item in ones], lambda done, total: progress("Comparing texts", done, total)
    )
    yield from _nearly([[ones[place] for place in group] for group in places], plan)


def _equal(groups: Sequence[Group], plan: Plan) -> Iterator[Finding]:
    torn = [group for group in groups if len({item.target for item in group}) > 1]
    agreeing = [group for group in groups if len({item.target for item in group}) == 1]
    yield from _told(
        "contradicting_labels",
        [group for group in torn if plan.is_class],
        plan,
        "text with the same words and different labels",
        "texts with the same words and different labels",
        "At least one of the labels is wrong. Look at them; the cleaning page changes labels.",
    )
    yield from _leaks(
        "copies_across_sets",
        [group for group in groups if _is_across(group)],
        plan,
        "both in training and in validation",
        "The model has seen them with their answer, so that they judge nothing.",
    )
    inside = [group for group in agreeing if not _is_across(group)]
    if inside:
        again = [item.key for group in inside for item in group[1:]]
        yield finding(
            "copies",
            "info",
            f"{many(len(inside), 'text')} there more than once",
            "What stands there twice counts twice. One of each is enough.",
            _listed(inside, plan, " = "),
            leave_out(again, "Keep one of each") if len(again) <= MOST_FIXED else None,
            count=len(inside),
        )


def _nearly(groups: Sequence[Group], plan: Plan) -> Iterator[Finding]:
    torn = [group for group in groups if len({item.target for item in group}) > 1]
    yield from _told(
        "look_alikes_with_other_class",
        torn,
        plan,
        "group of texts that are nearly the same but labelled differently",
        "groups of texts that are nearly the same but labelled differently",
        "One of them may be labelled wrong. Look at them; the cleaning page changes labels.",
    )
    yield from _leaks(
        "look_alikes_on_both_sides",
        [group for group in groups if _is_across(group)],
        plan,
        "nearly the same in training and in validation",
        "They share most of their words in the same order, so that the model is judged by what it nearly knows.",
    )
    inside = [group for group in groups if not _is_across(group) and group not in torn]
    if inside:
        yield finding(
            "look_alikes",
            "info",
            f"{many(len(inside), 'group')} of texts that are nearly the same",
            "Such as a mail and its answer, or a text printed again. They count more than others.",
            _listed(inside, plan, " ≈ "),
            count=len(inside),
        )


def _is_across(group: Group) -> bool:
    return len({item.valid for item in group}) > 1


def _leaks(code: str, groups: Sequence[Group], plan: Plan, what: str, meaning: str) -> Iterator[Finding]:
    if groups:
        training = [item.key for group in groups for item in group if not item.valid]
        yield finding(
            code,
            "warning",
            f"{many(len(groups), 'text')} {what}",
            meaning,
            _listed(groups, plan, " = " if code == "copies_across_sets" else " ≈ "),
            leave_out(training, "Leave the training copies out") if len(training) <= MOST_FIXED else None,
            count=len(groups),
        )


def _told(
    code: str, groups: Sequence[Group], plan: Plan, one: str, more: str, meaning: str
) -> Iterator[Finding]:
    """What is to be looked at by a person, with the labels beside the names."""
    if groups:
        keys = [item.key for group in groups for item in group]
        yield finding(
            code,
            "warning",
            many(len(groups), one, more),
            meaning,
            [" ≈ ".join(f"{plan.named(i.key)} ({i.target})" for i in g[:NAMED]) for g in groups[:SHOWN]],
            leave_out(keys, "Leave all of them out") if len(keys) <= MOST_FIXED else None,
            count=len(groups),
        )


def _listed(groups: Sequence[Group], plan: Plan, sign: str) -> list[str]:
    return [sign.join(plan.named(item.key) for item in group[:NAMED]) for group in groups[:SHOWN]]
