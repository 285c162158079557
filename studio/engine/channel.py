"""The line to the window: standard input and output, kept away from everything else in the process.

At the start both descriptors are copied to private ones that no child inherits. Then 0 reads nothing and 1 is the
log, so that neither a library's print nor a process that reads data can touch the line. Must not import torch or Qt.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from threading import Lock

from studio.engine import loader_processes
from studio.engine.messages import Event, encode


class Channel:
    """Lines in, events out. Events may be sent from any thread."""

    def __init__(self, read: int, write: int) -> None:
        self._lines = os.fdopen(read, "rb")
        self._write = write
        self._lock = Lock()
        self._is_open = True

    def lines(self) -> Iterator[bytes]:
        """Commands as they come; ends when the window is gone."""
        try:
            yield from self._lines
        except OSError:
            return

    def send(self, event: Event) -> None:
        """Send one event; where nobody listens any more it is dropped."""
        data = memoryview(encode(event))
        with self._lock:
            try:
                while self._is_open and data:
                    data = data[os.write(self._write, data) :]
            except OSError:
                self._is_open = False


def take_standard_streams() -> Channel:
    """Take descriptors 0 and 1 for the channel and leave harmless ones in their place."""
    read, write = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(read, os.O_BINARY)
        msvcrt.setmode(write, os.O_BINARY)
    loader_processes.keep_from(read, write)
    return Channel(read, write)
