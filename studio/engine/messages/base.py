"""What every message has."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

PROTOCOL = 1

Severity = Literal["error", "warning", "info"]
RunStatus = Literal["training", "paused", "finished", "stopped", "discarded", "interrupted", "failed"]


class Command(Struct, frozen=True, kw_only=True, tag_field="do", tag=True):
    """Anything the window asks for."""

    job: int = 0


class Event(Struct, frozen=True, kw_only=True, tag_field="event", tag=True):
    """Anything the engine tells."""

    job: int = 0
