"""The charts of a run: growing curves that never lose a spike, and what is drawn of a live run."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from studio.engine import messages as m
from studio.project.curves_export import csv
from studio.ui.charts import losses, metrics, schedule
from studio.ui.charts.axes import WholeAxis
from studio.ui.charts.base import Plot
from studio.ui.charts.confusion import ConfusionMatrix, reduce, words
from studio.ui.charts.legend import Entry, Legend
from studio.ui.charts.pyramid import Pyramid
from studio.ui.charts.run_series import RunSeries, bands, nearest
from studio.ui.pages.train_parts import sample
from studio.ui.pages.train_parts.charts import RunCharts


def pyramid_of(values: list[float], chunk: int = 97) -> Pyramid:
    made = Pyramid()
    for start in range(0, len(values), chunk):
        part = values[start : start + chunk]
        made.append(range(start, start + len(part)), part)
    return made


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-100, 100), min_size=1, max_size=3000),
    st.integers(1, 400),
    st.integers(20, 300),
    st.data(),
)
def test_a_window_of_a_pyramid_keeps_the_extremes(
    values: list[float], chunk: int, columns: int, data: st.DataObject
) -> None:
    made = pyramid_of(values, chunk)
    left = data.draw(st.integers(0, len(values) - 1))
    right = data.draw(st.integers(left, len(values) - 1))
    x, y = made.window(left, right, columns)
    assert np.all(np.diff(x) >= 0)
    assert y.max() >= max(values[left : right + 1])
    assert y.min() <= min(values[left : right + 1])
    assert len(x) <= 4 * columns + 8 * columns + 2


def test_a_smooth_curve_is_sampled_and_keeps_its_end() -> None:
    made = pyramid_of([float(i) for i in range(10_001)])
    x, y = made.samples(0, 10_000, 100)
    assert len(x) <= 102
    assert x.tolist() == y.tolist()
    assert x[-1] == 10_000


def test_few_points_are_given_as_they_are() -> None:
    x, y = pyramid_of([3.0, 1.0, 2.0]).window(0, 2, 100)
    assert x.tolist() == [0, 1, 2]
    assert y.tolist() == [3, 1, 2]


def test_a_missing_value_leaves_a_gap_and_hides_nothing() -> None:
    made = Pyramid()
    made.append(range(4), [1.0, None, 3.0, None])
    _, y = made.window(0, 3, 100)
    assert np.isnan(y).tolist() == [False, True, False, True]
    assert made.extremes(0, 3) == (1.0, 3.0)


def test_cutting_a_pyramid_forgets_what_came_after() -> None:
    made = pyramid_of([float(i % 50) for i in range(5000)])
    made.cut(1000)
    made.append(range(1000, 1010), [500.0] * 10)
    assert len(made) == 1010
    assert made.extremes(0, 2000) == (0.0, 500.0)
    assert made.extremes(0, 990) == (0.0, 49.0)


def test_a_million_points_are_appended_and_reduced_quickly() -> None:
    made = Pyramid()
    start = perf_counter()
    chunk = np.random.default_rng(0).random(1000).tolist()
    for place in range(1000):
        made.append(range(place * 1000, place * 1000 + 1000), chunk)
    grown = perf_counter() - start
    start = perf_counter()
    x, _ = made.window(0, 1_000_000, 1000)
    assert perf_counter() - start < 0.01
    assert len(x) < 20_000
    assert grown < 3.0


def test_the_series_of_a_resumed_run_begins_anew() -> None:
    run = sample.story(200)
    series = RunSeries()
    assert series.take(run)
    assert not series.take(run)
    assert len(series.loss) == 200
    run.apply(
        m.RunStarted(
            run=7, stages=run.plan, metrics=run.metrics, device="cpu", precision="fp32", resumed_step=114
        )
    )
    assert series.take(run)
    assert len(series.loss) == 114


def test_bands_follow_the_plan() -> None:
    found = bands(sample.story(10))
    assert [(b.start, b.stop, b.frozen) for b in found] == [(0, 114, True), (114, 342, False)]


def test_the_height_of_the_loss_axis_ignores_one_wild_batch() -> None:
    low, high = losses.height([1.0, 0.5, 0.3], [1.0] * 99 + [80.0], [0.6])
    assert low == 0.0
    assert 1.0 < high < 3.0
    assert losses.height([], [], []) == (0.0, 1.0)


def test_the_error_rate_is_not_drawn_beside_the_accuracy() -> None:
    rows = metrics.reduce(sample.story(200), "accuracy")
    assert [name for name, _ in rows] == ["accuracy"]
    assert metrics.best((0.5, 0.9, None, 0.9), True) == 1
    assert metrics.best((0.5, 0.9, 0.1), False) == 2
    assert metrics.best((), True) is None


def test_rates_are_drawn_in_decades_and_momentum_over_the_same_height() -> None:
    low, high = schedule.span(1e-2)
    assert low == pytest.approx(-5)
    assert schedule.rate_heights(np.array([1e-2, 0.0]), low).tolist() == pytest.approx([-2, -5])
    placed = schedule.momentum_heights(np.array([0.8, 1.0]), low, high)
    assert placed.tolist() == pytest.approx([low, high])


def test_the_nearest_batch_is_found() -> None:
    assert nearest([0, 10, 20], 14) == 1
    assert nearest([0, 10, 20], 16) == 2
    assert nearest([], 3) is None


def test_values_are_copied_as_a_table() -> None:
    lines = csv(sample.story(40)).splitlines()
    assert lines[0].startswith("batch,training loss,smoothed loss,rate,momentum")
    assert len(lines) == 41
    assert lines[38].count(",") == lines[1].count(",")
    assert lines[38].split(",")[6] != ""
    assert lines[37].split(",")[6] == ""


@pytest.fixture
def charts(qtbot: QtBot) -> RunCharts:
    made = RunCharts()
    made.set_score("accuracy", True)
    made.resize(700, 560)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.show_run(sample.story(302))
    return made


def test_the_three_plots_share_their_batches(charts: RunCharts) -> None:
    whole = charts.losses.span()
    assert whole == pytest.approx((0, 342), rel=0.02)
    charts.losses.zoom_by(0.25)
    assert charts.losses.zoomed
    assert charts.metrics.span() == pytest.approx(charts.losses.span(), rel=0.01)
    assert charts.schedule.span() == pytest.approx(charts.losses.span(), rel=0.01)
    charts.losses.reset_zoom()
    assert charts.schedule.span() == pytest.approx(whole, rel=0.01)


def test_the_cursor_writes_the_values_of_all_plots(charts: RunCharts) -> None:
    run = sample.story(302)
    charts._show_cursor(100.0)
    loss, metric, rate = (legend.entries() for legend in charts._legends)
    assert charts._legends[0].tail() == "batch 101"
    smooth = run.smooth[100]
    assert smooth is not None
    assert loss[0].value == f"{smooth:.3f}"
    assert metric[0].value.endswith("%")
    assert rate[0].value
    charts._show_cursor(None)
    assert charts._legends[0].tail() == ""


def test_zoom_by_keyboard(charts: RunCharts, qtbot: QtBot) -> None:
    charts.losses.setFocus()
    qtbot.keyClicks(charts.losses, "+")
    assert charts.losses.zoomed
    left = charts.losses.span()[0]
    qtbot.keyClick(charts.losses, Qt.Key.Key_Right)
    assert charts.losses.span()[0] > left
    qtbot.keyClicks(charts.losses, "0")
    assert not charts.losses.zoomed


def test_a_double_click_shows_everything_again(charts: RunCharts, qtbot: QtBot) -> None:
    charts.losses.zoom_by(0.3)
    qtbot.mouseDClick(charts.losses.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(300, 100))
    assert not charts.losses.zoomed


def test_values_and_pictures_leave(charts: RunCharts, tmp_path: Path) -> None:
    charts.copy_values()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 303
    assert charts.save(tmp_path / "run.png")
    assert QImage(str(tmp_path / "run.png")).width() == 2 * charts.width()
    assert charts.save(tmp_path / "run.csv")
    assert (tmp_path / "run.csv").read_text().startswith("batch,")
    said: list[str] = []
    charts.told.connect(said.append)
    assert not charts.save(tmp_path / "missing" / "run.csv")
    assert "could not be written" in said[-1]


def test_a_million_batches_are_drawn_within_a_frame_or_two(charts: RunCharts) -> None:
    run = sample.story(20)
    n = 1_000_000
    values = np.random.default_rng(1).random(n).tolist()
    run.plan = tuple(m.StagePlan(0, False, 10, 224, 16, n // 10, None, 1e-3) for _ in range(1))
    average = (np.cumsum(values) / np.arange(1, n + 1)).tolist()
    run.steps, run.losses, run.smooth = list(range(n)), list(values), list(average)
    run.lrs, run.momentums = [1e-3] * n, [0.9] * n
    charts.show_run(run)
    charts.grab()
    times = []
    for step in range(n, n + 4):
        start = perf_counter()
        run.steps.append(step)
        for series in (run.losses, run.smooth, run.lrs, run.momentums):
            series.append(0.5)
        charts.show_run(run)
        charts.grab()
        times.append(perf_counter() - start)
    assert min(times) < 0.25


# -- the confusion matrix

COUNTS = ((50, 2), (6, 53))


def test_words_of_a_cell() -> None:
    view = reduce(("ants", "bees"), COUNTS)
    assert words(view, 1, 0) == "6 bees seen as ants · 10.2 % of 59"
    assert words(view, 0, 0) == "50 ants rightly seen · 96.2 % of 52"
    digits = reduce(("7", "1"), COUNTS)
    assert words(digits, 0, 1).startswith("2 × “7” seen as “1”")


def test_a_class_without_items_has_no_shares() -> None:
    assert reduce(("a", "b"), ((0, 0), (1, 1))).shares == ((0.0, 0.0), (0.5, 0.5))


@pytest.fixture
def matrix(qtbot: QtBot) -> ConfusionMatrix:
    made = ConfusionMatrix()
    made.show_matrix(reduce(("ants", "bees"), COUNTS))
    made.resize(420, 320)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_a_click_chooses_the_cell_under_it(matrix: ConfusionMatrix, qtbot: QtBot) -> None:
    middle: QPointF = matrix.cell_rect(1, 0).center()
    with qtbot.waitSignal(matrix.cellChosen) as heard:
        qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=middle.toPoint())
    assert heard.args == [1, 0]
    assert matrix.chosen() == (1, 0)
    assert matrix.cell_at(QPoint(2, 2)) is None


def test_arrows_walk_over_the_cells(matrix: ConfusionMatrix, qtbot: QtBot) -> None:
    matrix.setFocus()
    qtbot.keyClick(matrix, Qt.Key.Key_Right)
    qtbot.keyClick(matrix, Qt.Key.Key_Right)
    qtbot.keyClick(matrix, Qt.Key.Key_Down)
    with qtbot.waitSignal(matrix.cellChosen) as heard:
        qtbot.keyClick(matrix, Qt.Key.Key_Return)
    assert heard.args == [1, 1]


def test_the_words_follow_the_pointer(matrix: ConfusionMatrix, qtbot: QtBot) -> None:
    said: list[str] = []
    matrix.hovered.connect(said.append)
    qtbot.mouseMove(matrix, matrix.cell_rect(0, 1).center().toPoint())
    qtbot.waitUntil(lambda: bool(said))
    assert said[-1].startswith("2 ants seen as bees")


def test_a_legend_that_is_short_of_room_leaves_out_values_before_names(qtbot: QtBot) -> None:
    legend, entries = Legend("Accuracy"), tuple(Entry("train_loss", f"run {n}", "93.2 %") for n in (2, 3))
    qtbot.addWidget(legend)
    legend.show_entries(entries)

    def width(apart: int, swatch: int, with_values: bool) -> float:
        return sum(legend._measure(entry, swatch, with_values) + apart for entry in entries) - apart

    styles = ((18, 14, True), (10, 8, True), (10, 8, False))
    assert [legend._style(width(*style)) for style in styles] == list(styles)
    assert [legend._style(width(*style) - 1) for style in styles[:2]] == list(styles[1:])


def test_the_figures_of_a_low_schedule_do_not_touch() -> None:
    axis = schedule.DecadeAxis("", "left")
    assert axis.tickValues(-5.0, -1.75, 90.0) == [(1.0, [-2.0, -3.0, -4.0])]
    assert axis.tickValues(-5.0, -1.75, 30.0) == [(1.0, [-2.0, -4.0])]


def test_the_arrow_keys_walk_the_crosshair_of_any_plot(qtbot: QtBot) -> None:
    plot = Plot(readout=lambda x: f"at {x:.0f}")
    qtbot.addWidget(plot)
    plot.show_span(x=(0, 100), y=(0, 1))
    heard: list[float | None] = []
    plot.cursorMoved.connect(heard.append)
    for key in (
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_End,
        Qt.Key.Key_Right,
        Qt.Key.Key_Left,
        Qt.Key.Key_Escape,
    ):
        qtbot.keyClick(plot, key)
    assert [None if x is None else round(x) for x in heard] == [2, 4, 100, 100, 98, None]


@pytest.mark.parametrize(
    ("span", "size", "ticks"),
    [
        ((0.9, 2.1), 200, [1, 2]),
        ((1, 9), 200, [2, 4, 6, 8]),
        ((1, 9), 600, list(range(1, 10))),
        ((0, 300), 200, [0, 100, 200, 300]),
    ],
)
def test_epochs_are_counted_in_whole_numbers(
    span: tuple[float, float], size: float, ticks: list[int]
) -> None:
    [(_, found)] = WholeAxis("epochs", "bottom").tickValues(*span, size)
    assert found == ticks
