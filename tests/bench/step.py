"""One step: a residual network against a fastai script and a bare loop, and an empty model, where only loops cost.

Milliseconds of processor time, on one thread, batches in memory: what the clock adds on a busy machine is left out.
The studio's row has its own callbacks (events, guard, checkpoints, pauses), as in a run.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from fastai.basics import Learner, noop
from fastai.callback.progress import ProgressCallback
from fastai.callback.schedule import fit_one_cycle  # noqa: F401
from torch import nn
from torchvision.models import resnet18

from studio.dataset.pipeline.tables import ScalarsStay
from studio.engine import fast_step
from studio.engine.callbacks.follow import Follow
from studio.engine.callbacks.guard import Guard
from studio.engine.callbacks.stop import Stop
from studio.engine.callbacks.tell import Tell
from studio.engine.control import Control
from studio.engine.messages import StagePlan
from studio.engine.pace import Pace
from studio.engine.place import Place
from tests.bench.timing import Row, interleaved

TITLE = "Milliseconds a step, processor time, one thread (plain fastai = 1)"
EMPTY_STEPS, REAL_STEPS, REPEATS = 1500, 12, 7


class InMemory(ScalarsStay):
    """The same batch again and again; it has what fastai asks a loader for."""

    def __init__(self, batch: tuple[torch.Tensor, torch.Tensor], steps: int) -> None:
        self.batch, self.steps, self.bs, self.n = batch, steps, len(batch[0]), steps * len(batch[0])
        self.rng, self.device = random.Random(0), torch.device("cpu")

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[Any]:
        return iter([self.batch] * self.steps)


class Loaders:
    """fastai's pair of loaders, without a validation set."""

    n_inp, device = 1, torch.device("cpu")

    def __init__(self, train: InMemory) -> None:
        self.train, self.valid, self.loaders = train, (), [train]

    def __getitem__(self, at: int) -> Any:
        return (self.train, self.valid)[at]


def run() -> list[Row]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return [
            *rows_of("empty model", empty(), EMPTY_STEPS),
            *rows_of("resnet18, 64 px, batch 32", photos(), REAL_STEPS),
        ]
    finally:
        torch.set_num_threads(before)


def rows_of(name: str, made: Any, steps: int) -> list[Row]:
    model, batch, loss = made
    cases: dict[str, Callable[[], float]] = {
        f"{name}: plain fastai": lambda: fastai_ms(model(), batch, loss, steps, quick=False),
        f"{name}: studio": lambda: fastai_ms(model(), batch, loss, steps, quick=True),
        f"{name}: bare loop, fused AdamW": lambda: bare_ms(model(), batch, loss, steps),
    }
    return interleaved(cases, "ms/step", REPEATS)


def empty() -> Any:
    return lambda: nn.Linear(4, 1), (torch.randn(8, 4), torch.randn(8, 1)), nn.functional.mse_loss


def photos() -> Any:
    batch = torch.randn(32, 3, 64, 64), torch.randint(0, 10, (32,))
    return lambda: resnet18(num_classes=10), batch, nn.functional.cross_entropy


def bare_ms(model: nn.Module, batch: Any, loss: Any, steps: int) -> float:
    optimizer = torch.optim.AdamW(model.parameters(), fused=True)
    began = time.process_time()
    for _ in range(steps):
        loss(model(batch[0]), batch[1]).backward()
        optimizer.step()
        optimizer.zero_grad()
    return (time.process_time() - began) * 1000 / steps


def fastai_ms(model: nn.Module, batch: Any, loss: Any, steps: int, quick: bool) -> float:
    with tempfile.TemporaryDirectory() as folder:
        learner = Learner(
            Loaders(InMemory(batch, steps)), model, loss_func=lambda p, y: loss(p, y), path=folder
        )
        learner.remove_cbs([cb for cb in learner.cbs if isinstance(cb, ProgressCallback)])
        learner.logger = learner._do_epoch_validate = noop
        callbacks = []
        if quick:
            fast_step.quicken(learner)
            callbacks = ours(Path(folder), steps)
        began = time.process_time()
        learner.fit_one_cycle(1, 1e-3, cbs=callbacks)
        return (time.process_time() - began) * 1000 / steps


class NoKeep:
    """Checkpoints come by the minute: none within a measurement."""


def ours(folder: Path, steps: int) -> list[Any]:
    plan = StagePlan(
        index=0, freeze=False, epochs=1, size=None, batch_size=8, batches=steps, lr_min=None, lr_max=1e-3
    )
    place = Place(plan, first_step=0, epoch=0)
    follow, tell = Follow(place), Tell(1, place, Pace([plan], 0), lambda event: None)
    return [follow, Guard(place), tell, Stop(Control(), tell, NoKeep(), lambda event: None)]  # type: ignore[arg-type]
