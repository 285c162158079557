"""Looks at this computer and says what stands in the way of training, with a remedy for each complaint.

Versions are read from the packages' metadata, so that nothing heavy is imported. No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from msgspec import Struct

State = Literal["ok", "warning", "error"]


class Row(Struct, frozen=True):
    """One thing looked at; `remedy` is empty where nothing is wrong."""

    name: str
    state: State
    said: str
    remedy: str = ""


def diagnose(project: Path | None = None) -> tuple[Row, ...]:
    """Look at everything, the most important first.

    Parameters
    ----------
    project : Path or None
        A project folder whose disk is looked at too.
    """
    from studio.hardware import machine, packages, places

    looks: tuple[Callable[[], list[Row]], ...] = (
        packages.python,
        packages.torch,
        packages.window,
        packages.others,
        machine.cards,
        machine.memory,
        machine.threads,
        lambda: places.disks(project),
        places.settings,
        places.window_libraries,
        places.fonts,
    )
    return tuple(row for look in looks for row in look())
