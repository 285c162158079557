"""Do I need more data? Parts of the data nest, the law is found again, and what is not known is not said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from studio.engine import curve_runs
from studio.engine import messages as m
from studio.engine.control import Cancelled, Control
from studio.engine.learning_curve import extrapolated, fitted
from studio.engine.session import Session
from studio.errors import UserError
from studio.problems.base import Dataset, Item
from studio.project import Project
from tests.engine.conftest import Told, recipe

Make = Callable[..., Project]


def points(scores: list[float], sizes: tuple[int, ...] = (100, 200, 400, 800)) -> list[m.CurvePoint]:
    """Points of one seed."""
    return [
        m.CurvePoint(n / sizes[-1], n, 0, score, None, 1.0) for n, score in zip(sizes, scores, strict=True)
    ]


def law(n: float) -> float:
    """A score that nears 0.95."""
    return 0.95 - 2.0 * n**-0.5


def test_a_power_law_is_found_again_and_goes_on() -> None:
    sizes = np.array([100.0, 200, 400, 800])
    found = fitted(sizes, np.array([law(n) for n in sizes]), is_up=True, bounded=True)
    assert (found.limit, found.gain, found.power) == pytest.approx((0.95, -2.0, 0.5), rel=1e-6)
    fit, sentence = extrapolated(points([law(n) for n in sizes]), "accuracy", True, 10_000)
    assert fit is not None
    assert fit.doubled == pytest.approx(law(1600), abs=1e-6)
    assert fit.doubled_low < law(1600) < fit.doubled_high
    assert sentence.startswith(
        "Twice the data (1,600 items) should bring accuracy from 87.9 % to about 90.0 % ("
    )


def test_an_error_falls() -> None:
    fit, _ = extrapolated(points([1.0, 0.7, 0.52, 0.41]), "rmse", False, 100)
    assert fit is not None
    assert 0 <= fit.limit < fit.doubled < 0.41


def test_a_score_is_written_as_everywhere_else() -> None:
    _, gained = extrapolated(points([1.0, 0.7, 0.52, 0.41]), "rmse", False, 100)
    assert gained.startswith("Twice the data (1,600 items) should bring RMSE from 0.41 to about 0.")
    _, same = extrapolated(points([0.80, 0.805, 0.80, 0.803]), "accuracy", True, 50)
    assert "accuracy moved from 80.0 % to 80.3 %, no more than chance does (about 2.8 points)" in same


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        ([0.80, 0.805, 0.80, 0.803], "no more than chance"),
        ([0.5, 0.9, 0.55, 0.93], "chance"),
        ([0.9, 0.8, 0.7, 0.6], "no more than chance"),
    ],
)
def test_what_the_points_do_not_say_is_not_said(scores: list[float], reason: str) -> None:
    fit, sentence = extrapolated(points(scores), "accuracy", True, 50)
    assert fit is None
    assert reason in sentence


def test_three_sizes_are_too_few() -> None:
    fit, sentence = extrapolated(points([0.5, 0.6, 0.7], (10, 20, 40)), "accuracy", True, 50)
    assert fit is None and "Too few points" in sentence


def test_a_share_never_passes_one() -> None:
    fit, _ = extrapolated(points([0.7, 0.86, 0.95, 0.99]), "accuracy", True, 1000)
    assert fit is not None
    assert 0.99 < fit.doubled <= fit.doubled_high <= 1.0


def test_parts_nest_and_keep_the_classes_shares() -> None:
    items = tuple(Item(f"{i:03d}", "rare" if i % 8 == 0 else "usual", i % 5 == 4) for i in range(400))
    dataset = Dataset(items, ("rare", "usual"))
    before: set[str] = set()
    for share in curve_runs.SHARES:
        part = curve_runs.subset(dataset, share, 3)
        keys = {item.key for item in part.train()}
        assert before <= keys and part.valid() == dataset.valid()
        assert Counter(i.target for i in part.train())["rare"] / len(keys) == pytest.approx(1 / 8, abs=0.03)
        before = keys
    assert len(before) == len(dataset.train())


def test_a_curve_is_told_point_by_point_goes_on_after_a_cancel_and_leaves_no_run(make: Make) -> None:
    project, control, told = make(recipe(points=200)), Control(), Told()

    def cancel(event: m.Event) -> None:
        if isinstance(event, m.CurvePointDone) and event.point.share == 1 / 4:
            control.cancel()

    told.on = cancel
    with pytest.raises(Cancelled):
        Session(project, told, control).learning_curve()
    assert [e.point.items for e in told.of(m.CurvePointDone)] == [20, 40]
    again = Told()
    found = Session(project, again, Control()).learning_curve()
    assert [p.share for p in again.of(m.CurveStarted)[0].points] == [1 / 8, 1 / 4]
    assert [e.point.items for e in again.of(m.CurvePointDone)] == [80, 160]
    assert [p.items for p in found.points] == [20, 40, 80, 160]
    assert curve_runs.kept(project.folder) == found
    assert not project.runs()
    assert m.decode_event(m.encode(found)) == found


def test_too_little_data_is_said(make: Make) -> None:
    with pytest.raises(UserError, match="needs 64 training items"):
        Session(make(), Told(), Control()).learning_curve()
