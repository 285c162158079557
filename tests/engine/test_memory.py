"""Memory foretold without memory of its own, against what real steps take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from studio.engine import memory
from studio.engine.control import Control
from studio.engine.memory import device_room as room_module
from studio.engine.memory import saved
from studio.engine.memory.cost import Lines
from studio.engine.memory.fakes import empty_batch, empty_network, plain_fakes
from studio.engine.memory.steps import Steps
from studio.engine.session import Session
from studio.hardware import Reading
from studio.project import Project
from tests.engine import networks
from tests.engine.conftest import Told, recipe, with_stages
from tests.engine.profiled import real_mib

MIB = 2**20


def two_layers() -> Any:
    model = nn.Sequential(nn.Linear(1000, 2000, bias=False), nn.Sigmoid(), nn.Linear(2000, 10, bias=False))
    return networks.learner_of(model, nn.CrossEntropyLoss(), (torch.zeros(1000), networks.label()))


def test_weights_gradients_and_two_moments_are_counted() -> None:
    cost = memory.measure(two_layers())
    weights = 4 * (1000 * 2000 + 2000 * 10) / MIB
    assert cost.train_mib(1) == pytest.approx(4 * weights, rel=0.03)
    assert cost.floor_mib() == pytest.approx(3 * weights, rel=0.03)


def test_what_is_frozen_has_no_gradient_and_no_moments() -> None:
    thawed, frozen = two_layers(), two_layers()
    frozen.model[0].requires_grad_(False)
    costs = [memory.measure(one) for one in (thawed, frozen)]
    assert costs[1].mib(1) < 0.3 * costs[0].mib(1)


def test_an_item_costs_its_input_and_its_activations() -> None:
    """A thousand numbers in, two thousand out of the sigmoid; the rest comes and goes."""
    cost = memory.measure(two_layers())
    per_item = (cost.train_mib(512) - cost.train_mib(256)) / 256 * MIB
    assert 4 * (1000 + 2000) < per_item < 4 * (1000 + 2 * 2000)


def test_nothing_is_allocated_and_the_random_state_is_left_alone() -> None:
    learner, before = two_layers(), torch.get_rng_state()
    weights = [p.data_ptr() for p in learner.model.parameters()]
    memory.measure(learner)
    assert [p.data_ptr() for p in learner.model.parameters()] == weights
    assert torch.equal(torch.get_rng_state(), before)


def test_the_peak_is_a_line_at_each_moment_and_the_highest_of_them_at_all() -> None:
    lines = Lines.through((64, 128), ([1000, 640], [1000, 1280]))
    assert [lines.peak(size) for size in (4, 100, 200)] == [1000, 1000, 2000]
    assert Lines.through((64, 128), ([10, 640], [10, 5, 1280])).peak(64) == 640


@pytest.mark.parametrize(
    ("make", "batch"),
    [(networks.rows, 64), (lambda: networks.texts(90), 4), (lambda: networks.unet(64), 4)],
    ids=["rows", "texts", "unet"],
)
def test_what_is_foretold_is_what_a_real_step_takes(make: Callable[[], Any], batch: int) -> None:
    learner = make()
    train, _ = real_mib(learner, batch)
    cost = memory.measure(learner)
    assert cost.how == ""
    assert -0.02 < cost.train_mib(batch) / train - 1 < 0.05


def test_a_convolution_takes_what_its_library_copies() -> None:
    from torchvision.models import squeezenet1_1

    learner = networks.photos(squeezenet1_1, 64)
    train, valid = real_mib(learner, 8)
    cost = memory.measure(learner)
    assert -0.02 < cost.train_mib(8) / train - 1 < 0.05
    assert cost.valid_mib(8) < cost.train_mib(8)
    assert cost.valid_mib(8) == pytest.approx(valid, rel=0.1)


def test_our_count_is_that_of_torchs_own_tracker() -> None:
    """`MemTracker` is torch's; ours follows it at a fifth of its time."""
    from torch.distributed._tools.mem_tracker import MemTracker

    learner = two_layers()
    ours = memory.measure(learner).train.peak(64)
    with plain_fakes() as world:
        empty_network(learner.model, world, "cpu")
        with world:
            steps, tracker = Steps(learner, "fp32", "cpu"), MemTracker()
            batch = tuple(empty_batch((torch.zeros(2, 1000), torch.zeros(2, dtype=torch.long)), 64, "cpu"))
            steps.begin()
            tracker.track_external(learner.model, *batch)
            with tracker:
                steps.train(batch)
                tracker.reset_mod_stats()
                steps.train(batch)
            peak = tracker.get_tracker_snapshot("peak")[torch.device("cpu")]["Total"]
    assert ours == pytest.approx(peak, rel=0.03)


def test_half_precision_takes_less_for_activations() -> None:
    whole, half = (memory.measure(networks.unet(64), precision) for precision in ("fp32", "bf16"))
    grown = [cost.train_mib(128) - cost.train_mib(64) for cost in (half, whole)]
    assert grown[0] < 0.75 * grown[1]


def test_a_card_takes_more_than_its_tensors() -> None:
    on_card, on_cpu = (memory.measure(two_layers(), "fp32", device) for device in ("cuda", "cpu"))
    assert on_card.mib(8) > on_cpu.mib(8) + 20


def test_a_network_that_cannot_run_without_memory_is_measured_on_a_small_step() -> None:
    class Curious(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(1000, 10)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.layer(x) if x.numpy().shape else x

    learner = networks.learner_of(Curious(), nn.CrossEntropyLoss(), (torch.zeros(1000), networks.label()))
    cost = memory.measure(learner)
    assert "small real step" in cost.how
    assert cost.mib(64) > 4 * 4 * 10_000 / MIB


def test_the_fallback_asks_for_a_quarter_more() -> None:
    learner = two_layers()
    batch = tuple(learner.dls.train.do_batch([learner.dls.train.item] * 2))
    cost = saved.measure(learner, batch)
    weights = 4 * (1000 * 2000 + 2000 * 10) / MIB
    assert cost.mib(1) == pytest.approx(1.25 * 4 * weights, rel=0.02)


def test_parts_of_a_batch_find_gradients_of_those_before_and_items_that_wait() -> None:
    """Seen of a real fit in `test_simulated_card`; here: gradients, and the inputs of three parts of four."""
    whole, parts = (memory.measure(two_layers(), in_parts=parted) for parted in (False, True))
    gradients, item = 4 * (1000 * 2000 + 2000 * 10) / MIB, (4 * 1000 + 8) / MIB
    more = parts.train_mib(256, 4) - whole.train_mib(64)
    assert gradients * 0.9 < more < (gradients + 192 * item) * 1.1
    assert parts.train_mib(256, 4) - parts.train_mib(64) == pytest.approx(192 * item, rel=0.02)
    assert parts.valid_mib(256, 4) == whole.valid_mib(64)


def room_for(monkeypatch: pytest.MonkeyPatch, reading: Reading) -> memory.Room:
    monkeypatch.setattr(room_module, "reading", lambda: reading)
    return memory.room()


def test_on_the_cpu_the_limit_does_not_depend_on_what_is_free_now(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {
        room_for(monkeypatch, Reading("RAM", "ram", total_mib=16_000, free_mib=free)).limit
        for free in (10, 9_000)
    }
    assert limits == {8_000}


def test_on_a_card_the_limit_is_what_others_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    card = Reading("GPU", "gpu", total_mib=8_000, others_mib=3_000, ours_mib=1_000, free_mib=4_000)
    assert room_for(monkeypatch, card).limit == pytest.approx(0.95 * 5_000 - 500)


def test_nothing_is_refused_where_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    if torch.cuda.is_available():
        pytest.skip("torch knows this card")
    found = room_for(monkeypatch, Reading("GPU", "unknown", reason="The driver does not say."))
    assert found.limit == float("inf")
    assert not found.is_known


def test_little_memory_lowers_an_automatic_batch_and_none_is_said_not_to_fit(
    make: Callable[..., Project], told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(make(with_stages(recipe(points=2000), batch_size="auto")), told, Control())
    first = session.estimate()
    assert [s.chosen for s in first.stages] == [64, 64]
    assert first.precision == "fp32"
    assert "steps an epoch" in first.stages[0].ticks[0].means
    cost = next(iter(session._planner._costs.values()))
    monkeypatch.setattr(room_module, "reading", lambda: Reading("RAM", "ram", total_mib=2 * cost.mib(20)))
    lowered = session.estimate().stages[0]
    assert lowered.chosen == 20
    assert "largest batch that fits" in lowered.reason
    assert [tick.fits for tick in lowered.ticks][:4] == [True, True, True, False]
    monkeypatch.setattr(room_module, "reading", lambda: Reading("RAM", "ram", total_mib=cost.mib(1)))
    none = session.estimate().stages[0]
    assert not none.fits
    assert none.chosen == 4
    assert "Not even the smallest batch" in none.reason
