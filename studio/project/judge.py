"""How a run is scored: by which metric, in which words, and how much of a difference is luck. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import sqrt

from studio.project.live_run import LiveRun


def plain(value: float) -> str:
    """A score as a plain figure."""
    return f"{value:.4g}"


@dataclass(frozen=True)
class Judge:
    """How a run is scored.

    Attributes
    ----------
    metric, title : str
        By fastai's name, and for people within a sentence.
    up : bool
        Whether more of it is better.
    items : int
        How many items judge it; 0 where that is not known.
    is_share : bool
        Whether it is a part of a whole, such as accuracy.
    words : callable
        How a score is written.
    classes : dict
        Training items of each class, where there are classes.
    """

    metric: str = "accuracy"
    up: bool = True
    items: int = 0
    title: str = ""
    is_share: bool = False
    words: Callable[[float], str] = plain
    classes: dict[str, int] = field(default_factory=dict)

    def scores(self, run: LiveRun) -> list[float]:
        """The score of each epoch that has one."""
        found = (epoch.metrics.get(self.metric) for epoch in run.epochs)
        return [value for value in found if value is not None]

    @property
    def name(self) -> str:
        """The metric within a sentence."""
        return self.title or self.metric.replace("_", " ")

    @property
    def heading(self) -> str:
        """The metric at the start of a sentence."""
        return self.name[:1].upper() + self.name[1:]

    def best(self, scores: list[float]) -> float:
        """The best of some scores."""
        return max(scores) if self.up else min(scores)

    def loss_of(self, best: float, value: float) -> float:
        """How much worse `value` is than `best`, as a positive number."""
        return best - value if self.up else value - best

    def noise(self, score: float) -> float:
        """One standard error of a share of `items`; a hundredth where that is not known or is no share."""
        if not self.items or not self.is_share or not 0 <= score <= 1:
            return abs(score) * 0.01
        return max(sqrt(score * (1 - score) / self.items), 1 / self.items)
