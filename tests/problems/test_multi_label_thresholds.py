"""Thresholds are the best for their tag, and F-beta is scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import fbeta_score

from studio.problems.multi_label import figures
from studio.problems.multi_label import thresholds as choosing
from studio.problems.multi_label.options import Options


def random_flags(seed: int, items: int, tags: int) -> tuple[choosing.Scores, choosing.Flags]:
    dice = np.random.default_rng(seed)
    true = dice.random((items, tags)) < 0.4
    return np.clip(true * 0.3 + dice.random((items, tags)) * 0.7, 0, 1), true


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 20), st.integers(1, 6), st.sampled_from([0.5, 1.0, 2.0]))
def test_the_score_is_scikit_learns(seed: int, items: int, tags: int, beta: float) -> None:
    scores, true = random_flags(seed, items, tags)
    if tags == 1:
        return  # scikit-learn takes one column for two classes
    said = scores > 0.5
    theirs = fbeta_score(true, said, beta=beta, average="samples", zero_division=1.0)
    assert choosing.by_item(said, true, beta) == pytest.approx(theirs)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([0.5, 1.0, 2.0]))
def test_no_other_threshold_is_better_for_its_tag(seed: int, beta: float) -> None:
    scores, true = random_flags(seed, 40, 3)
    chosen, is_own = choosing.choose(scores, true, beta, 0.3)
    assert all(is_own)
    for tag, threshold in enumerate(chosen):
        values = [
            fbeta_score(true[:, tag], scores[:, tag] >= step, beta=beta, zero_division=1.0)
            for step in (threshold, *choosing.STEPS)
        ]
        assert values[0] == pytest.approx(max(values))


def test_a_tag_with_few_items_keeps_the_usual_threshold() -> None:
    scores, true = random_flags(1, 40, 2)
    true[:, 1] = False
    true[: choosing.LEAST_ITEMS - 1, 1] = True
    chosen, is_own = choosing.choose(scores, true, 2.0, 0.37)
    assert is_own == (True, False)
    assert chosen[1] == 0.37


def test_a_missed_tag_counts_more_with_a_larger_beta() -> None:
    scores, true = random_flags(3, 400, 1)
    timid, bold = (choosing.choose(scores, true, beta, 0.5)[0][0] for beta in (0.5, 3.0))
    assert bold < timid


def test_the_most_common_tags_are_as_many_as_help() -> None:
    true = np.zeros((10, 3), dtype=bool)
    true[:, 0] = True
    true[:6, 1] = True
    true[0, 2] = True
    assert choosing.most_common(true, 2.0) == (0, 1)
    assert choosing.most_common(true[:, [2, 1, 0]], 0.5) == (2,)


def test_thresholds_from_the_other_half_promise_less() -> None:
    dice = np.random.default_rng(0)
    scores, true = dice.random((60, 8)), dice.random((60, 8)) < 0.3
    chosen, _ = choosing.choose(scores, true, 1.0, 0.5)
    seen = choosing.by_item(scores >= chosen, true, 1.0)
    crossed = choosing.crossed(scores, true, 1.0, 0.5)
    assert seen is not None
    assert crossed is not None
    assert crossed < seen


def test_nothing_to_judge_gives_no_score() -> None:
    none = np.zeros((0, 2))
    assert choosing.by_item(none > 0, none > 0, 2.0) is None
    assert choosing.crossed(none, none > 0, 2.0, 0.2) is None
    assert choosing.choose(none, none > 0, 2.0, 0.2)[0] == (0.2, 0.2)


def test_the_table_points_at_an_honest_row() -> None:
    train = np.array([[True, False]] * 8 + [[True, True]] * 2)
    scores = np.array([[0.1, 0.1]] * 10)
    grid = figures.worth(train, scores, train, ("often", "rare"), (0.05, 0.05), Options())
    assert grid.rows[-1][0] == "Always “often”"
    assert grid.rows[0][1] == 0.0
    values = [row[1] or 0.0 for row in grid.rows]
    assert grid.best in (0, 1, 3)
    assert values[grid.best] == max(values[at] for at in (0, 1, 3))
