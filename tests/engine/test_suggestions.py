"""The rules on curves whose right answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from studio.engine import suggestions as s
from studio.engine.fall import longest_fall

LRS = np.geomspace(1e-6, 1.0, 85, dtype=np.float32)
POINTS = 100


def bowl(falls_at: float = 1e-3, shoots_up_at: float = 1e-1) -> s.Curve:
    """Flat at 2, falls by one around a rate, shoots up at another."""
    x = np.log10(LRS)
    fall = 1 / (1 + np.exp(-6 * (x - np.log10(falls_at))))
    up = np.where(np.log10(shoots_up_at) < x, 8 * (x - np.log10(shoots_up_at)), 0)
    return (2 - fall + up).astype(np.float32)


def seen(losses: s.Curve) -> s.Seen:
    """A curve without noise."""
    return s.Seen(LRS, losses, losses)


def searched(kind: str, noise: float, seed: int) -> s.Seen:
    """What a search of a hundred batches sees of a loss that "falls", is "flat", "rises" or "diverges" at once."""
    dice = np.random.default_rng(seed)
    rates = 10 ** np.linspace(-7, 0.92, POINTS)
    x = np.log10(rates)
    loss = {
        "falls": 1 - 0.6 / (1 + np.exp(-2.4 * (x + 3.5))),
        "flat": np.ones(POINTS),
        "rises": 1 + 0.08 * (x + 7),
        "diverges": 1 + np.exp(2.5 * (x + 6.6)),
    }[kind]
    raw = (loss + np.exp(5.2 * (x + 0.9))) * (1 + noise * dice.standard_normal(POINTS))
    smooth: list[float] = []
    mean = 0.0
    for count, value in enumerate(raw, 1):
        mean = 0.98 * mean + 0.02 * value
        smooth.append(mean / (1 - 0.98**count))
        if smooth[-1] > 4 * min(smooth):
            break
    return s.trimmed(list(rates), smooth, list(raw[: len(smooth)]), POINTS)


def named(found: tuple[s.Suggestion, ...]) -> dict[str, s.Suggestion]:
    return {one.name: one for one in found}


def test_the_steepest_slope_is_where_the_loss_falls() -> None:
    found = longest_fall(bowl(), bowl())
    assert found is not None
    assert LRS[found.steepest] == pytest.approx(1e-3, rel=0.3)
    assert found.start < found.shoulder < found.steepest < found.stop


@pytest.mark.parametrize("noise", [0.02, 0.1, 0.3])
def test_noise_at_the_beginning_is_not_taken_for_a_slope(noise: float) -> None:
    picks = []
    for seed in range(40):
        found = named(s.suggest(searched("falls", noise, seed), freeze=True, frozen_rate=None))
        picks.append(math.log10(found["steepest"].max) if "steepest" in found else math.nan)
    assert np.isfinite(picks).mean() >= 0.95
    assert np.nanmedian(picks) == pytest.approx(-2.9, abs=0.4)
    assert np.mean(np.array(picks) < -5.0) == 0


@pytest.mark.parametrize("kind", ["flat", "rises", "diverges"])
def test_a_curve_that_never_falls_has_no_steepest_slope(kind: str) -> None:
    found = [longest_fall(one.losses, one.raw) for one in (searched(kind, 0.1, seed) for seed in range(40))]
    assert sum(one is not None for one in found) <= 2


def test_a_flat_frozen_curve_says_so_and_keeps_the_edge_alone() -> None:
    curve = searched("flat", 0.02, 3)
    assert named(s.suggest(curve, freeze=True, frozen_rate=None)).keys() == {"shoots_up"}
    assert s.sentence(curve, freeze=True).startswith("The loss hardly falls")
    assert s.sentence(curve, freeze=False) == ""


def test_a_curve_that_does_nothing_gets_a_sentence_and_no_suggestion() -> None:
    level = seen(np.ones_like(LRS))
    for freeze in (True, False):
        assert s.suggest(level, freeze, None) == ()
        assert s.sentence(level, freeze).startswith("The loss never clearly falls")


def test_a_loss_that_shoots_up_from_the_first_points_has_no_edge() -> None:
    assert s.before_shooting_up(LRS, np.geomspace(1, 1000, LRS.size, dtype=np.float32)) is None


def test_the_edge_is_just_before_the_loss_shoots_up() -> None:
    edge = s.before_shooting_up(LRS, bowl(shoots_up_at=5e-2))
    assert edge == pytest.approx(5e-2, rel=0.4)


def test_a_curve_that_never_shoots_up_has_no_edge() -> None:
    assert s.before_shooting_up(LRS, bowl(shoots_up_at=10.0)) is None


@pytest.mark.parametrize("place", [20, 65])
def test_a_wobble_is_no_edge(place: int) -> None:
    losses = bowl(shoots_up_at=1e-1)
    losses[place] += 1.0
    assert s.before_shooting_up(LRS, losses) == pytest.approx(1e-1, rel=0.4)


def test_a_frozen_stage_gets_the_slope_and_a_tenth_of_the_edge() -> None:
    found = s.suggest(seen(bowl()), freeze=True, frozen_rate=None)
    assert [one.name for one in found] == ["steepest", "shoots_up", "valley", "slide", "minimum"]
    assert named(found)["steepest"].max == pytest.approx(1e-3, rel=0.3)
    assert named(found)["shoots_up"].max == pytest.approx(1e-2, rel=0.4)
    assert named(found)["steepest"].min is None


def test_a_thawed_stage_ends_at_a_fifth_or_a_tenth_of_the_frozen_rate() -> None:
    curve = seen(bowl(falls_at=1e-5, shoots_up_at=1e-4))
    found = named(s.suggest(curve, freeze=False, frozen_rate=5e-3))
    assert found["frozen_5"].max == pytest.approx(1e-3)
    assert found["frozen_10"].max == pytest.approx(5e-4)
    assert found["frozen_5"].min == pytest.approx(1e-5, rel=0.4)


def test_a_thawed_stage_that_never_shoots_up_begins_at_the_top_of_its_fall() -> None:
    first = s.suggest(seen(bowl(falls_at=1e-4, shoots_up_at=10.0)), freeze=False, frozen_rate=1e-2)[0]
    assert first.min is not None
    assert 1e-6 < first.min < 1e-4
    assert first.max == pytest.approx(2e-3)


@pytest.mark.parametrize("frozen_rate", [None, 1e-6])
def test_a_thawed_stage_without_a_useful_frozen_rate_gets_a_range_of_ten(frozen_rate: float | None) -> None:
    curve = seen(bowl())
    first = s.suggest(curve, freeze=False, frozen_rate=frozen_rate)[0]
    edge = s.before_shooting_up(curve.lrs, curve.losses)
    assert first.min is not None and edge is not None
    assert first.max == pytest.approx(10 * first.min)
    assert first.max == pytest.approx(edge / 10)


def test_every_range_goes_upwards() -> None:
    for rate in (None, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1):
        for place in s.suggest(seen(bowl(shoots_up_at=3e-3)), freeze=False, frozen_rate=rate):
            assert place.min is None or place.min < place.max


def test_fewer_than_twenty_points_suggest_nothing() -> None:
    values = list(map(float, bowl()[:34]))
    short = s.trimmed(list(LRS[:34]), values, values, POINTS)
    assert short.losses.size == 19
    assert s.suggest(short, True, None) == ()
    assert "19 points" in s.sentence(short, True)


def test_a_curve_is_cut_at_the_first_value_that_is_no_number() -> None:
    smooth: list[float | None] = [1.0] * POINTS
    smooth[60] = None
    assert s.trimmed(list(np.geomspace(1e-7, 10, POINTS)), smooth, smooth, POINTS).losses.size == 50
