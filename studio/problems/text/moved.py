"""Which words moved an answer: each is hidden in turn, and the score of the answer is looked at again. No torch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.problems.text.tokens import SPECIAL, UNKNOWN
from studio.project.results import ItemResult

MOST_WORDS = 80
NAMED = 6
LEAST = 0.005
Scores = Callable[[Sequence[tuple[str, ...]]], Any]


@dataclass(frozen=True)
class Explained:
    """One text and its words by how much less (or, below nothing, more) the answer is believed without them."""

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
        moved = [(word, float(answers[0, answer] - answers[n, answer])) for n, word in enumerate(words, 1)]
        found.append(Explained(item, tuple(sorted(moved, key=lambda pair: -pair[1]))))
    return found
