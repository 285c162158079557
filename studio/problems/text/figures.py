"""The figures of a text run: the ranking beside simpler models, and the words that moved answers. No torch, no Qt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from studio.problems.base import Dataset
from studio.problems.text.baselines import Simpler
from studio.problems.text.moved import LEAST, NAMED, Explained
from studio.project.results import Bars, Figure, Grid, Samples
from studio.project.scores import percent

NETWORK = "This network"
SHOWN_WORDS = 20


def ranking(accuracy: float, others: Sequence[Simpler]) -> Grid:
    """Every model by its accuracy on the validation texts, the best first."""
    scored = [(NETWORK, accuracy), *((one.name, one.accuracy) for one in others)]
    rows = [(name, round(score, 4)) for name, score in sorted(scored, key=lambda pair: -pair[1])]
    place = [row[0] for row in rows].index(NETWORK) + 1
    said = (
        "The network comes first."
        if place == 1
        else f"{rows[0][0]} comes first, the network is number {place}."
    )
    words = f"{said} All were trained and judged on the same texts."
    return Grid("Beside simpler models", ("Model", "Accuracy"), tuple(rows), words, best=0)


def words(explained: Sequence[Explained]) -> list[Figure]:
    """For each text the words that decided; and those that decided most over all wrong ones."""
    if not explained:
        return []
    entries = tuple((_heading(one), _told(one)) for one in explained)
    sentence = (
        "How many times surer of its answer the model is for having read a word, found by hiding it. First the most "
        "wrong validation texts, then those that it was surest of."
    )
    return [Samples("Words that moved the answer", entries, sentence), *_together(explained)]


def _heading(one: Explained) -> str:
    sure = "" if one.item.confidence is None else f" · {percent(one.item.confidence)}"
    is_wrong = one.item.predicted != one.item.target
    said = f", taken for {one.item.predicted}" if is_wrong else ", rightly so"
    return f"{one.item.key}: {one.item.target}{said}{sure}"


def _told(one: Explained) -> str:
    towards = [f"{word} ×{2**doubled:.1f}" for word, doubled in one.words[:NAMED] if doubled > LEAST]
    against = [f"{word} ×{2**-doubled:.1f}" for word, doubled in one.words[::-1][:NAMED] if doubled < -LEAST]
    parts = [
        f"for it: {', '.join(towards)}" if towards else "",
        f"against it: {', '.join(against)}" if against else "",
    ]
    return "; ".join(part for part in parts if part) or "no single word: the whole of it"


def _together(explained: Sequence[Explained]) -> list[Figure]:
    """Words by what they do to the wrong answers, over all texts that were looked at."""
    explained = [one for one in explained if one.item.predicted != one.item.target]
    moved: dict[str, float] = defaultdict(float)
    for one in explained:
        for word, doubled in one.words:
            moved[word] += doubled / len(explained)
    ranked = sorted(moved, key=lambda word: -abs(moved[word]))[:SHOWN_WORDS]
    if not ranked:
        return []
    ranked.sort(key=lambda word: -moved[word])
    return [
        Bars(
            "Words behind the worst mistakes",
            tuple(ranked),
            tuple(round(moved[word], 3) for word in ranked),
            "doublings of the odds",
            "How often a word doubles the odds of the wrong answer, on average over the most wrong texts; below 0, "
            "it spoke for the right one.",
        )
    ]


def vocabulary(n_words: int, dataset: Dataset) -> Grid:
    """How much the language model was given."""
    rows = (
        ("Words known", n_words),
        ("Training texts", len(dataset.train())),
        ("Validation texts", len(dataset.valid())),
    )
    return Grid("What it has read", ("", "Count"), rows)
