"""Findings about the texts themselves: length, HTML, broken letters, and labels that stand in them. No torch, no Qt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from studio.engine.messages import Finding, Fix
from studio.problems.base import Dataset
from studio.problems.tabular.findings import finding, many, quoted
from studio.problems.text.items import Plan
from studio.problems.text.tokens import REMNANT

Progress = Callable[[str, int, int], None]
SHORT = 4
LEAK_SHARE, LEAK_ELSEWHERE = 0.9, 0.1
BROKEN = re.compile("Ã[\u0080-\u00bf]|â€|Â[\u00a0-\u00bf]|\ufffd")
"""UTF-8 read as another encoding, or letters that were lost."""


def text_findings(dataset: Dataset, plan: Plan, progress: Progress) -> Iterator[Finding]:
    """Look at every text: first at its letters, then at its tokens, which take longest."""
    texts = plan.texts()
    own = {item.key: texts[item.key] for item in dataset.items}
    yield from _html(own, plan)
    broken = [key for key, text in own.items() if BROKEN.search(text)]
    if broken:
        yield finding(
            "broken_letters",
            "warning",
            f"{many(len(broken), 'text')} with broken letters, such as Ã© for é",
            "They were written in one encoding and read in another. Export the texts again as UTF-8.",
            [plan.named(key) for key in broken],
        )
    if plan.is_class:
        yield from _leaks(dataset, own)
    yield from _lengths(own, plan, progress)


def _lengths(own: dict[str, str], plan: Plan, progress: Progress) -> Iterator[Finding]:
    options = plan.options
    cut_up = plan.tokens(lambda done, total: progress("Reading the texts", done, total))
    lengths = {key: len(cut_up[key]) - 1 for key in own}
    if not lengths:
        return
    ranked = sorted(lengths.values())
    usual, longest = ranked[len(ranked) // 2], ranked[-1]
    yield finding(
        "lengths",
        "info",
        f"Texts have {usual:,} tokens in the middle, {longest:,} at most",
        "A token is a word, a number or a mark.",
        count=len(ranked),
    )
    short = [key for key, n in lengths.items() if n < SHORT]
    if short:
        yield finding(
            "short_texts",
            "info",
            f"{many(len(short), 'text')} of fewer than {SHORT} tokens",
            "There is little in them to learn from.",
            [plan.named(key) for key in short],
        )
    cut = [key for key, n in lengths.items() if n >= options.most_tokens]
    if cut and plan.is_class:
        tail = sum(lengths[key] - options.most_tokens for key in cut) / max(1, sum(ranked))
        room = next((n for n in (1000, 2000, 4000) if n > options.most_tokens), 0)
        yield finding(
            "cut_texts",
            "info",
            f"{many(len(cut), 'text')} longer than {options.most_tokens} tokens",
            f"The classifier reads their beginning only; {tail:.0%} of all tokens are not read. "
            "The language model reads everything.",
            [plan.named(key) for key in cut],
            Fix(f"Read {room} tokens", {"most_tokens": room}) if room and tail > 0.05 else None,
        )


def _html(own: dict[str, str], plan: Plan) -> Iterator[Finding]:
    found = [key for key, text in own.items() if REMNANT.search(text)]
    if not found:
        return
    if plan.options.html == "remove":
        yield finding(
            "html",
            "info",
            f"Remnants of HTML in {many(len(found), 'text')}",
            "Such as <br />. They are turned into plain text before training, and in every bundle.",
            [plan.named(key) for key in found],
        )
        return
    yield finding(
        "html",
        "warning",
        f"Remnants of HTML in {many(len(found), 'text')}",
        "The model learns them as words.",
        [plan.named(key) for key in found],
        Fix("Turn them into plain text", {"html": "remove"}),
    )


def _leaks(dataset: Dataset, own: dict[str, str]) -> Iterator[Finding]:
    """Labels whose very word stands in nearly all of their texts and in hardly any other."""
    found = []
    for name in dataset.classes:
        if len(name) < 3:
            continue
        word = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
        inside = [bool(word.search(own[i.key])) for i in dataset.items if i.target == name]
        outside = [bool(word.search(own[i.key])) for i in dataset.items if i.target != name]
        share, elsewhere = sum(inside) / max(1, len(inside)), sum(outside) / max(1, len(outside))
        if share >= LEAK_SHARE and elsewhere <= LEAK_ELSEWHERE and len(inside) >= SHORT:
            found.append(name)
    if found:
        yield finding(
            "label_in_text",
            "warning",
            f"The label itself stands in the texts: {quoted(found)}",
            "The model will look for that word alone, and fail where it is missing. Take it out of the texts.",
            found,
        )
