"""Keeps the machine awake while something trains; where the system offers no way, nothing happens and nothing is said.

The system's own tool is held open and ends with this process, however that ends. No torch, no Qt.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress

_CONTINUOUS, _SYSTEM = 0x80000000, 0x00000001


class Awake:
    """`hold` and `release`, both of which may be called again; or a context manager."""

    def __init__(self, platform: str = sys.platform) -> None:
        self._platform = platform
        self._tool: subprocess.Popen[bytes] | None = None

    @property
    def held(self) -> bool:
        """Whether a tool of the system keeps it awake now."""
        return self._tool is not None and self._tool.poll() is None

    def __enter__(self) -> Awake:
        self.hold()
        return self

    def __exit__(self, *_error: object) -> None:
        self.release()

    def hold(self) -> None:
        """From now on the machine does not fall asleep by itself."""
        if self._platform == "win32":
            _execution_state(_CONTINUOUS | _SYSTEM)
        elif not self.held:
            self._tool = _started(command(self._platform))

    def release(self) -> None:
        """It may sleep again."""
        if self._platform == "win32":
            _execution_state(_CONTINUOUS)
        if self._tool is not None:
            with suppress(OSError):
                if self._tool.stdin is not None:
                    self._tool.stdin.close()
                self._tool.terminate()
                self._tool.wait(timeout=2)
            self._tool = None


def command(platform: str) -> list[str]:
    """The system's tool; empty where it has none that is known."""
    if platform == "darwin":
        return ["caffeinate", "-i", "-w", str(os.getpid())]
    if platform.startswith("linux"):  # `cat` ends when its input does, which is when this process ends
        return [
            "systemd-inhibit",
            "--what=sleep:idle",
            "--who=Thaw Studio",
            "--why=A model is training",
            "cat",
        ]
    return []


def _started(words: list[str]) -> subprocess.Popen[bytes] | None:
    if not words or shutil.which(words[0]) is None:
        return None
    quiet = subprocess.DEVNULL
    with suppress(OSError):
        return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet)
    return None


def _execution_state(flags: int) -> None:
    import ctypes

    windll = getattr(ctypes, "windll", None)
    if windll is not None:
        windll.kernel32.SetThreadExecutionState(flags)
