"""A real engine process that knows the clouds, driven line by line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

from studio.engine import messages as m

REPO = Path(__file__).resolve().parents[2]
WAIT_S = 60.0


class Engine:
    """Starts at once; `close` it. `module` is what runs."""

    def __init__(
        self, *arguments: str, log: Path | None = None, module: str = "tests.engine.toy_engine"
    ) -> None:
        environment = {**os.environ, "PYTHONPATH": str(REPO), "OMP_NUM_THREADS": "1"}
        self._log_path = log
        self.log = log.open("wb") if log else subprocess.DEVNULL
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env=environment,
            cwd=REPO,
        )
        self.events: list[m.Event] = []
        self._queue: Queue[bytes] = Queue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._queue.put(line)

    def send(self, *commands: m.Command) -> None:
        """Send commands."""
        self.write(b"".join(m.encode(command) for command in commands))

    def write(self, raw: bytes) -> None:
        """Send anything."""
        assert self.process.stdin is not None
        self.process.stdin.write(raw)
        self.process.stdin.flush()

    def until(self, kind: type[Any], where: Callable[[Any], bool] = bool) -> Any:
        """Wait for an event; those before it are kept in `events`."""
        while True:
            try:
                event = m.decode_event(self._queue.get(timeout=WAIT_S))
            except Empty:
                raise AssertionError(f"no {kind.__name__} came; last: {self.events[-3:]}") from None
            self.events.append(event)
            if isinstance(event, kind) and where(event):
                return event

    def logged(self) -> bytes:
        """What it wrote to its standard error."""
        return self._log_path.read_bytes() if self._log_path else b""

    def quiet(self, seconds: float) -> None:
        """Wait until nothing has come for that long."""
        try:
            while True:
                self._queue.get(timeout=seconds)
        except Empty:
            return

    def hang_up(self) -> None:
        """What the engine sees when the window dies."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def close(self) -> None:
        """End it for certain, and its pipes."""
        self.process.kill()
        self.process.wait()
        self._reader.join(5)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        if self.log is not subprocess.DEVNULL:
            self.log.close()
