"""The gauge on a card that is not there: it picks what fits, refuses what does not, and a run survives the rest."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.memory.device_room import CONTEXT_MIB, GPU_SHARE
from studio.engine.session import Session
from studio.hardware import reading
from studio.project import Project
from tests.engine.conftest import Told, recipe, with_stages
from tests.engine.process import Engine
from tests.engine.simulated_card import Card, insert

POINTS, ECHOES = 800, 1000
GAP_MIB = 0.02
"""What a fit holds besides its steps: running averages, the metric, the random state."""


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Card:
    """A card of 8 GiB, of which another program holds half."""
    made = Card(8192.0, 4096.0)
    insert(made, monkeypatch)
    return made


def with_room_for(card: Card, session: Session, batch_size: int) -> float:
    """Let other programs leave as much as a batch of that size takes; returns that."""
    session.estimate()
    most = max(cost.mib(batch_size) for cost in session._planner._costs.values())
    card.others_mib = card.total_mib - (most + GAP_MIB + CONTEXT_MIB) / GPU_SHARE
    return most


def automatic(make: Callable[..., Project], told: Told) -> Session:
    return Session(
        make(with_stages(recipe(points=POINTS, echoes=ECHOES), batch_size="auto")), told, Control()
    )


def test_the_gauge_reads_it(card: Card) -> None:
    found = reading([os.getpid()])
    assert (found.kind, found.total_mib, found.others_mib, found.free_mib) == ("gpu", 8192, 4096, 4096)


def test_the_largest_batch_that_fits_is_picked_and_trains(
    card: Card, make: Callable[..., Project], told: Told
) -> None:
    session = automatic(make, told)
    with_room_for(card, session, 20)
    assert [stage.chosen for stage in session.estimate().stages][1] == 20
    assert session.train().status == "finished"
    assert not told.of(m.Halved)
    assert card.ours_mib == 0


def test_where_nothing_fits_it_is_said_with_figures(
    card: Card, make: Callable[..., Project], told: Told
) -> None:
    session = automatic(make, told)
    with_room_for(card, session, 1)
    stage = session.estimate().stages[1]
    assert not stage.fits
    assert [tick.fits for tick in stage.ticks] == [False] * len(stage.ticks)
    assert "more than there is room for" in stage.ticks[0].means


def test_a_batch_set_by_hand_that_is_too_large_is_survived(
    card: Card, make: Callable[..., Project], told: Told
) -> None:
    session = automatic(make, told)
    with_room_for(card, session, 20)
    by_hand = Session(
        make(with_stages(recipe(points=POINTS, echoes=ECHOES), batch_size=64), "hand.thaw"), told, Control()
    )
    assert by_hand.train().status == "finished"
    halved = told.of(m.Halved)
    assert [(one.stage, one.batch_size, one.accumulate) for one in halved][-1] == (1, 16, 4)
    last = told.of(m.RunStarted)[-1].stages[1]
    assert (last.batch_size, last.accumulate) == (64, 4)


def test_another_program_that_takes_memory_meanwhile_is_survived(
    card: Card, make: Callable[..., Project], told: Told
) -> None:
    session = automatic(make, told)
    most = with_room_for(card, session, 64)

    def take_more(event: m.Event) -> None:
        if isinstance(event, m.StageStarted) and event.stage == 1:
            told.on = None
            card.others_mib += 0.4 * most

    told.on = take_more
    assert session.train().status == "finished"
    halved = told.of(m.Halved)
    assert halved
    assert halved[0].stage == 1
    steps = {(e.stage, e.epoch): e.step for e in told.of(m.EpochDone)}
    batches = POINTS * 4 // 5 // 64
    assert steps == {(0, 0): batches, (0, 1): 2 * batches, (1, 0): 3 * batches, (1, 1): 4 * batches}


def test_engines_that_run_out_hand_the_run_on_to_fresh_ones(
    card: Card, make: Callable[..., Project], told: Told
) -> None:
    """What the window does: whenever an engine says that memory ran out, a new process resumes the run."""
    with_room_for(card, automatic(make, told), 40)
    project = make(with_stages(recipe(points=POINTS, echoes=ECHOES), batch_size=64), "hand.thaw")
    halved: list[m.Halved] = []
    for resume in (None, 1, 1):
        engine = Engine(str(card.total_mib), str(card.others_mib), module="tests.engine.simulated_card")
        engine.send(m.Open(job=1, project=str(project.folder)), m.Train(job=2, resume=resume))
        engine.until(m.Done, lambda event: event.job == 2)
        halved += [event for event in engine.events if isinstance(event, m.Halved)]
        ended = [event.status for event in engine.events if isinstance(event, m.RunDone)]
        engine.close()
        if ended:
            break
    assert ended == ["finished"]
    assert [(one.stage, one.batch_size, one.accumulate) for one in halved] == [(0, 32, 2), (1, 32, 2)]
