"""Checkpoints on disk: what is written comes back, two are kept, and what is torn is passed over."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import torch

from studio.engine import checkpoint, randomness
from studio.engine.checkpoint import State


def state(step: int) -> State:
    return State(
        stage=0,
        epoch=0,
        batch=step,
        step=step,
        begun=True,
        seconds=1.5,
        stages=(0,),
        batch_sizes=(8,),
        fingerprint="abc",
        smooth=(3, 0.1),
        now=randomness.capture(),
        hypers=[{"lr": 0.1 + 0.2, "decouple_wd": True}],
        numbers=[{"step": 3, "do_wd": False}],
    )


def tensors(value: float) -> checkpoint.Tensors:
    return {"model.weight": torch.full((4, 3), value), "opt.0.grad_avg": torch.full((2,), value)}


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    checkpoint.write(tmp_path, state(7), tensors(0.25))
    found = checkpoint.newest(tmp_path)
    assert found is not None
    saved, back = found
    assert msgspec.structs.replace(saved, tensors_size=0, tensors_crc=0) == state(7)
    assert {name: t.tolist() for name, t in back.items()} == {n: t.tolist() for n, t in tensors(0.25).items()}


def test_nothing_is_found_in_an_empty_folder(tmp_path: Path) -> None:
    assert checkpoint.newest(tmp_path) is None


def test_two_are_kept(tmp_path: Path) -> None:
    for step in (9, 10, 100, 1000):
        checkpoint.write(tmp_path, state(step), tensors(step))
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "checkpoint-00000100.json",
        "checkpoint-00000100.safetensors",
        "checkpoint-00001000.json",
        "checkpoint-00001000.safetensors",
    ]


@pytest.mark.parametrize(
    "damage", ["torn state", "torn tensors", "flipped tensors", "no tensors", "newer version"]
)
def test_a_damaged_one_is_passed_over(tmp_path: Path, damage: str) -> None:
    checkpoint.write(tmp_path, state(1), tensors(1))
    path = checkpoint.write(tmp_path, state(2), tensors(2))
    weights = path.with_suffix(".safetensors")
    raw = weights.read_bytes()
    if damage == "torn state":
        path.write_bytes(path.read_bytes()[:-40])
    elif damage == "torn tensors":
        weights.write_bytes(raw[:-1])
    elif damage == "flipped tensors":
        weights.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    elif damage == "no tensors":
        weights.unlink()
    else:
        path.write_bytes(path.read_bytes().replace(b'"version":1', b'"version":2'))
    found = checkpoint.newest(tmp_path)
    assert found is not None
    assert found[0].step == 1


def test_tensors_that_share_memory_are_kept_apart(tmp_path: Path) -> None:
    tied = torch.arange(6.0)
    checkpoint.write(tmp_path, state(1), {"model.a": tied, "model.b": tied, "model.c": tied[2:4]})
    found = checkpoint.newest(tmp_path)
    assert found is not None
    assert found[1]["model.c"].tolist() == [2.0, 3.0]
    assert torch.equal(found[1]["model.a"], found[1]["model.b"])


def test_random_states_survive_the_file(tmp_path: Path) -> None:
    import random

    import numpy as np

    randomness.seed(5)
    np.random.normal()  # leaves half a pair of normal numbers behind
    checkpoint.write(tmp_path, state(1), {})
    drawn = random.random(), np.random.normal(), torch.rand(1).item()
    found = checkpoint.newest(tmp_path)
    assert found is not None
    randomness.restore(found[0].now)
    assert (random.random(), np.random.normal(), torch.rand(1).item()) == drawn
