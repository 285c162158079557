"""The finder's curve and the slice, without a window."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.ui.charts.axes import rate_figure
from studio.ui.charts.rate_curve import as_csv, ewma, group_rates, reduce, x_span, y_span
from studio.ui.charts.rate_slice import LEAST, MOST, Choice, Slice, between, next_rate, two_figures


def test_a_loss_that_is_not_finite_leaves_a_gap() -> None:
    curve = reduce((1e-4, 1e-3, 1e-2), (1.0, None, 0.5), (1.0, None, 0.8))
    assert curve.x == pytest.approx([-4, -3, -2])
    assert math.isnan(curve.raw[1])
    assert curve.finite == 2


def test_lists_that_still_grow_may_differ_in_length() -> None:
    assert len(reduce((1e-4, 1e-3), (1.0,), (1.0, 0.9)).x) == 1


def test_an_empty_search_has_a_plot_all_the_same() -> None:
    curve = reduce((), (), ())
    assert x_span([curve], running=True) == (-7, 1)
    assert y_span([curve]) == (0.0, 1.0)


def test_without_smoothing_the_curve_is_the_raw_one() -> None:
    curve = reduce((1e-4, 1e-3), (1.0, 0.5), (1.0, 0.9), smoothing=0.0)
    assert curve.smooth == pytest.approx([1.0, 0.5])


def test_the_mean_starts_without_bias() -> None:
    assert ewma(np.full(5, 2.0), 0.98) == pytest.approx(np.full(5, 2.0))


def test_the_blow_up_at_the_end_does_not_flatten_the_rest() -> None:
    smooth = [1.0, 0.9, 0.5, 0.4, 3.0, 90.0]
    low, high = y_span([reduce([10.0**n for n in range(-6, 0)], smooth, smooth)])
    assert low < 0.4
    assert 1.0 < high < 1.5


@pytest.mark.parametrize(
    ("low", "trainable", "expected"),
    [
        (None, (True, True, True), (1e-4, 1e-4, 1e-3)),
        (1e-5, (True, True, True), (1e-5, 1e-4, 1e-3)),
        (1e-5, (True, True), (1e-5, 1e-3)),
        (1e-5, (True,), (1e-3,)),
        (None, (True,), (1e-3,)),
        (None, (False, False, True), (None, None, 1e-3)),
    ],
)
def test_groups_get_the_rates_that_fastai_gives_them(
    low: float | None, trainable: tuple[bool, ...], expected: tuple[float | None, ...]
) -> None:
    rates = group_rates(1e-3, low, trainable)
    assert [r is None for r in rates] == [e is None for e in expected]
    assert [r for r in rates if r] == pytest.approx([e for e in expected if e])


def test_a_table_has_one_line_for_each_point() -> None:
    text = as_csv(reduce((1e-4, 1e-3), (1.25, None), (1.25, None)))
    assert text == "learning_rate,loss,smooth_loss\n0.0001,1.25,1.25\n0.001,,\n"


@pytest.mark.parametrize(
    ("value", "words"),
    [(1.6e-5, "1.6e-5"), (1e-2, "1e-2"), (0.1, "1e-1"), (0.5, "5e-1"), (1.0, "1"), (7.94e-4, "7.9e-4")],
)
def test_rates_read_the_way_they_are_typed(value: float, words: str) -> None:
    assert rate_figure(value) == words


# -- the slice
def test_the_first_click_sets_one_rate_and_the_second_makes_a_slice() -> None:
    choice = Choice()
    choice.click(1e-3)
    assert choice.slice == Slice(1e-3)
    choice.click(1e-5)
    assert choice.slice == Slice(1e-3, 1e-5)
    choice.click(2e-4)
    assert choice.slice == Slice(2e-4)


def test_shift_and_a_click_keep_the_other_handle() -> None:
    choice = Choice()
    choice.put(Slice(5e-3))
    choice.click(5e-5, extend=True)
    assert choice.slice == Slice(5e-3, 5e-5)


def test_a_click_on_a_slice_nobody_clicked_starts_with_one_handle() -> None:
    choice = Choice()
    choice.put(Slice(1e-3, 1e-5))
    choice.click(3e-4)
    assert choice.slice == Slice(3e-4)


def test_handles_that_cross_change_places() -> None:
    moved, handle = Slice(1e-3, 1e-5).with_handle("low", 1e-2)
    assert moved == Slice(1e-2, 1e-3)
    assert handle == "high"


def test_undo_and_redo_walk_through_the_choices() -> None:
    choice = Choice()
    choice.click(1e-3)
    choice.click(1e-5)
    assert choice.undo() and choice.slice == Slice(1e-3)
    assert choice.redo() and choice.slice == Slice(1e-3, 1e-5)
    assert choice.undo() and choice.undo()
    assert choice.slice is None
    assert not choice.undo()


def test_ten_steps_are_a_decade_and_fine_ones_move_the_second_figure() -> None:
    assert next_rate(1e-3, 1) == 1.3e-3
    assert next_rate(1e-3, 10) == 1e-2
    assert next_rate(1.6e-4, 1, fine=True) == 1.7e-4
    assert next_rate(1e-3, -1, fine=True) == 9.9e-4
    assert next_rate(9.9e-4, 1, fine=True) == 1e-3


rates = st.floats(min_value=1e-8, max_value=10.0)


@given(rates, st.integers(1, 5), st.booleans())
def test_a_step_up_is_higher_and_a_step_down_is_lower(rate: float, steps: int, fine: bool) -> None:
    rate = two_figures(rate)
    assert next_rate(rate, steps, fine) > rate
    assert next_rate(rate, -steps, fine) < rate


@given(st.floats(min_value=1e-12, max_value=1e4), st.floats(min_value=1e-12, max_value=1e4))
def test_a_slice_is_always_in_order_and_within_bounds(first: float, second: float) -> None:
    made = between(first, second)
    assert LEAST <= made.high <= MOST
    assert made.low is None or LEAST <= made.low < made.high
