"""Checkpoints on disk: weights and moments as safetensors, everything else as JSON, nothing pickled.

`checkpoint-<step>.safetensors` is written first and depends on the step alone; `checkpoint-<step>.json` is
written last and makes the checkpoint valid. Each is replaced in one stroke. The newest two are kept, so that a
crash or a full disk in the middle of writing always leaves one behind. Must not import Qt or fastai.
"""

from __future__ import annotations

import errno
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import msgspec
import safetensors
import safetensors.torch
import torch
from msgspec import Struct

from studio.engine.messages import ModelOf
from studio.project.atomic import replacing, write_bytes

VERSION = 1
KEPT = 2


class State(Struct, frozen=True, kw_only=True):
    """All of a fit but its tensors.

    Attributes
    ----------
    stage, epoch, batch : int
        The stage by its place in the recipe, and how far it is: `batch` batches of `epoch` are done.
    begun : bool
        False where the stage starts afresh from the weights: no moments, no random states.
    step : int
        Batches of the whole run that are done.
    seconds : float
        Training time so far.
    stages, batch_sizes : tuple of int
        The stages that the run has, and the batch of each.
    accumulate : dict
        By stage, in how many parts its batch goes through the network, where that is not what the recipe says:
        memory ran out before.
    until : tuple of int or None
        For each stage the epochs after which it is cut short; empty where none is.
    fingerprint : str
        Of the items that it trains and judges with.
    smooth : (int, float)
        Count and value of fastai's moving average of the loss.
    epoch_start, now : dict
        Random states (`randomness.capture`) before the epoch's first batch, and at the checkpoint.
    validating : bool
        True where the epoch's batches are all trained and `now` is the moment before their validation.
    drawn : int or None
        Items that the epoch's batches took; None where that is not known.
    best, waited : ModelOf or None, int
        The best epoch so far, and the epochs of this stage since then.
    hypers, numbers : list of dict
        Of the optimizer: one dict a group, and one a parameter for what is no tensor.
    """

    stage: int
    epoch: int
    batch: int
    step: int
    begun: bool
    seconds: float
    stages: tuple[int, ...]
    batch_sizes: tuple[int, ...]
    fingerprint: str
    accumulate: dict[int, int] = {}
    until: tuple[int | None, ...] = ()
    smooth: tuple[int, float] = (0, 0.0)
    epoch_start: dict[str, Any] = {}
    now: dict[str, Any] = {}
    validating: bool = False
    drawn: int | None = None
    best: ModelOf | None = None
    waited: int = 0
    hypers: list[dict[str, Any]] = []
    numbers: list[dict[str, Any]] = []
    scaler: dict[str, Any] | None = None
    version: int = VERSION
    tensors_size: int = 0
    tensors_crc: int = 0


Tensors = dict[str, torch.Tensor]


def write(folder: Path, state: State, tensors: Mapping[str, torch.Tensor]) -> Path:
    """Write a checkpoint, then drop those beyond the newest two.

    Parameters
    ----------
    tensors : mapping
        Names begin with "model." or "opt."; any device, shared storage allowed.

    Raises
    ------
    UserError
        Where the disk is full or the folder cannot be written; every older checkpoint is still there.
    """
    name = f"checkpoint-{state.step:08d}"
    size, crc = write_tensors(folder / f"{name}.safetensors", tensors)
    sealed = msgspec.structs.replace(state, tensors_size=size, tensors_crc=crc)
    write_bytes(folder / f"{name}.json", msgspec.json.encode(sealed))
    _drop_old(folder)
    return folder / f"{name}.json"


def write_tensors(path: Path, tensors: Mapping[str, torch.Tensor]) -> tuple[int, int]:
    """Replace `path` by these tensors, without a second copy of them in memory; return its size and CRC.

    Raises
    ------
    UserError
        Where the disk is full or the folder cannot be written; the old file is kept.
    """
    with replacing(path) as temporary:
        try:
            safetensors.torch.save_file(apart(tensors), temporary)
        except safetensors.SafetensorError as error:
            raise _refusal(error) from error
        with temporary.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as written:
            return len(written), zlib.crc32(written)


def _refusal(error: safetensors.SafetensorError) -> OSError:
    """What the system said: safetensors has its words and number in a text only."""
    said = re.search(r"\(os error (\d+)\)", str(error))
    number = int(said[1]) if said else errno.EIO
    return OSError(number, os.strerror(number))


def amend(folder: Path, **changes: Any) -> State | None:
    """Change the newest whole checkpoint's state, its tensors as they are; return it, or None where there is none."""
    for state, _ in _whole(folder):
        changed = msgspec.structs.replace(state, **changes)
        write_bytes(folder / f"checkpoint-{state.step:08d}.json", msgspec.json.encode(changed))
        return changed
    return None


def newest_state(folder: Path) -> State | None:
    """The state of the newest checkpoint that is whole; its tensors are not kept in memory."""
    return next((state for state, _ in _whole(folder)), None)


def newest(folder: Path) -> tuple[State, Tensors] | None:
    """Read the newest checkpoint that is whole, or None where there is none."""
    for state, raw in _whole(folder):
        return state, safetensors.torch.load(raw)
    return None


def best_path(folder: Path, step: int) -> Path:
    """Where the weights of the best epoch are kept, by the batches of the run that are done at its end."""
    return folder / f"best-{step:08d}.safetensors"


def remove_all(folder: Path) -> None:
    """Delete a finished run's checkpoints."""
    for pattern in ("checkpoint-*.json", "checkpoint-*.safetensors", "best-*.safetensors"):
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)


def apart(tensors: Mapping[str, torch.Tensor]) -> Tensors:
    """Copy to the CPU what is elsewhere, and give every tensor its own memory, as safetensors wants it."""
    seen: set[int] = set()
    result: Tensors = {}
    for name, tensor in tensors.items():
        plain = tensor.detach().cpu().contiguous().as_subclass(torch.Tensor)
        place = plain.untyped_storage().data_ptr()
        shared = place in seen or plain.untyped_storage().nbytes() != plain.nbytes
        seen.add(place)
        result[name] = plain.clone() if shared else plain
    return result


def _whole(folder: Path) -> Iterator[tuple[State, bytes]]:
    for path in _newest_first(folder):
        try:
            state = msgspec.json.decode(path.read_bytes(), type=State)
            raw = path.with_suffix(".safetensors").read_bytes()
        except (OSError, msgspec.DecodeError):
            continue  # torn or half deleted: the one before it is whole
        known = state.version == VERSION
        if known and len(raw) == state.tensors_size and zlib.crc32(raw) == state.tensors_crc:
            yield state, raw


def _newest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob("checkpoint-*.json"), reverse=True)


def _drop_old(folder: Path) -> None:
    kept = {path.stem for path in _newest_first(folder)[:KEPT]}
    for path in (*_newest_first(folder), *folder.glob("checkpoint-*.safetensors")):
        if path.stem not in kept:
            path.unlink(missing_ok=True)
    _drop_bests(folder)


def _drop_bests(folder: Path) -> None:
    """Drop the weights of epochs that are the best one no more, for none of the checkpoints either."""
    bests = sorted(folder.glob("best-*.safetensors"))
    if len(bests) < 2:
        return
    named = {bests[-1]}
    for path in _newest_first(folder):
        with suppress(OSError, msgspec.DecodeError):
            best = msgspec.json.decode(path.read_bytes(), type=State).best
            named |= set() if best is None else {best_path(folder, best.step)}
    for path in set(bests) - named:
        path.unlink(missing_ok=True)
