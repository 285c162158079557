"""Which words moved an answer: each is hidden in turn, and the odds of the answer are looked at again. No torch.

Odds, not shares: of an answer that is believed to 100 % no word takes a point away, though some make it many times less
sure.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.problems.text.tokens import SPECIAL, UNKNOWN
from studio.project.results import ItemResult

MOST_WORDS = 80
NAMED = 6
LEAST = math.log2(1.05)
TINY = 1e-30
Scores = Callable[[Sequence[tuple[str, ...]]], Any]


@dataclass(frozen=True)
class Explained:
    """One text and its words: how often each doubles the odds of the answer; below 0, how often it halves them."""

    item: ItemResult
    words: tuple[tuple[str, float], ...]


def moved_words(
    items: Sequence[ItemResult],
    cut: Mapping[str, tuple[str, ...]],
    most_tokens: int,
    scores: Scores,
    progress: Callable[[str, int, int], None],
) -> list[Explained]:
    """Hide every word of some texts in turn (all its places at once, as an unknown word).

    Parameters
    ----------
    scores : callable
        From texts as tokens to scores of the classes (n, n_classes).
    """
    found = []
    for at, item in enumerate(items):
        progress("Looking for the words that decided", at, len(items))
        read = cut[item.key][:most_tokens]
        counted = Counter(word for word in read if word not in SPECIAL and any(c.isalnum() for c in word))
        words = [word for word, _ in counted.most_common(MOST_WORDS)]
        hidden = [tuple(UNKNOWN if token == word else token for token in read) for word in words]
        answers = scores([read, *hidden])
        answer = int(answers[0].argmax())
        whole, *without = (log_odds(row, answer) for row in answers.tolist())
        moved = [(word, whole - odds) for word, odds in zip(words, without, strict=True)]
        found.append(Explained(item, tuple(sorted(moved, key=lambda pair: -pair[1]))))
    return found


def log_odds(scores: Sequence[float], answer: int) -> float:
    """How often the odds of an answer against all others are doubled, from even; none of them is taken for 0."""
    others = sum(score for at, score in enumerate(scores) if at != answer)
    return math.log2(max(scores[answer], TINY) / max(others, TINY))
