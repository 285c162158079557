"""A run as the Train page shows it: the same story from live events and from a file of them."""

from __future__ import annotations

from studio.engine import messages as m
from studio.project.live_run import LiveRun


def plan(epochs: int = 2, batches: int = 5) -> m.StagePlan:
    return m.StagePlan(
        index=0, freeze=True, epochs=epochs, size=64, batch_size=8, batches=batches, lr_min=None, lr_max=1e-2
    )


def started(run: int = 1, resumed_step: int = 0) -> m.RunStarted:
    return m.RunStarted(
        run=run,
        stages=(plan(),),
        metrics=("accuracy",),
        device="cpu",
        precision="fp32",
        resumed_step=resumed_step,
    )


def batches(first: int, losses: tuple[float | None, ...], run: int = 1) -> m.Batches:
    n = len(losses)
    return m.Batches(
        run=run, stage=0, epoch=0, first=first, losses=losses, smooth=losses, lrs=(1e-3,) * n, momentums=(0.9,) * n,
        items_per_second=80.0, seconds_left=12.0,
    )  # fmt: skip


def epoch(step: int) -> m.EpochDone:
    return m.EpochDone(
        run=1,
        stage=0,
        epoch=0,
        step=step,
        train_loss=0.3,
        valid_loss=0.2,
        metrics={"accuracy": 0.9},
        seconds=1.0,
    )


def told(*events: m.Event) -> LiveRun:
    run = LiveRun(1)
    for event in events:
        run.apply(event)
    return run


def test_batches_are_joined_in_order_with_gaps_where_the_loss_was_no_number():
    run = told(started(), batches(0, (1.0, None)), batches(2, (0.5,)))
    assert run.steps == [0, 1, 2]
    assert run.losses == [1.0, None, 0.5]
    assert run.seconds_left == 12.0


def test_events_of_another_run_are_ignored():
    run = told(started(), batches(0, (1.0,), run=2))
    assert run.steps == []


def test_all_batches_of_the_plan_are_counted():
    assert told(started()).total_batches == 10


def test_a_resumed_run_forgets_what_it_trains_again():
    run = told(started(), batches(0, (1.0,) * 7), epoch(5), started(resumed_step=5), batches(5, (0.4,)))
    assert run.steps == [0, 1, 2, 3, 4, 5]
    assert run.losses[-1] == 0.4
    assert [e.step for e in run.epochs] == [5]
    assert run.resumes == [5]


def test_a_run_that_was_killed_before_its_first_checkpoint_begins_anew():
    run = told(started(), batches(0, (1.0,) * 7), epoch(5), started(), batches(0, (0.9, 0.8)))
    assert run.steps == [0, 1] and run.losses == [0.9, 0.8]
    assert run.epochs == [] and run.resumes == []


def test_a_stage_that_is_begun_anew_has_not_begun():
    later = m.StageStarted(run=1, stage=1, step=7)
    run = told(started(), m.StageStarted(run=1, stage=0, step=0), batches(0, (1.0,) * 9), later)
    run.apply(started(resumed_step=5))
    assert run.stage_steps == {0: 0}


def test_a_run_that_ended_and_was_resumed_is_active_again():
    done = m.RunDone(run=1, status="interrupted", metrics={}, seconds=3.0)
    run = told(started(), done)
    assert not run.active and run.state == "interrupted"
    run.apply(started(resumed_step=0))
    assert run.active and run.state == "training"


def test_what_the_run_does_is_told_by_its_state():
    run = told(started(), m.RunState(run=1, state="paused"))
    assert run.state == "paused"
    run.apply(batches(0, (1.0,)))
    assert run.state == "training"
