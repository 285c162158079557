"""Every failure becomes a sentence with a remedy; the trace is for the log alone."""

from __future__ import annotations

import errno
import gc
import weakref
from typing import Any
from urllib.error import URLError

import pytest
import torch
from fastai.callback.core import Callback
from fastai.learner import Learner

from studio.engine import failures
from studio.errors import UserError


def chained(outer: BaseException, inner: BaseException) -> BaseException:
    outer.__cause__ = inner
    return outer


CASES = [
    (UserError("The table is empty.", "Choose another."), "The table is empty.", "Choose another."),
    (torch.OutOfMemoryError("CUDA out of memory."), "GPU", "smaller batch"),
    (
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory"),
        "computer",
        "smaller batch",
    ),
    (MemoryError(), "computer", "smaller batch"),
    (OSError(errno.ENOSPC, "No space left on device"), "disk is full", "Free some space"),
    (FileNotFoundError(errno.ENOENT, "No such file", "birds/1.jpg"), "birds/1.jpg", "Put it back"),
    (PermissionError(errno.EACCES, "denied", "birds/1.jpg"), "birds/1.jpg", "permissions"),
    (URLError("Name or service not known"), "could not be downloaded", "weights: none"),
    (RuntimeError("DataLoader worker (pid(s) 7) exited unexpectedly"), "ended from outside", "memory"),
    (RuntimeError("CUDA error: device-side assert triggered"), "GPU", "run the check"),
    (ValueError("Expected more than 1 value per channel when training"), "batch of 1", "2 or more"),
    (chained(RuntimeError("28"), OSError(errno.ENOSPC, "x")), "disk is full", "Free some space"),
    (chained(IndexError("tuple index out of range"), MemoryError()), "computer", "smaller batch"),
]


@pytest.mark.parametrize(("error", "words", "remedy"), CASES, ids=lambda v: type(v).__name__)
def test_a_known_failure_says_what_to_do(error: BaseException, words: str, remedy: str) -> None:
    told = failures.explain(error)
    assert words in told.message
    assert remedy in told.hint
    assert "Traceback" not in told.message + told.hint


def test_an_unknown_failure_is_still_a_sentence() -> None:
    try:
        raise KeyError("surprise")
    except KeyError as error:
        told = failures.explain(error)
    assert told.message.endswith(".")
    assert "KeyError" in told.hint
    assert "surprise" in told.detail and "Traceback" in told.detail


class Breaks(Callback):
    """Raises within a fit, where fastai changes what is raised."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    def before_batch(self) -> None:
        raise self.error


def fit_error(error: BaseException) -> BaseException:
    """What comes out of a fit in which a callback raised `error`."""
    from fastai.data.core import DataLoaders
    from fastai.data.load import DataLoader

    pairs = [(torch.zeros(2), torch.zeros(1))] * 4
    dls = DataLoaders(DataLoader(pairs, bs=2), DataLoader(pairs, bs=2))
    learner = Learner(dls, torch.nn.Linear(2, 1), torch.nn.functional.mse_loss)
    with learner.no_logging(), learner.no_mbar(), pytest.raises(BaseException) as caught:
        learner.fit(1, cbs=Breaks(error))
    return caught.value


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full"),
        (MemoryError(), "too little free memory"),
        (UserError("The photo a.jpg is damaged.", "Remove it."), "The photo a.jpg is damaged."),
    ],
)
def test_what_fastai_masks_is_recognised(error: BaseException, words: str) -> None:
    assert words in failures.explain(fit_error(error)).message


def test_a_failure_holds_no_memory_once_it_is_told() -> None:
    class Model:
        """Stands for something large."""

    def work(kept: list[Any]) -> None:
        model = Model()
        kept.append(weakref.ref(model))
        raise RuntimeError(len(kept))

    kept: list[Any] = []
    try:
        work(kept)
    except RuntimeError as error:
        failures.explain(error)
        failures.forget(error)
        saved = error
    gc.collect()
    assert kept[0]() is None
    assert saved is not None


def test_only_a_broken_card_poisons_the_process() -> None:
    assert failures.poisons(
        chained(RuntimeError("x"), RuntimeError("CUDA error: device-side assert triggered"))
    )
    assert not failures.poisons(torch.OutOfMemoryError("CUDA out of memory."))
