"""Running out of memory is survived with smaller parts; a plan in parts trains as the whole batch does."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from fastai.callback.core import Callback
from fastai.learner import Learner

from studio.engine import building, failures, survival
from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.memory import proving
from studio.engine.session import Session
from studio.engine.survival import Smaller
from studio.errors import UserError
from studio.project import Project
from studio.recipe.schema import Stage
from tests.engine.conftest import Told, recipe, with_stages


class Capped(Callback):
    """A device that holds no more than `most` training items at once, from the given batch on."""

    order = 1000

    def __init__(self, most: int, error: type[Exception], first: int = 0) -> None:
        super().__init__()
        self.most, self.error, self.first = most, error, first

    def after_pred(self) -> None:
        if self.training and len(self.yb[0]) > self.most and self.learn.train_iter >= self.first:
            raise self.error("out of memory")


@pytest.fixture
def capped(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Caps every learner that is built from now on."""
    build = building.learner_for

    def cap(most: int, error: type[Exception] = torch.OutOfMemoryError, first: int = 0) -> None:
        def built(*args: Any) -> Any:
            learner = build(*args)
            learner.add_cb(Capped(most, error, first))
            return learner

        monkeypatch.setattr(building, "learner_for", built)

    yield cap


@pytest.mark.parametrize("error", [torch.OutOfMemoryError, MemoryError])
def test_a_run_that_runs_out_goes_on_with_smaller_parts_to_its_end(
    error: type[Exception], capped: Callable[..., None], make: Callable[..., Project], told: Told
) -> None:
    capped(4, error, first=8)
    project = make(recipe())
    done = Session(project, told, Control()).train()
    assert done.status == "finished"
    halved = told.of(m.Halved)
    assert [(h.stage, h.step, h.batch_size, h.accumulate) for h in halved] == [
        (0, 6, 4, 2),
        (1, 18, 4, 2),
    ]
    assert told.of(m.RunStarted)[-1].stages[0].accumulate == 2
    epochs = {(e.stage, e.epoch): e.step for e in project.run(1).events() if isinstance(e, m.EpochDone)}
    assert epochs == {(0, 0): 6, (0, 1): 12, (1, 0): 18, (1, 1): 24}
    assert [e.stage for e in project.run(1).events() if isinstance(e, m.StageMemory)] == [0, 1]


def test_at_the_very_first_batch_it_starts_again(
    capped: Callable[..., None], make: Callable[..., Project], told: Told
) -> None:
    capped(4)
    assert Session(make(recipe()), told, Control()).train().status == "finished"
    assert [h.step for h in told.of(m.Halved)] == [0, 12]


def test_after_three_times_it_says_so_in_plain_words(
    capped: Callable[..., None], make: Callable[..., Project], told: Told
) -> None:
    capped(0)
    project = make(with_stages(recipe(points=400), batch_size=64))
    with pytest.raises(UserError, match=r"8 items at once\. It was halved 3 times") as caught:
        Session(project, told, Control()).train()
    assert "smaller" in caught.value.hint
    assert len(told.of(m.Halved)) == 3
    assert project.runs()[0].status == "failed"
    assert project.runs()[0].resumable


def fresh(project: Project, told: Told) -> Session:
    session = Session(project, told, Control())
    session.is_left_to_others = True
    return session


def test_a_window_resumes_it_in_a_fresh_engine(
    capped: Callable[..., None], make: Callable[..., Project], told: Told
) -> None:
    capped(4)
    project = make(recipe())
    with pytest.raises(Smaller):
        fresh(project, told).train()
    assert not told.of(m.RunDone)
    with pytest.raises(Smaller):  # the second stage, in another process
        fresh(project, told).train(resume=1)
    assert Session(project, told, Control()).train(resume=1).status == "finished"


def losses(project: Project) -> list[float]:
    events = [e for e in project.run(1).events() if isinstance(e, m.Batches)]
    return [float(loss or 0) for event in events for loss in event.losses]


def test_parts_change_neither_steps_nor_what_is_learned(make: Callable[..., Project], told: Told) -> None:
    """Batch normalisation and dropout see parts, so that losses are alike and not the same."""
    whole = make(with_stages(recipe(points=600), batch_size=32), "whole.thaw")
    parts = make(with_stages(recipe(points=600), batch_size=32, accumulate=4), "parts.thaw")
    for project in (whole, parts):
        Session(project, told, Control()).train()
    assert [plan.accumulate for plan in told.of(m.RunStarted)[-1].stages] == [4, 4]
    one, many = losses(whole), losses(parts)
    assert one != many
    assert len(one) == len(many) == 4 * (480 // 32)
    assert many[-1] < 0.7 * many[0]
    assert many[-1] == pytest.approx(one[-1], rel=0.5)


def test_gradients_of_parts_are_those_of_the_whole(make: Callable[..., Project]) -> None:
    from studio.engine.callbacks.parts import Parts

    taken = []
    for n_parts in (1, 3):
        torch.manual_seed(1)
        model = torch.nn.Linear(5, 2)
        loss = torch.nn.CrossEntropyLoss()
        learner = Learner(
            SimpleNamespace(), model, loss, cbs=[Parts(n_parts)], path=Path(), default_cbs=False
        )
        learner.create_opt()
        learner.opt.step = lambda: taken.append(model.weight.grad.clone())  # noqa: B023
        learner.training = True
        learner.one_batch(0, (torch.arange(50.0).view(10, 5) / 50, torch.tensor([0, 1] * 5)))
        taken.append(learner.loss)
        assert len(learner.yb[0]) == 10
    assert torch.allclose(taken[0], taken[2], atol=1e-6)
    assert torch.allclose(taken[1], taken[3], atol=1e-6)


def test_rows_of_a_language_model_go_on_from_where_they_stood() -> None:
    words = torch.randint(2, 30, (2, 4, 6), generator=torch.Generator().manual_seed(3))
    whole, parts = after_two_batches(1, words), after_two_batches(2, words)
    assert len(whole) == len(parts) > 4
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(whole, parts, strict=True))


def after_two_batches(n_parts: int, batches: torch.Tensor) -> list[torch.Tensor]:
    """The gradients of two batches that go on from each other, and the hidden state after them."""
    from fastai.text.models.awdlstm import AWD_LSTM

    from studio.engine.callbacks.parts import Parts

    torch.manual_seed(1)
    model = AWD_LSTM(30, 8, 12, 2, hidden_p=0, input_p=0, embed_p=0, weight_p=0)
    model.reset()

    def loss(out: torch.Tensor, _target: torch.Tensor) -> torch.Tensor:
        return out.pow(2).mean()

    learner = Learner(SimpleNamespace(), model, loss, cbs=[Parts(n_parts)], path=Path(), default_cbs=False)
    learner.create_opt()
    taken: list[torch.Tensor] = []
    learner.opt.step = lambda: taken.extend(p.grad.clone() for p in model.parameters() if p.grad is not None)
    learner.training = True
    for number, batch in enumerate(batches):
        learner.one_batch(number, (batch, batch))
    return [*taken, *(state for layer in model.hidden for state in layer)]


def test_a_batch_is_proved_on_a_card_before_any_step(
    monkeypatch: pytest.MonkeyPatch, make: Callable[..., Project], told: Told
) -> None:
    """A simulated card that holds five items: the proof finds out, and no step was taken in vain."""
    monkeypatch.setattr(proving, "is_wanted", lambda device: True)
    proved: list[int] = []
    prove = proving.prove

    def held(learner: Any, n_items: int, precision: str, in_parts: bool) -> None:
        proved.append(n_items)
        if n_items > 5:
            raise torch.OutOfMemoryError("CUDA out of memory")
        prove(learner, n_items, precision, in_parts)

    monkeypatch.setattr(proving, "prove", held)
    project = make(recipe())
    assert Session(project, told, Control()).train().status == "finished"
    assert proved == [8, 4, 8, 4]
    assert [h.step for h in told.of(m.Halved)] == [0, 12]


def test_a_proof_leaves_no_trace(
    monkeypatch: pytest.MonkeyPatch, make: Callable[..., Project], told: Told
) -> None:
    plain, proved = make(name="plain.thaw"), make(name="proved.thaw")
    Session(plain, told, Control()).train()
    monkeypatch.setattr(proving, "is_wanted", lambda device: True)
    Session(proved, told, Control()).train()
    assert plain.run(1).model_path.read_bytes() == proved.run(1).model_path.read_bytes()


def test_floor_and_peak_of_each_stage_are_told(make: Callable[..., Project], told: Told) -> None:
    project = make(recipe())
    session = Session(project, told, Control())
    session.estimate()
    session.train()
    taken = told.of(m.StageMemory)
    assert [one.stage for one in taken] == [0, 1]
    assert all(0 < one.floor_mib <= one.peak_mib and one.predicted_mib is not None for one in taken)
    assert taken[1].floor_mib == pytest.approx(taken[0].floor_mib, rel=0.05)


@pytest.mark.parametrize(
    ("error", "is_memory"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate"), True),
        (MemoryError(), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("could not create a primitive"), True),
        (RuntimeError("CUDA error: out of memory"), True),
        (RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"), True),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), True),
        (RuntimeError("shape mismatch"), False),
        (UserError("The disk is full."), False),
    ],
)
def test_running_out_is_recognised(error: BaseException, is_memory: bool) -> None:
    assert survival.is_out_of_memory(error) == is_memory
    wrapped = IndexError("tuple index out of range")
    wrapped.__context__ = error
    assert survival.is_out_of_memory(wrapped) == is_memory
    assert bool(failures.ran_out(error)) == is_memory


def test_two_items_at_once_are_the_fewest(tmp_path: Any) -> None:
    plan = m.StagePlan(0, True, 1, None, 4, 10, None, 1e-3, accumulate=2)
    stage = Stage(freeze=True, epochs=1, lr={"max": 1e-3})  # type: ignore[arg-type]
    with pytest.raises(UserError, match=r"2 items at once\. It was halved once"):
        survival.smaller(MemoryError(), 1, tmp_path, plan, stage)
