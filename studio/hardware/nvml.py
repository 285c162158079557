"""NVIDIA cards through NVML, the driver's own library: no CUDA context, no torch, no Qt.

Answers of the library are kept apart from their meaning: where a card does not support a question (shared
memory, MIG, WDDM on Windows), the reading says "unknown" with the reason instead of a wrong number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from studio.hardware.reading import MIB, Reading, unknown


class Nvml:
    """An opened NVML; `cards` is empty and `reason` says why where there is none.

    Attributes
    ----------
    driver : str
        The driver's version.
    """

    def __init__(self) -> None:
        self.cards: list[Any] = []
        self.driver = ""
        self.reason = ""
        self._is_open = False
        try:
            import pynvml
        except ImportError:
            self.reason = "The package nvidia-ml-py is not installed."
            return
        self._lib = pynvml
        self._open()

    def read(self, index: int, pids: Iterable[int] = ()) -> Reading:
        """Read a card's memory; `pids` are the processes that count as ours."""
        lib, card = self._lib, self.cards[index]
        name = self._said(lambda: _text(lib.nvmlDeviceGetName(card)), f"GPU {index}")
        try:
            memory = lib.nvmlDeviceGetMemoryInfo(card)
            total, used, free = (int(getattr(memory, part)) / MIB for part in ("total", "used", "free"))
        except (lib.NVMLError, TypeError, AttributeError) as error:
            return unknown(name, f"The driver does not tell this card's memory ({_words(error)}).", index)
        if total <= 0:
            return unknown(name, "The driver does not tell this card's memory (it reports none).", index)
        ours, reason = self._ours(card, set(pids))
        ours = min(ours, used)
        return Reading(name, "gpu", total, max(0.0, total - free - ours), ours, free, reason, index)

    def ids(self) -> list[str]:
        """Each card's own id, empty where the driver does not tell it."""
        return [self._said(partial(self._id, card), "") for card in self.cards]

    def _id(self, card: Any) -> str:
        return _text(self._lib.nvmlDeviceGetUUID(card))

    def close(self) -> None:
        """Let go of the library; safe to call twice."""
        if self._is_open:
            with suppress(self._lib.NVMLError):
                self._lib.nvmlShutdown()
        self._is_open = False

    def _open(self) -> None:
        lib = self._lib
        try:
            lib.nvmlInit()
            self._is_open = True
            self.driver = self._said(lambda: _text(lib.nvmlSystemGetDriverVersion()), "")
            self.cards = [lib.nvmlDeviceGetHandleByIndex(i) for i in range(lib.nvmlDeviceGetCount())]
        except (lib.NVMLError, OSError) as error:
            self.reason = f"No NVIDIA driver answers ({_words(error)})."
        else:
            self.reason = "" if self.cards else "The NVIDIA driver finds no card."

    def _ours(self, card: Any, pids: set[int]) -> tuple[float, str]:
        """MiB held by `pids` on a card, and why that is not known."""
        lib, held = self._lib, {}
        if not pids:
            return 0.0, ""
        try:
            for ask in (lib.nvmlDeviceGetComputeRunningProcesses, lib.nvmlDeviceGetGraphicsRunningProcesses):
                for process in ask(card):
                    held[int(process.pid)] = process.usedGpuMemory
        except lib.NVMLError as error:
            return 0.0, f"The driver does not tell programs apart ({_words(error)})."
        mine = [held[pid] for pid in pids if pid in held]
        if any(amount is None for amount in mine):
            return 0.0, "The driver does not tell programs apart."
        return sum(int(amount) for amount in mine) / MIB, ""

    def _said(self, ask: Callable[[], str], otherwise: str) -> str:
        try:
            return ask()
        except (self._lib.NVMLError, AttributeError):
            return otherwise


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _words(error: BaseException) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__
