"""What a command says: results on stdout, the rest on stderr; or JSON lines on stdout and nothing else.

In JSON mode the real stdout is kept for this module alone, and whatever else is printed (by a library, by C
code, by a child) goes to stderr. No torch, no Qt.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from typing import Any, BinaryIO

import msgspec
from rich.console import Console, RenderableType

from studio.engine.messages import Event, encode

PLAIN_WIDTH = 140


class Output:
    """Where one command's words go.

    Attributes
    ----------
    is_json : bool
        Whether stdout speaks JSON.
    screen : rich.console.Console
        stderr, for progress, notes and errors.
    """

    def __init__(self, channel: BinaryIO | None = None) -> None:
        self.is_json = channel is not None
        self._channel = channel
        self.screen = _console(stderr=True)
        self._paper = _console(stderr=False)

    def show(self, *parts: RenderableType) -> None:
        """Print a result for a person; nothing in JSON mode."""
        if not self.is_json:
            for part in parts:
                self._paper.print(part)

    def note(self, text: str, style: str = "") -> None:
        """Say something beside the result."""
        self.screen.print(text, style=style, markup=False, highlight=False)

    def event(self, event: Event) -> None:
        """Write an event as it is, in JSON mode."""
        self._write(encode(event))

    def line(self, values: Mapping[str, Any]) -> None:
        """Write one JSON object, in JSON mode; numbers that are not finite become null."""
        self._write(msgspec.json.encode(dict(values)) + b"\n")

    def _write(self, line: bytes) -> None:
        if self._channel is not None:
            self._channel.write(line)
            self._channel.flush()


@contextmanager
def opened(is_json: bool) -> Iterator[Output]:
    """Give the output of a command; in JSON mode nothing but it can reach stdout meanwhile."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(
            AttributeError, ValueError
        ):  # replaced by something that has no encoding, or none at all
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    if not is_json:
        yield Output()
        return
    with _private_stdout() as channel:
        yield Output(channel)


@contextmanager
def _private_stdout() -> Iterator[BinaryIO]:
    """Keep descriptor 1 for ourselves and point it at stderr for everybody else."""
    if sys.stdout is not None:
        sys.stdout.flush()
    private = os.dup(1)
    try:
        os.dup2(2, 1)
        with os.fdopen(os.dup(private), "wb") as channel, redirect_stdout(sys.stderr):
            yield channel
    finally:
        if sys.stdout is not None:
            sys.stdout.flush()
        os.dup2(private, 1)
        os.close(private)


def _console(stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    return console
