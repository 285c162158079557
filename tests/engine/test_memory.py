"""Memory foretold from one small pass."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from studio.engine import memory
from studio.engine.control import Control
from studio.engine.session import Session
from studio.hardware import Reading
from studio.project import Project
from tests.engine.conftest import Told, recipe, with_stages


class Loader:
    """Just enough of a loader: items of a thousand numbers."""

    n, device = 100, torch.device("cpu")

    def before_iter(self) -> None: ...

    def do_item(self, at: int) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.zeros(1000), torch.tensor(0)

    def do_batch(self, items: list[Any]) -> list[torch.Tensor]:
        return [torch.stack(column) for column in zip(*items, strict=True)]

    def after_batch(self, batch: Any) -> Any:
        return batch


def learner(model: nn.Module) -> Any:
    dls = SimpleNamespace(train=Loader(), n_inp=1)
    return SimpleNamespace(model=model, dls=dls, loss_func=nn.CrossEntropyLoss())


def two_layers() -> nn.Sequential:
    return nn.Sequential(nn.Linear(1000, 2000, bias=False), nn.Sigmoid(), nn.Linear(2000, 10, bias=False))


def test_weights_gradients_and_two_moments_are_counted() -> None:
    cost = memory.measure(learner(two_layers()))
    weights = 4 * (1000 * 2000 + 2000 * 10)
    assert cost.fixed == pytest.approx(4 * weights, rel=0.01)


def test_what_is_frozen_has_no_gradient_and_saves_less() -> None:
    thawed, frozen = two_layers(), two_layers()
    frozen[0].requires_grad_(False)
    costs = [memory.measure(learner(model)) for model in (thawed, frozen)]
    assert costs[1].fixed < 0.3 * costs[0].fixed
    assert costs[1].per_item <= costs[0].per_item


def test_an_item_costs_what_backward_keeps_of_it() -> None:
    """The input once, the sigmoid's output once, and the log of ten scores."""
    cost = memory.measure(learner(two_layers()))
    assert cost.per_item == pytest.approx(4 * (1000 + 2000 + 10), rel=0.02)


def test_memory_grows_with_the_batch() -> None:
    cost = memory.StepCost(fixed=100 * 2**20, per_item=2**20)
    assert cost.mib(64) - cost.mib(32) == pytest.approx(32 * memory.SLACK)


def room_for(monkeypatch: pytest.MonkeyPatch, reading: Reading) -> memory.Room:
    monkeypatch.setattr(memory, "reading", lambda: reading)
    return memory.room()


def test_on_the_cpu_the_limit_does_not_depend_on_what_is_free_now(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {
        room_for(monkeypatch, Reading("RAM", "ram", total_mib=16_000, free_mib=free)).limit
        for free in (10, 9_000)
    }
    assert limits == {8_000}


def test_on_a_card_the_limit_is_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    card = Reading("GPU", "gpu", total_mib=8_000, others_mib=3_000, ours_mib=1_000, free_mib=4_000)
    assert room_for(monkeypatch, card).limit == pytest.approx(0.9 * 5_000 - 500)


def test_nothing_is_refused_where_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    if torch.cuda.is_available():
        pytest.skip("torch knows this card")
    assert room_for(monkeypatch, Reading("GPU", "unknown", reason="The driver does not say.")).limit == float(
        "inf"
    )


def test_little_memory_lowers_an_automatic_batch(
    make: Callable[..., Project], told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(make(with_stages(recipe(points=2000), batch_size="auto")), told, Control())
    assert [s.chosen for s in session.estimate().stages] == [64, 64]
    cost = next(iter(session._planner._costs.values()))
    limit = 2 * cost.mib(20)
    monkeypatch.setattr(memory, "reading", lambda: Reading("RAM", "ram", total_mib=limit))
    lowered = session.estimate().stages[0]
    assert lowered.chosen == 16
    assert "memory" in lowered.reason
    assert [tick.fits for tick in lowered.ticks][:4] == [True, True, True, False]
