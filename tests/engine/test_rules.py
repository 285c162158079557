"""The small rules: batch sizes, pace, layer groups, jobs."""

from __future__ import annotations

import pytest

from studio.engine import batch_size
from studio.engine.groups import group_names
from studio.engine.jobs import Jobs
from studio.engine.messages import Cancel, Pause, Scan, StagePlan, StopKeep, Train
from studio.engine.pace import Pace, Stopwatch


def everything_fits(size: int) -> bool:
    return True


@pytest.mark.parametrize(
    ("n_train", "chosen"),
    [(100_000, 64), (512, 64), (511, 32), (244, 16), (40, 4), (8, 4), (7, 4), (3, 3), (2, 2)],
)
def test_a_batch_leaves_an_epoch_enough_steps(n_train: int, chosen: int) -> None:
    assert batch_size.choose(n_train, everything_fits).batch_size == chosen


def test_memory_only_lowers_a_batch() -> None:
    small = batch_size.choose(100_000, lambda size: size <= 16)
    assert small.batch_size == 16
    assert "memory" in small.reason


def test_the_smallest_batch_is_tried_even_where_it_may_not_fit() -> None:
    none = batch_size.choose(100_000, lambda size: False)
    assert none.batch_size == 4
    assert not none.fits
    assert "smallest batch" in none.reason


def test_ticks_end_at_the_number_of_items() -> None:
    ticks = batch_size.ticks(20, lambda size: 10.0 * size, 100.0)
    assert [(t.batch_size, t.fits) for t in ticks] == [(4, True), (8, True), (16, False)]


@pytest.mark.parametrize(
    ("count", "names"),
    [(1, ("all layers",)), (2, ("body", "head")), (4, ("layers 1", "layers 2", "layers 3", "head"))],
)
def test_layer_groups_have_names(count: int, names: tuple[str, ...]) -> None:
    assert group_names(count) == names


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def plan(**changes: object) -> StagePlan:
    values = dict(index=0, freeze=True, epochs=2, size=64, batch_size=8, batches=10, lr_min=None, lr_max=1e-3)
    return StagePlan(**{**values, **changes})


def test_the_time_left_counts_the_validations_to_come() -> None:
    clock = Clock()
    pace = Pace([plan()], 0, clock)
    assert pace.seconds_left(0, 0) is None
    for _ in range(10):
        clock.now += 1.0
        pace.batch()
    clock.now += 5.0
    pace.validation()
    assert pace.seconds_left(1, 0) == pytest.approx(10 * 1.0 + 5.0)
    assert pace.items_per_second() == pytest.approx(8.0)


def test_time_that_was_not_spent_training_does_not_count() -> None:
    clock = Clock()
    pace = Pace([plan()], 0, clock)
    clock.now += 1.0
    pace.batch()
    clock.now += 3600.0
    pace.restart()
    clock.now += 1.0
    pace.batch()
    assert pace.items_per_second() == pytest.approx(8.0)


def test_a_later_stage_of_twice_the_size_is_guessed_to_take_longer() -> None:
    clock = Clock()
    later = plan(index=1, freeze=False, size=128)
    pace = Pace([plan(), later], 0, clock)
    clock.now += 1.0
    pace.batch()
    alone = Pace([plan()], 0, Clock())
    alone._batch_s = 1.0
    assert pace.seconds_left(0, 0) > 4 * alone.seconds_left(0, 0)


def test_a_stopwatch_stands_still_during_a_pause() -> None:
    clock = Clock()
    watch = Stopwatch(100.0, clock)
    clock.now += 5.0
    watch.hold()
    clock.now += 1000.0
    watch.go_on()
    clock.now += 2.0
    assert watch.seconds() == pytest.approx(107.0)


def test_jobs_come_in_order_and_know_their_flags() -> None:
    jobs = Jobs()
    jobs.add(Scan(job=1))
    jobs.add(Train(job=2))
    jobs.steer(Cancel(job=2))
    first, control = jobs.take() or pytest.fail("no job")
    assert (first.job, control.cancelled, jobs.is_training) == (1, False, False)
    jobs.done()
    second, control = jobs.take() or pytest.fail("no job")
    assert (second.job, control.cancelled, jobs.is_training) == (2, True, True)


def test_a_control_of_an_old_job_does_not_touch_the_running_one() -> None:
    jobs = Jobs()
    jobs.add(Scan(job=1))
    jobs.take()
    jobs.done()
    jobs.add(Train(job=2))
    _, control = jobs.take() or pytest.fail("no job")
    jobs.steer(StopKeep(job=1))
    assert control.stop is None
    jobs.steer(Pause())
    assert control.paused


def test_closing_ends_the_running_job_and_takes_no_more() -> None:
    jobs = Jobs()
    jobs.add(Train(job=1))
    jobs.add(Scan(job=2))
    _, control = jobs.take() or pytest.fail("no job")
    jobs.close()
    assert control.stop == "leave"
    jobs.done()
    assert jobs.take() is None
