"""The diagnosis: each rule on a curve that shows it, and on one that does not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from studio.engine import messages as m
from studio.ui.diagnosis import Judge, diagnose
from studio.ui.live_run import LiveRun

BATCHES = 20


def run_of(
    smooth: Sequence[float | None],
    epochs: Sequence[tuple[float | None, float | None, float]] = (),
    done: bool = False,
    stages: int = 1,
    total: int = 10,
) -> LiveRun:
    """A run with these smoothed losses and (training loss, validation loss, accuracy) of each epoch."""
    run = LiveRun(1)
    plan = tuple(m.StagePlan(i, i == 0, total, 224, 16, BATCHES, None, 1e-3) for i in range(stages))
    run.apply(m.RunStarted(run=1, stages=plan, metrics=("accuracy",), device="cpu", precision="fp32"))
    run.apply(m.StageStarted(run=1, stage=0, step=0))
    n = len(smooth)
    run.apply(
        m.Batches(
            run=1, stage=0, epoch=0, first=0, losses=tuple(smooth), smooth=tuple(smooth), lrs=(1e-3,) * n,
            momentums=(0.9,) * n, items_per_second=10.0, seconds_left=5.0,
        )
    )  # fmt: skip
    for number, (train, valid, accuracy) in enumerate(epochs):
        step = (number + 1) * BATCHES
        run.apply(
            m.EpochDone(
                run=1, stage=0, epoch=number, step=step, train_loss=train, valid_loss=valid,
                metrics={"accuracy": accuracy}, seconds=2.0,
            )
        )  # fmt: skip
    if done:
        run.apply(m.RunDone(run=1, status="finished", metrics={}, seconds=9.0))
    return run


def falling(count: int, start: float = 1.0, stop: float = 0.2) -> list[float]:
    return [start + (stop - start) * i / (count - 1) for i in range(count)]


def kind(run: LiveRun, items: int = 200) -> str:
    found = diagnose(run, Judge("accuracy", True, items))
    return found.kind if found is not None else ""


def test_says_nothing_before_there_is_anything_to_say() -> None:
    assert kind(LiveRun(1)) == ""
    assert kind(run_of(falling(5))) == ""


def test_a_loss_that_is_no_number_is_told_with_its_batch_and_a_remedy() -> None:
    found = diagnose(run_of([*falling(12), None, None]))
    assert found is not None
    assert found.kind == "nan"
    assert found.tone == "error"
    assert "since batch 13" in found.sentence
    assert "lower the rate" in found.sentence


def test_a_loss_that_blows_up_means_the_rate_is_too_high() -> None:
    assert kind(run_of([*falling(30), *falling(30, 0.3, 2.5)])) == "rate-too-high"
    assert kind(run_of(falling(60))) != "rate-too-high"


def test_a_bump_while_the_rate_climbs_is_normal() -> None:
    early = run_of(falling(15, 1.0, 1.2), total=10)
    assert kind(early) == "rising-at-first"
    late = run_of([*falling(100), *falling(60, 0.2, 0.3)], total=10)
    assert kind(late) != "rising-at-first"


def test_over_fitting_needs_a_metric_that_worsens() -> None:
    worse = [(0.5, 0.5, 0.80), (0.3, 0.4, 0.93), (0.2, 0.5, 0.86), (0.1, 0.6, 0.84)]
    found = diagnose(run_of(falling(80), worse), Judge("accuracy", True, 500))
    assert found is not None
    assert found.kind == "over-fitting"
    assert "93.0 %" in found.sentence and "84.0 %" in found.sentence


def test_a_rising_validation_loss_alone_is_not_over_fitting() -> None:
    only_loss = [(0.5, 0.5, 0.80), (0.3, 0.4, 0.93), (0.2, 0.5, 0.93), (0.1, 0.6, 0.935)]
    assert kind(run_of(falling(80), only_loss)) == "loss-only"


def test_a_fall_within_the_noise_of_few_items_is_not_over_fitting() -> None:
    slight = [(0.5, 0.5, 0.80), (0.3, 0.4, 0.93), (0.2, 0.5, 0.91), (0.1, 0.6, 0.915)]
    assert kind(run_of(falling(80), slight), items=40) != "over-fitting"
    assert kind(run_of(falling(80), slight), items=20_000) == "over-fitting"


def test_a_training_loss_above_the_validation_loss_is_under_fitting() -> None:
    epochs = [(0.9, 0.6, 0.7), (0.7, 0.5, 0.8)]
    early = diagnose(run_of(falling(40), epochs))
    late = diagnose(run_of(falling(40), epochs, done=True))
    assert early is not None and late is not None
    assert early.kind == late.kind == "under-fitting"
    assert (early.tone, late.tone) == ("dim", "warning")
    assert "early to judge" in early.sentence
    assert "dropout" in late.sentence


def test_a_loss_that_does_not_move_means_the_rate_is_too_low() -> None:
    flat = run_of([0.69] * 40, [(0.69, 0.69, 0.5), (0.69, 0.69, 0.5)])
    assert kind(flat) == "rate-too-low"


@pytest.mark.parametrize(("train", "words"), [(0.18, "passed below"), (0.2299, "level with")])
def test_a_good_run_is_said_to_fit_well(train: float, words: str) -> None:
    epochs = [(0.9, 0.6, 0.7), (0.4, 0.35, 0.88), (train, 0.23, 0.935)]
    found = diagnose(run_of(falling(60), epochs))
    assert found is not None
    assert found.kind == "fitting-well"
    assert words in found.sentence
    assert "still improves at 93.5 %" in found.sentence


def test_a_score_where_less_is_better_is_judged_the_other_way_round() -> None:
    judge = Judge("error", up=False)
    assert judge.best([0.4, 0.1, 0.3]) == 0.1
    assert judge.loss_of(0.1, 0.3) == pytest.approx(0.2)


def test_a_long_run_costs_no_more_than_a_short_one() -> None:
    from time import perf_counter

    run = run_of(falling(400_000), [(0.4, 0.5, 0.9), (0.3, 0.4, 0.92)], total=20_000)
    start = perf_counter()
    diagnose(run)
    assert perf_counter() - start < 0.05


def test_the_noisy_first_averages_of_a_new_stage_are_no_alarm() -> None:
    run = run_of(falling(20, 1.2, 0.5), stages=2)
    run.apply(m.StageStarted(run=1, stage=1, step=20))
    smooth = (0.05, 0.08, 0.2, 0.36, 0.37, 0.38, 0.36, 0.31, 0.29, 0.31, 0.37)
    n = len(smooth)
    run.apply(
        m.Batches(
            run=1, stage=1, epoch=0, first=20, losses=smooth, smooth=smooth, lrs=(1e-4,) * n,
            momentums=(0.9,) * n, items_per_second=10.0, seconds_left=5.0,
        )
    )  # fmt: skip
    assert kind(run) != "rate-too-high"
