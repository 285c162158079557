"""The gauge: memory of the device that fits run on, read again and again. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Iterable

from studio.hardware.cards import chosen
from studio.hardware.nvml import Nvml
from studio.hardware.ram import family, read_ram
from studio.hardware.reading import Reading


class Gauge:
    """Reads memory cheaply: NVML is opened once, the look itself takes well under a millisecond.

    Parameters
    ----------
    pids : iterable of int
        Processes that count as ours, with their children.
    """

    def __init__(self, pids: Iterable[int] = ()) -> None:
        self.pids = tuple(pids)
        self._nvml = Nvml()
        self._ids = self._nvml.ids()

    def watch(self, pids: Iterable[int]) -> None:
        """From now on these processes count as ours."""
        self.pids = tuple(pids)

    @property
    def why_no_gpu(self) -> str:
        """Why there is no card to read, in a sentence; empty where there is one."""
        return self._nvml.reason

    def read(self) -> Reading:
        """Read the chosen card (the first, where none is), or the RAM where there is none."""
        return self.read_all()[self.card]

    @property
    def card(self) -> int:
        """The place of the card that fits run on; 0 where there is none."""
        return chosen(self._ids)

    def read_all(self) -> tuple[Reading, ...]:
        """Read every card, or the RAM where there is none."""
        if not self._nvml.cards:
            return (read_ram(self.pids),)
        ours = family(self.pids)
        return tuple(self._nvml.read(index, ours) for index in range(len(self._nvml.cards)))

    def close(self) -> None:
        """Let go of the driver's library; safe to call twice."""
        self._nvml.close()

    def __enter__(self) -> Gauge:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def reading(pids: Iterable[int] = ()) -> Reading:
    """Read once."""
    with Gauge(pids) as gauge:
        return gauge.read()
