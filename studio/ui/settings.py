"""What the window remembers between two starts: one JSON file, versioned, that a damaged value never spoils.

Rules: a value of the wrong type is put back to its default alone, and the file as it was is kept beside it. A file that
cannot be written is no reason to stop. Must not import Qt, torch or numpy.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
import platformdirs
from msgspec import Meta, Struct

from studio.errors import UserError
from studio.project import atomic

log = logging.getLogger(__name__)

VERSION = 1
MOST_RECENTS = 12
NAME = "settings.json"


class Recent(Struct, frozen=True):
    """A project that was open. `score` in words, as shown on Home."""

    folder: str
    name: str
    problem: str = ""
    score: str = ""
    opened: str = ""


class Values(Struct, frozen=True):
    """Every setting with its default.

    `card` is the number of the card that was chosen among several; -1 leaves it to CUDA.
    `geometry` is Qt's own description of the window's place, base64.
    """

    version: int = VERSION
    theme: Literal["system", "light", "dark"] = "system"
    checkpoint_minutes: Annotated[int, Meta(ge=1, le=120)] = 5
    why_open: bool = True
    geometry: str = ""
    card: Annotated[int, Meta(ge=-1)] = -1
    recents: tuple[Recent, ...] = ()


class Settings:
    """The values and their file.

    Parameters
    ----------
    path : Path, optional
        The file; in the person's own configuration folder where absent.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(platformdirs.user_config_dir("thaw-studio", appauthor=False)) / NAME
        self.reset: tuple[str, ...] = ()
        self.values = self._read()

    def change(self, **changes: Any) -> None:
        """Change values and keep them at once."""
        changed = msgspec.structs.replace(self.values, **changes)
        if changed != self.values:
            self.values = changed
            self._write()

    def remember(self, recent: Recent) -> None:
        """Put a project at the top of the recent ones."""
        others = [r for r in self.values.recents if r.folder != recent.folder]
        self.change(recents=(recent, *others)[:MOST_RECENTS])

    def forget(self, folder: str) -> None:
        """Take a project off the recent ones; its files stay."""
        self.change(recents=tuple(r for r in self.values.recents if r.folder != folder))

    def _read(self) -> Values:
        try:
            content = self.path.read_bytes()
        except OSError:
            return Values()
        try:
            raw = msgspec.json.decode(content)
            raw = _migrated(raw) if isinstance(raw, dict) else None
        except msgspec.DecodeError:
            raw = None
        if raw is None:
            self.reset = ("all of them",)
            self._keep_aside(content)
            return Values()
        values, self.reset = _mended(raw)
        if self.reset:
            log.warning("settings put back to their defaults: %s", ", ".join(self.reset))
            self._keep_aside(content)
        return values

    def _keep_aside(self, content: bytes) -> None:
        with suppress(OSError):
            self.path.with_name(f"{self.path.name}.backup").write_bytes(content)

    def _write(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write_bytes(self.path, msgspec.json.format(msgspec.json.encode(self.values)) + b"\n")
        except (OSError, UserError) as error:
            log.warning("the settings could not be kept: %s", error)


_MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From a version to the next; each takes and returns plain values."""


def _migrated(raw: dict[str, Any]) -> dict[str, Any]:
    version = raw.get("version", VERSION)
    while isinstance(version, int) and version in _MIGRATIONS:
        raw = _MIGRATIONS[version](raw)
        version += 1
    return {**raw, "version": VERSION}


def _mended(raw: dict[str, Any]) -> tuple[Values, tuple[str, ...]]:
    """Each known value where it is good, its default where not, and the names of the latter."""
    good: dict[str, Any] = {}
    bad: list[str] = []
    for name, hint in get_type_hints(Values, include_extras=True).items():
        if name in raw:
            try:
                good[name] = msgspec.convert(raw[name], hint)
            except msgspec.ValidationError:
                bad.append(name)
    return Values(**good), tuple(bad)
