"""What is told of any job, and of the engine itself."""

from __future__ import annotations

from studio.engine.messages.base import Event, Severity


class Greeting(Event, frozen=True, kw_only=True):
    """First line of an engine. `device` is what fits will run on ("cpu", "cuda:0")."""

    protocol: int
    studio: str
    python: str
    torch: str
    device: str
    device_name: str
    pid: int


class Started(Event, frozen=True, kw_only=True):
    """A job began."""

    what: str


class Progress(Event, frozen=True, kw_only=True):
    """How far a job is. `total` 0 where unknown; `seconds_left` None until it can be told."""

    text: str
    done: int = 0
    total: int = 0
    seconds_left: float | None = None


class Done(Event, frozen=True, kw_only=True):
    """A job ended well."""


class Cancelled(Event, frozen=True, kw_only=True):
    """A job was stopped on request; nothing was changed."""


class Failed(Event, frozen=True, kw_only=True):
    """A job failed. `detail` is for the log and the report, never shown first."""

    message: str
    hint: str = ""
    fix: str = ""
    detail: str = ""


class Notice(Event, frozen=True, kw_only=True):
    """Something a person should know, in words."""

    level: Severity
    text: str
