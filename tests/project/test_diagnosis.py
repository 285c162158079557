"""The diagnosis: each rule on a curve that shows it, and on one that does not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from studio.engine import messages as m
from studio.problems import PROBLEMS, problem_named
from studio.project.curve_rules import Diagnosis
from studio.project.diagnosis import diagnose, findings
from studio.project.judge import Judge
from studio.project.live_run import LiveRun
from studio.project.remedies import remedies
from studio.recipe.edit import with_values
from studio.recipe.schema import Data, Rate, Recipe, Stage, Training

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


def accuracy(items: int = 200, **classes: int) -> Judge:
    """Judged by accuracy on so many items."""
    return Judge("accuracy", True, items, is_share=True, words=lambda v: f"{100 * v:.1f} %", classes=classes)


def kind(run: LiveRun, items: int = 200) -> str:
    found = diagnose(run, accuracy(items))
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
    assert "Lower the rate" in found.sentence


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
    found = diagnose(run_of(falling(80), worse), accuracy(500))
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
    found = diagnose(run_of(falling(60), epochs), accuracy())
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


def told(run: LiveRun, judge: Judge | None = None) -> list[str]:
    return [found.kind for found in findings(run, judge or accuracy())]


def test_a_score_that_stands_still_is_a_plateau_and_one_that_moves_is_not() -> None:
    still = [(0.5, 0.5, 0.80), (0.3, 0.35, 0.92), *[(0.3, 0.345, 0.93)] * 4]
    assert "plateau" in told(run_of(falling(120), still))
    moving = [(0.5, 0.5, 0.60 + 0.06 * n) for n in range(6)]
    assert "plateau" not in told(run_of(falling(120), moving))


def test_a_score_that_jumps_on_few_items_is_unstable_and_on_many_is_not() -> None:
    jumps = [(0.3, 0.4, score) for score in (0.6, 0.8, 0.55, 0.85, 0.6, 0.8)]
    found = next(one for one in findings(run_of(falling(120), jumps), accuracy(20)) if one.kind == "unstable")
    assert "only 20 items" in found.sentence
    assert "unstable" not in told(run_of(falling(120), jumps), accuracy(2000))
    rising = [(0.3, 0.4, 0.6 + 0.05 * n) for n in range(6)]
    assert "unstable" not in told(run_of(falling(120), rising), accuracy(20))


def test_a_class_that_drowns_the_others_is_named_where_the_model_only_answers_it() -> None:
    epochs = [(0.4, 0.4, 0.90), (0.35, 0.38, 0.91)]
    run = run_of(falling(40), epochs)
    found = next(
        one for one in findings(run, accuracy(200, fine=1000, cracked=90)) if one.kind == "unbalanced"
    )
    assert "“fine”" in found.sentence and "“cracked”" in found.sentence
    assert "unbalanced" not in told(run, accuracy(200, fine=500, cracked=400))
    good = run_of(falling(40), [(0.4, 0.4, 0.95), (0.2, 0.22, 0.99)])
    assert "unbalanced" not in told(good, accuracy(200, fine=1000, cracked=90))


def test_a_steady_rate_has_no_bump_to_excuse() -> None:
    run = run_of(falling(15, 1.0, 1.2), total=10)
    run.plan = tuple(m.StagePlan(0, True, 10, 224, 16, BATCHES, None, 1e-3, "constant") for _ in range(1))
    assert kind(run) != "rising-at-first"


def test_every_warning_says_why_and_shows_where() -> None:
    worse = [(0.5, 0.5, 0.80), (0.3, 0.4, 0.93), (0.2, 0.5, 0.86), (0.1, 0.6, 0.84)]
    found = diagnose(run_of(falling(80), worse), accuracy(500))
    assert found is not None and found.reason
    assert found.evidence is not None
    assert (found.evidence.plot, found.evidence.start, found.evidence.stop) == ("metric", 40.0, 80.0)


def test_praise_comes_only_where_nothing_is_wrong() -> None:
    well = [(0.5, 0.5, 0.8), (0.3, 0.35, 0.9), (0.2, 0.25, 0.95)]
    assert told(run_of(falling(60), well)) == ["fitting-well"]


def fixes(kind: str, **changes: object) -> dict[str, dict[str, object]]:
    recipe = Recipe(
        problem="image_classification",
        name="ants",
        data=Data(root="x"),
        training=Training(
            stages=(
                Stage(freeze=True, epochs=3, size=224, lr=Rate(max=1e-2)),
                Stage(freeze=False, epochs=6, size=224, lr=Rate(min=1e-5, max=1e-3)),
            )
        ),
        options=dict(changes),
    )
    problem = problem_named("image_classification")
    found = remedies(Diagnosis(kind, "warning", "", "", ""), recipe, problem)
    for fix in found:  # every edit can be made
        assert with_values(recipe, problem, fix.values) != recipe
    return {fix.label: fix.values for fix in found}


def test_each_remedy_edits_the_recipe_the_right_way() -> None:
    assert fixes("rate-too-high") == {"Rate ten times lower": {"lr": "0.001,1e-06:0.0001"}}
    assert fixes("rate-too-low")["Rate ten times higher"]["lr"] == "0.1,0.0001:0.01"
    assert fixes("nan")["Rate ten times lower, 32 bit"]["precision"] == "fp32"
    over = fixes("over-fitting")
    assert over["Keep the best epoch"] == {"keep_best": True}
    assert over["Augmentation strong"] == {"augment": "strong"}
    assert over["Train 4 epochs at last"] == {"epochs": "3,4"}
    under = fixes("under-fitting")
    assert under["3 more epochs"] == {"epochs": "3,9"}
    assert under["Augmentation light"] == {"augment": "light"}
    assert fixes("plateau")["Last stage at 320 px"] == {"size": "224,320"}
    assert fixes("unstable") == {"Keep 30 % for validation": {"valid_pct": 0.3}}
    assert fixes("unbalanced") == {"Weigh the classes": {"class_weights": "balanced"}}
    assert fixes("fitting-well") == {}


KINDS = (
    "nan",
    "rate-too-high",
    "rate-too-low",
    "over-fitting",
    "under-fitting",
    "plateau",
    "unstable",
    "unbalanced",
)


@pytest.mark.parametrize("name", [problem.name for problem in PROBLEMS])
@pytest.mark.parametrize("kind", KINDS)
def test_the_edits_can_be_made_in_every_problem_type(name: str, kind: str) -> None:
    problem = problem_named(name)
    recipe = Recipe(
        problem=name,
        name=name,
        data=Data(root="x"),
        training=Training(stages=problem.stages(problem.options())),
    )
    found = remedies(Diagnosis(kind, "warning", "", "", ""), recipe, problem)
    assert found or kind in ("unbalanced", "plateau")
    for fix in found:
        assert with_values(recipe, problem, fix.values) != recipe


def test_a_remedy_that_would_change_nothing_is_not_offered() -> None:
    assert "Augmentation strong" not in fixes("over-fitting", augment="strong")
    assert not any(label.startswith("Augmentation") for label in fixes("under-fitting", augment="none"))
