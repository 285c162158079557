"""Three short fits are compared batch by batch."""

from __future__ import annotations

import numpy as np

from studio.engine.verdict import judge, scaled
from studio.recipe.schema import Rate

STEPS = 24
BATCHES = np.random.default_rng(0).normal(0, 0.4, STEPS)


def fit(end: float, own: float = 0.02, seed: int = 1) -> list[float]:
    """Losses from 2 to `end`; the noise of the batches is common to all fits."""
    return list(np.linspace(2, end, STEPS) + BATCHES + np.random.default_rng(seed).normal(0, own, STEPS))


def test_the_lowest_end_wins_although_the_batches_are_noisier_than_the_difference() -> None:
    found = judge([fit(1.5), fit(1.2, seed=2), fit(1.4, seed=3)], [False] * 3, STEPS)
    assert found.best == 1
    assert found.sentence.startswith("The chosen rate learned fastest: loss ")
    assert "against" in found.sentence


def test_fits_that_end_alike_have_no_winner() -> None:
    found = judge([fit(1.6), fit(1.2, 0.3, 2), fit(1.2, 0.3, 3)], [False] * 3, STEPS)
    assert found.best is None
    assert found.sentence.startswith("No clear winner: the chosen rate and ten times more ended alike")


def test_what_shot_up_cannot_win_and_is_named() -> None:
    up: list[float | None] = [2.0, 9.0, None]
    found = judge([fit(1.5), fit(1.2, seed=2), up], [False, False, True], STEPS)
    assert found.best == 1
    assert found.ends[2] is None
    assert found.sentence.endswith("The loss shot up at ten times more.")
    assert judge([fit(1.5), up, up], [False, True, True], STEPS).best == 0
    assert "hundred times smaller" in judge([up] * 3, [True] * 3, STEPS).sentence


def test_both_ends_of_a_slice_are_scaled() -> None:
    assert scaled(Rate(max=1e-3, min=1e-5), 0.1) == Rate(max=1e-4, min=1e-6)
    assert scaled(Rate(max=3e-3), 10.0) == Rate(max=3e-2)
