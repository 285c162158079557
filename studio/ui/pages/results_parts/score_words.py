"""What a score is worth: its noise on so many items, and a sentence that compares two runs. No widgets.

A share of n items has the standard error sqrt(p (1 - p) / n): a difference below it says nothing, one
as much little.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

from studio.project import RunRecord
from studio.ui.widgets.words import plural

Verdict = Literal["same", "noise", "maybe", "better", "worse", "unknown"]


@dataclass(frozen=True)
class Comparison:
    """Two runs in words; `tone` colours the sentence."""

    headline: str
    sentence: str
    tone: str
    verdict: Verdict


def figure(value: float | None) -> str:
    """``93.7 %`` for a share, three figures otherwise."""
    if value is None:
        return "none"
    return f"{100 * value:.1f} %" if 0 <= value <= 1 else f"{value:.4g}"


def noise(score: float, items: int) -> float | None:
    """Standard error of a share of `items`; None where the score is no share or nothing judged it.

    At 0 and 1, where the formula says 0, one item more or less is taken instead.
    """
    if items <= 0 or not 0 <= score <= 1:
        return None
    return max(sqrt(score * (1 - score) / items), 1 / items if score in (0.0, 1.0) else 0.0)


def compare(before: RunRecord, after: RunRecord, items: int, up: bool) -> Comparison | None:
    """The sentence for two runs judged on the same `items`; None where one has no score."""
    if before.score is None or after.score is None:
        return None
    headline = f"Run {before.number}: {figure(before.score)} → run {after.number}: {figure(after.score)}"
    gain = (after.score - before.score) * (1 if up else -1)
    error = noise(after.score, items)
    verdict = _verdict(gain, error)
    return Comparison(headline, _sentence(verdict, gain, error, items), _TONES[verdict], verdict)


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


def _sentence(verdict: Verdict, gain: float, error: float | None, items: int) -> str:
    on = plural(items, "validation item")
    if verdict == "unknown" or error is None:
        return f"{'Better' if gain > 0 else 'Worse'} by {abs(gain):.3g}." if gain else "The same score."
    about = f"±{100 * error:.1f} %"
    return {
        "same": f"The same score on {on}.",
        "noise": f"{on}: within noise ({about}).",
        "maybe": f"{on}: little more than noise ({about}). Repeat with another seed to be sure.",
        "better": f"{on}: a real gain (noise is {about}).",
        "worse": f"{on}: a real loss (noise is {about}).",
    }[verdict]
