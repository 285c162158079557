"""What is told of memory."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from studio.engine.messages.base import Event


class BatchTick(Struct, frozen=True):
    """A batch size, the memory that a step with it takes, and in words what that means."""

    batch_size: int
    memory_mib: float
    fits: bool
    means: str = ""


class Offer(Struct, frozen=True):
    """A way out where nothing fits.

    Attributes
    ----------
    words : str
        What it does, for a button: "Accumulate 2 parts of 2".
    memory_mib : float
        What the stage would take then.
    stage : dict
        Fields of the stage to change.
    values : dict
        Fields of the recipe to set, in the words of `--set`.
    """

    words: str
    memory_mib: float
    stage: dict[str, Any] = {}
    values: dict[str, Any] = {}


class StageEstimate(Struct, frozen=True):
    """The gauge's choice for one stage.

    Attributes
    ----------
    memory_mib : float
        The peak of a training step or a validation pass with the chosen batch, whichever is higher.
    valid_mib, floor_mib : float
        A validation pass with it; weights and moments alone.
    accumulate : int
        In how many parts a batch goes through the network.
    how : str
        Where the memory was not foretold in the usual way: how it was, in words.
    offers : tuple of Offer
        Ways out where the chosen batch does not fit.
    """

    stage: int
    chosen: int
    memory_mib: float
    ticks: tuple[BatchTick, ...]
    reason: str
    fits: bool = True
    valid_mib: float = 0.0
    floor_mib: float = 0.0
    accumulate: int = 1
    how: str = ""
    offers: tuple[Offer, ...] = ()


class Estimated(Event, frozen=True, kw_only=True):
    """Predicted memory, before anything is allocated. MiB. `limit_mib` is what a step may take; 0 for not known."""

    free_mib: float
    total_mib: float
    device_name: str
    stages: tuple[StageEstimate, ...]
    limit_mib: float = 0.0
    precision: str = ""


class StageMemory(Event, frozen=True, kw_only=True):
    """What a stage really took, in MiB: at rest, after everything was given back, and at its highest.

    On a card that is what torch has allocated there, else the memory of the engine's process. `predicted_mib` is what
    was foretold of the peak beyond the rest; None where nobody had asked.
    """

    run: int
    stage: int
    floor_mib: float
    peak_mib: float
    predicted_mib: float | None = None


class Halved(Event, frozen=True, kw_only=True):
    """Memory ran out: the run goes on from `step` with half as many items at once.

    `batch_size` items are on the device at once, `accumulate` such parts make one step of the optimizer.
    """

    run: int
    stage: int
    step: int
    batch_size: int
    accumulate: int
