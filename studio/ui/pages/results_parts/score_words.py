"""What a score is worth: its noise on so many items, and a sentence that compares two runs. No widgets.

A share of n items has the standard error sqrt(p (1 - p) / n): a difference below it says nothing, one
as much little. What is no share of items (an error in a unit, a share of pixels) has a plain difference only.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

from studio.project import RunRecord
from studio.project.results import Results
from studio.project.scores import difference_words, score_words
from studio.ui.grid.item_words import agrees
from studio.ui.targets import is_amount
from studio.ui.widgets.words import plural

Verdict = Literal["same", "noise", "maybe", "better", "worse", "unknown"]


@dataclass(frozen=True)
class Comparison:
    """Two runs in words; `tone` colours the sentence."""

    headline: str
    sentence: str
    tone: str
    verdict: Verdict


def counted(found: Results, value: float | None) -> int:
    """How many validation items a score is the share of, by counting them; 0 where it is no such share.

    The score is the part that the model got right (or wrong, for an error rate), and nothing else.
    """
    valid = [item for item in found.items if item.valid]
    if value is None or not valid or any(is_amount(item.target) for item in valid):
        return 0
    right = sum(agrees(item) for item in valid) / len(valid)
    near = 0.5 / len(valid)
    return len(valid) if abs(right - value) < near or abs(1 - right - value) < near else 0


def noise(score: float, items: int) -> float | None:
    """Standard error of a share of `items`; None where the score is no share or nothing judged it.

    At 0 and 1, where the formula says 0, one item more or less is taken instead.
    """
    if items <= 0 or not 0 <= score <= 1:
        return None
    return max(sqrt(score * (1 - score) / items), 1 / items if score in (0.0, 1.0) else 0.0)


def compare(
    before: RunRecord, after: RunRecord, items: int, up: bool, name: str = "accuracy", unit: str = ""
) -> Comparison | None:
    """The sentence for two runs judged on the same validation set; None where one has no score.

    Parameters
    ----------
    items : int
        How many items the score is a share of; 0 where it is no share of items (`counted`).
    name, unit : str
        The metric by fastai's name, and the unit of what it measures.
    """
    if before.score is None or after.score is None:
        return None
    old, new = (score_words(name, run.score, unit) for run in (before, after))
    headline = f"Run {before.number}: {old} → run {after.number}: {new}"
    gain = (after.score - before.score) * (1 if up else -1)
    error = noise(after.score, items)
    verdict = _verdict(gain, error)
    said = _sentence(verdict, gain, error, items) if error is not None else _plain(gain, up, name, unit)
    tone = _TONES[verdict]
    if verdict == "unknown":
        tone = "good" if gain > 0 else "warning"
    return Comparison(headline, said, tone, verdict)


def _plain(gain: float, up: bool, name: str, unit: str) -> str:
    """The difference as it is: nothing is known of its noise."""
    if gain == 0:
        return "The same score."
    better = "" if up else " Lower is better."
    return f"{'Better' if gain > 0 else 'Worse'} by {difference_words(name, gain, unit)}.{better}"


_TONES: dict[Verdict, str] = {
    "same": "dim",
    "noise": "dim",
    "maybe": "dim",
    "better": "good",
    "worse": "warning",
    "unknown": "dim",
}


def _verdict(gain: float, error: float | None) -> Verdict:
    if gain == 0:
        return "same"
    if error is None:
        return "unknown"
    if abs(gain) <= error:
        return "noise"
    if abs(gain) <= 2 * error:
        return "maybe"
    return "better" if gain > 0 else "worse"


def _sentence(verdict: Verdict, gain: float, error: float, items: int) -> str:
    on = plural(items, "validation item")
    about = f"±{100 * error:.1f} %"
    return {
        "same": f"The same score on {on}.",
        "noise": f"{on}: within noise ({about}).",
        "maybe": f"{on}: little more than noise ({about}). Repeat with another seed to be sure.",
        "better": f"{on}: a real gain (noise is {about}).",
        "worse": f"{on}: a real loss (noise is {about}).",
    }.get(verdict, "")
