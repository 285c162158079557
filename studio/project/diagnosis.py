"""What the curves of a run say, in words: the rules of `curve_rules.py`, the most urgent first.

Each finding says what was seen, why it matters, and where on the curve it shows; `remedies.py` says which edits of the
recipe would mend it. The window and the command line both say these. No torch, no Qt, no numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from studio.project import curve_rules
from studio.project.curve_rules import Diagnosis
from studio.project.judge import Judge
from studio.project.live_run import LiveRun

Rule = Callable[[LiveRun, Judge], Diagnosis | None]
RULES: Final[tuple[Rule, ...]] = (
    curve_rules.not_a_number,
    curve_rules.rate_too_high,
    curve_rules.rising_at_first,
    curve_rules.over_fitting,
    curve_rules.rate_too_low,
    curve_rules.unbalanced,
    curve_rules.unstable,
    curve_rules.under_fitting,
    curve_rules.plateau,
)
PRAISE: Final[tuple[Rule, ...]] = (curve_rules.loss_only, curve_rules.fitting_well)
_SILENCED: Final = {
    "rising-at-first": frozenset({"nan", "rate-too-high"}),
    "rate-too-high": frozenset({"nan"}),
    "rate-too-low": frozenset({"nan", "rate-too-high"}),
    "under-fitting": frozenset({"nan", "rate-too-high", "rate-too-low", "over-fitting", "rising-at-first"}),
    "plateau": frozenset({"nan", "rate-too-high", "rate-too-low", "over-fitting", "under-fitting"}),
}
"""Findings that say nothing new beside others."""


def diagnose(run: LiveRun, judge: Judge | None = None) -> Diagnosis | None:
    """The most urgent finding; None while there is too little to say."""
    return next(iter(findings(run, judge)), None)


def findings(run: LiveRun, judge: Judge | None = None) -> tuple[Diagnosis, ...]:
    """Everything that can be said, the most urgent first; praise only where nothing else is said."""
    judge = judge or Judge()
    found = [said for rule in RULES if (said := rule(run, judge)) is not None]
    kinds = {said.kind for said in found}
    found = [said for said in found if not _SILENCED.get(said.kind, frozenset()) & kinds]
    return tuple(found) or tuple(said for rule in PRAISE if (said := rule(run, judge)) is not None)[:1]
