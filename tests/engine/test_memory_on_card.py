"""Memory on a real NVIDIA card: what is foretold against the allocator's own count, and what becomes of a shortage."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from studio.engine import memory
from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.memory import proving
from studio.engine.session import Session
from studio.hardware import reading
from studio.project import Project
from tests.bench.memory import BATCHES, cases
from tests.engine.conftest import Told, with_stages
from tests.engine.profiled import real_mib
from tests.problems import made

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no NVIDIA GPU here"),
]

MIB = 2**20
LEFT_MIB = 160.0
"""What a crowded card leaves to torch: too little for the whole batch below."""


@pytest.fixture
def crowded() -> Iterator[None]:
    """A card of which torch gets a little more than it holds now."""
    gc.collect()
    torch.cuda.empty_cache()
    total = torch.cuda.mem_get_info()[1]
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + LEFT_MIB * MIB) / total)
    yield
    torch.cuda.set_per_process_memory_fraction(1.0)


@pytest.mark.parametrize("name", cases())
def test_what_is_foretold_is_what_the_allocator_hands_out(name: str) -> None:
    learner = cases()[name]()
    learner.model.cuda()
    real = [real_mib(learner, size)[0] for size in BATCHES]
    cost = memory.measure(learner, device="cuda")
    off = [cost.tensors_mib(size) / taken - 1 for size, taken in zip(BATCHES, real, strict=True)]
    assert all(-0.02 < one < 0.05 for one in off), off


def test_the_gauge_sees_what_this_process_takes() -> None:
    before = reading([os.getpid()])
    held = torch.empty(256 * MIB, dtype=torch.uint8, device="cuda")
    after = reading([os.getpid()])
    assert before.kind == after.kind == "gpu"
    assert after.reason or after.ours_mib - before.ours_mib > 250
    assert before.free_mib - after.free_mib > 250
    del held


def test_a_batch_that_is_too_large_is_found_out_by_one_step(crowded: None) -> None:
    learner = cases()["resnet18, 96 px, thawed"]()
    learner.model.cuda()
    with pytest.raises(torch.OutOfMemoryError):
        proving.prove(learner, 256, "fp32")
    learner.model.zero_grad(set_to_none=True)
    gc.collect()
    torch.cuda.empty_cache()
    assert torch.cuda.memory_allocated() / MIB < LEFT_MIB


def test_a_run_that_runs_out_goes_on_in_parts(crowded: None, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    given = with_stages(made.recipe("image_classification", tmp_path / "data"), size=448, batch_size=16)
    told = Told()
    with Project.create(tmp_path / "crowded.thaw", given) as project:
        assert Session(project, told, Control()).train().status == "finished"
    assert told.of(m.Halved)
    assert {plan.batch_size for plan in told.of(m.RunStarted)[-1].stages} == {16}


def test_memory_is_given_back_between_stages_and_after_a_run(tmp_path: Path) -> None:
    told, floor = Told(), torch.cuda.memory_allocated()
    with made.project("image_classification", tmp_path) as project:
        assert Session(project, told, Control()).train().status == "finished"
    taken = told.of(m.StageMemory)
    assert [one.stage for one in taken] == [0, 1]
    assert all(one.peak_mib > one.floor_mib for one in taken)
    assert all(one.floor_mib < floor / MIB + 2 for one in taken)
    assert torch.cuda.memory_allocated() < floor + 2 * MIB
