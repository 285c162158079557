"""The rules on curves whose right answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from studio.engine import suggestions as s

LRS = np.geomspace(1e-6, 1.0, 85, dtype=np.float32)


def bowl(falls_at: float = 1e-3, shoots_up_at: float = 1e-1) -> s.Curve:
    """Flat at 2, falls by one around a rate, shoots up at another."""
    x = np.log10(LRS)
    fall = 1 / (1 + np.exp(-6 * (x - np.log10(falls_at))))
    up = np.where(np.log10(shoots_up_at) < x, 8 * (x - np.log10(shoots_up_at)), 0)
    return (2 - fall + up).astype(np.float32)


def test_the_steepest_slope_is_where_the_loss_falls() -> None:
    assert s.steep(LRS, bowl()) == pytest.approx(1e-3, rel=0.3)


def test_the_edge_is_just_before_the_loss_shoots_up() -> None:
    edge = s.before_shooting_up(LRS, bowl(shoots_up_at=5e-2))
    assert edge == pytest.approx(5e-2, rel=0.4)


def test_a_curve_that_never_shoots_up_has_no_edge() -> None:
    assert s.before_shooting_up(LRS, bowl(shoots_up_at=10.0)) is None


def test_a_wobble_before_the_lowest_point_is_no_edge() -> None:
    losses = bowl(shoots_up_at=1e-1)
    losses[20] += 1.0
    assert s.before_shooting_up(LRS, losses) == pytest.approx(1e-1, rel=0.4)


def test_a_frozen_stage_gets_the_slope_and_a_tenth_of_the_edge() -> None:
    found = {p.name: p for p in s.suggest(LRS, bowl(), freeze=True, frozen_rate=None)}
    assert found["steepest"].max == pytest.approx(1e-3, rel=0.3)
    assert found["shoots_up"].max == pytest.approx(1e-2, rel=0.4)
    assert found["steepest"].min is None


def test_a_thawed_stage_ends_at_a_fifth_or_a_tenth_of_the_frozen_rate() -> None:
    curve = bowl(falls_at=1e-5, shoots_up_at=1e-4)
    found = {p.name: p for p in s.suggest(LRS, curve, freeze=False, frozen_rate=5e-3)}
    assert found["frozen_5"].max == pytest.approx(1e-3)
    assert found["frozen_10"].max == pytest.approx(5e-4)
    assert found["frozen_5"].min == pytest.approx(1e-5, rel=0.4)


@pytest.mark.parametrize("frozen_rate", [None, 1e-6])
def test_a_thawed_stage_without_a_useful_frozen_rate_gets_a_range_of_ten(frozen_rate: float | None) -> None:
    first = s.suggest(LRS, bowl(), freeze=False, frozen_rate=frozen_rate)[0]
    assert first.min is not None
    assert first.max == pytest.approx(10 * first.min)


def test_every_range_goes_upwards() -> None:
    for rate in (None, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1):
        for place in s.suggest(LRS, bowl(shoots_up_at=3e-3), freeze=False, frozen_rate=rate):
            assert place.min is None or place.min < place.max


def test_fewer_than_twenty_points_suggest_nothing() -> None:
    lrs, losses = s.trimmed(list(LRS[:34]), list(map(float, bowl()[:34])), 100)
    assert losses.size == 19
    assert s.suggest(lrs, losses, True, None) == ()
    assert "19 points" in s.too_few(losses)


def test_a_curve_is_cut_at_the_first_value_that_is_no_number() -> None:
    smooth: list[float | None] = [1.0] * 100
    smooth[60] = None
    _, losses = s.trimmed(list(np.geomspace(1e-7, 10, 100)), smooth, 100)
    assert losses.size == 50
