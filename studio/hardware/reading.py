"""One look at the memory that fits run in: plain data. No torch, no Qt."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

MIB = 2**20


class Reading(Struct, frozen=True):
    """Memory of one device, in MiB.

    Attributes
    ----------
    kind : {"gpu", "ram", "unknown"}
        "unknown" comes with a `reason`, a sentence; figures that are not known are 0.
    others_mib, ours_mib : float
        Used by other programs, and by the processes that the gauge watches with their children. Where the
        driver does not tell programs apart, all use counts as others' and `reason` says so.
    index : int
        Number of the card, from 0.
    """

    name: str
    kind: Literal["gpu", "ram", "unknown"]
    total_mib: float = 0.0
    others_mib: float = 0.0
    ours_mib: float = 0.0
    free_mib: float = 0.0
    reason: str = ""
    index: int = 0


def unknown(name: str, reason: str, index: int = 0) -> Reading:
    """A reading without figures, and why."""
    return Reading(name, "unknown", reason=reason, index=index)
