"""How scores and targets are written, and what a score is worth: shares, errors in a unit, tags, numbers."""

from __future__ import annotations

from typing import Any

import pytest

from studio.engine import messages as m
from studio.problems import problem_named
from studio.project.judge import Judge
from studio.project.live_run import LiveRun
from studio.project.results import ItemResult, Results
from studio.project.scores import (
    is_share,
    metric_heading,
    metric_title,
    run_score_words,
    same_measure,
    score_words,
)
from studio.ui.charts.metrics import reduce
from studio.ui.grid import item_words
from studio.ui.pages.results_parts.sample import record
from studio.ui.pages.results_parts.score_words import compare, counted
from studio.ui.samples.pairs import pairs
from studio.ui.targets import agrees, answer_words, is_amount, names_of, seen_words, target_words


@pytest.mark.parametrize(
    ("name", "value", "unit", "words"),
    [
        ("accuracy", 0.937, "", "93.7 %"),
        ("error_rate", 0.063, "bikes", "6.3 %"),
        ("fbeta_score", 0.8874, "", "88.7 %"),
        ("iou_sky", 0.5, "", "50.0 %"),
        ("rmse", 0.52, "", "0.52"),
        ("rmse", 52.604, "bikes", "52.6 bikes"),
        ("mae", 12_480.3, "€", "12,480 €"),
        ("r2", 0.9163, "bikes", "0.9163"),
        ("mse", 0.8312, "stars", "0.8312"),
        ("perplexity", 61.32, "", "61.32"),
        ("valid_loss", 0.214, "", "0.214"),
        ("accuracy", 12.0, "", "12"),
        ("accuracy", 0.9996, "", "99.9 %"),
        ("accuracy", 1.0, "", "100 %"),
        ("error_rate", 0.0004, "", "0.1 %"),
        ("rmse", None, "bikes", "none"),
        ("valid_loss", 0.00003, "", "3e-05"),
        ("f1_macro", 0.7784, "", "77.8 %"),
        ("matthews_corrcoef", 0.5654, "", "0.5654"),
        ("max_error", 3.817, "stars", "3.817 stars"),
        ("mape", 1.7, "", "1.7"),
    ],
)
def test_a_score_is_written_by_what_it_is(name: str, value: float | None, unit: str, words: str) -> None:
    assert score_words(name, value, unit) == words


def test_metrics_have_names_for_people() -> None:
    assert metric_title("error_rate") == "error rate"
    assert metric_title("rmse") == "RMSE"
    assert metric_title("mean_iou") == "mean IoU"
    assert metric_heading("valid_loss") == "Validation loss"
    assert metric_heading("r2") == "R²"


def test_a_run_is_written_by_the_metric_that_judged_it() -> None:
    tabular = problem_named("tabular")
    assert run_score_words(tabular, record(1, 0.852)) == "85.2 %"
    assert run_score_words(tabular, record(1, 52.6, metrics={"rmse": 52.6})) == "52.6"
    assert run_score_words(tabular, record(1, None)) == ""


def test_only_metrics_of_one_measure_share_an_axis() -> None:
    assert same_measure("accuracy", "dice")
    assert same_measure("rmse", "mae")
    assert not same_measure("rmse", "r2")
    assert not same_measure("accuracy", "perplexity")
    assert same_measure("accuracy", "matthews_corrcoef")
    assert not same_measure("accuracy", "log_loss")
    run = LiveRun(1)
    for at in range(3):
        metrics: dict[str, float | None] = {"r2": 0.9, "rmse": 60.0 - at, "mae": 40.0 - at}
        run.epochs.append(
            m.EpochDone(
                run=1,
                stage=0,
                epoch=at,
                step=at,
                train_loss=0.5,
                valid_loss=0.4,
                metrics=metrics,
                seconds=1.0,
            )
        )
    assert [name for name, _ in reduce(run, "rmse")] == ["rmse", "mae"]
    assert reduce(LiveRun(1), "rmse") == []


def test_an_rmse_below_one_has_no_binomial_noise() -> None:
    assert Judge("rmse", False, 400).noise(0.5) == pytest.approx(0.005)
    assert Judge("accuracy", True, 400, is_share=True).noise(0.5) == pytest.approx(0.025)
    assert not is_share("rmse", 0.5)


def made(*items: tuple[Any, Any]) -> Results:
    found = tuple(ItemResult(str(n), True, t, p, 0.1) for n, (t, p) in enumerate(items))
    return Results("x", (), {}, found)


def test_a_score_is_a_share_of_items_only_where_counting_them_says_so() -> None:
    classes = made(("a", "a"), ("a", "b"), ("b", "b"), ("b", "b"))
    assert counted(classes, 0.75) == 4
    assert counted(classes, 0.25) == 4  # the error rate
    assert counted(classes, 0.6) == 0  # a share of something else, pixels perhaps
    assert counted(made((1.0, 1.0), (2.0, 2.0)), 1.0) == 0
    assert counted(made((("a", "b"), ("a",)), (("b",), ("b",))), 0.93) == 0
    assert counted(made(), 0.5) == 0


def test_runs_by_an_error_have_a_plain_difference() -> None:
    found = compare(record(6, 54.94), record(7, 52.604), 0, up=False, name="rmse", unit="bikes")
    assert found is not None
    assert found.headline == "Run 6: 54.94 bikes → run 7: 52.6 bikes"
    assert found.sentence == "Better by 2.336 bikes. Lower is better."
    assert found.tone == "good"
    worse = compare(record(6, 0.83), record(7, 0.86), 0, up=False, name="mse")
    assert worse is not None
    assert (worse.sentence, worse.tone) == ("Worse by 0.03. Lower is better.", "warning")
    same = compare(record(6, 0.83), record(7, 0.83), 0, up=False, name="mse")
    assert same is not None
    assert same.sentence == "The same score."
    share = compare(record(6, 0.871), record(7, 0.887), 0, up=True, name="fbeta_score")
    assert share is not None
    assert share.sentence == "Better by 1.6 points."


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("ant", "ant"),
        (None, "none"),
        (("clear", "haze"), "clear, haze"),
        ([], "none"),
        (12.3456, "12.35"),
        (1234.5, "1,234"),
        (3, "3"),
        (((1.0, 2.0), None, (3.0, 4.0)), "2 points"),
        ({"cells": 3.0, "area": 0.25}, "cells 3, area 0.25"),
        (True, "yes"),
    ],
)
def test_targets_of_any_plain_kind_have_words(target: Any, words: str) -> None:
    assert target_words(target) == words


def test_what_the_model_saw_is_said_by_the_kind_of_target() -> None:
    assert seen_words("ant", "bee") == "seen as bee"
    assert seen_words("ant", "ant") == "rightly seen"
    assert seen_words(120.0, 98.3) == "predicted 98.3"
    assert seen_words(("clear", "road"), ("haze", "clear")) == "missed road, added haze"
    assert seen_words(("a", "b"), ["b", "a"]) == "rightly seen"
    assert seen_words(None, None) == ""
    assert answer_words("bee", "ant", 0.93) == "bee, taken for ant · 93.0 %"
    assert answer_words(120.0, 98.3, None) == "120, predicted 98.3"


def test_tags_agree_in_any_order_and_nothing_agrees_with_nothing() -> None:
    assert agrees(("a", "b"), ["b", "a"])
    assert not agrees(("a",), ("a", "b"))
    assert not item_words.agrees(ItemResult("masks/7.png", True, None, None, 0.4))
    assert item_words.title(ItemResult("masks/7.png", True, None, None, 0.4)) == "7.png"
    assert item_words.title(ItemResult("7", True, 120.0, 98.3, 0.4)) == "120, predicted 98.3"
    assert names_of(("a", "b")) == ("a", "b")
    assert is_amount([1.0, 2.0]) and not is_amount(["a"]) and not is_amount(True)


def test_a_row_is_read_by_names_and_values() -> None:
    assert pairs("age: 39, occupation: Adm-clerical") == (("age", "39"), ("occupation", "Adm-clerical"))
    assert pairs("genre: Drama, Sci-Fi, year: 1997") == (("genre", "Drama, Sci-Fi"), ("year", "1997"))
    assert pairs("age 39, …") == (("age", "39"), ("", "…"))
    assert pairs("user: 196, item: Boot, Das (1981)")[1] == ("item", "Boot, Das (1981)")
    assert pairs("") == ()
