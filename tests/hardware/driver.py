"""A stand-in for NVIDIA's driver at the library's border: what the studio calls of `pynvml`, and nothing else."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any

MIB = 2**20


class FakeDriver(ModuleType):
    """Put it into `sys.modules` as "pynvml"; it answers as real drivers have been seen to.

    Attributes
    ----------
    count : int
        How many cards there are.
    memory : namespace
        `total`, `used` and `free` of every card, in bytes.
    processes : list of namespace
        `pid` and `usedGpuMemory` of the programs on every card.
    opened : int
        How often the library is open now.
    """

    class NVMLError(Exception):
        """As the library's."""

    def __init__(self, cards: int = 1, *, missing: bool = False, version: Any = "560.1") -> None:
        super().__init__("pynvml")
        self.count, self.missing, self.version = cards, missing, version
        self.memory: Any = SimpleNamespace(total=8000 * MIB, used=3000 * MIB, free=5000 * MIB)
        self.processes: Any = [SimpleNamespace(pid=100, usedGpuMemory=2000 * MIB)]
        self.opened = 0

    def refuse(self, *_: Any) -> Any:
        raise self.NVMLError("Not Supported")

    def nvmlInit(self) -> None:
        if self.missing:
            raise self.NVMLError("NVML Shared Library Not Found")
        self.opened += 1

    def nvmlShutdown(self) -> None:
        self.opened -= 1

    def nvmlSystemGetDriverVersion(self) -> Any:
        return self.version

    def nvmlDeviceGetCount(self) -> int:
        return self.count

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetName(self, card: int) -> Any:
        return f"Card {card}".encode()

    def nvmlDeviceGetMemoryInfo(self, card: int) -> Any:
        return self.memory

    def nvmlDeviceGetComputeRunningProcesses(self, card: int) -> Any:
        return self.processes

    def nvmlDeviceGetGraphicsRunningProcesses(self, card: int) -> Any:
        return []
