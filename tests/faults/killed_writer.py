"""Writes two checkpoints in a child that is killed at its n-th call of the operating system; prints what is left.

`python -m tests.faults.killed_writer FOLDER`: one line for each n, until a child lives through it all. A line is
the step of the newest whole checkpoint, and the number of files in the folder.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.engine import checkpoint
from tests.engine.test_checkpoint import state, tensors

WRITES = ("open", "fsync", "replace", "unlink", "rename", "close")


def killed_at(step: int) -> None:
    """From now on, end this process without a trace at its `step`-th system call that touches files."""
    left = [step]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                os._exit(9)
            return real(*args, **kwargs)

        return call

    for name in WRITES:
        setattr(os, name, counted(getattr(os, name)))
    Path.unlink = counted(Path.unlink)  # type: ignore[method-assign]
    Path.open = counted(Path.open)  # type: ignore[method-assign]


def main(folder: Path) -> None:
    for step in range(1000):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        checkpoint.write(folder, state(10), tensors(1))
        checkpoint.write(folder, state(20), tensors(2))
        child = os.fork()
        if child == 0:
            killed_at(step)
            checkpoint.write(folder, state(30), tensors(3))
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        found = checkpoint.newest(folder)
        print(status, "none" if found is None else found[0].step, len(list(folder.iterdir())), flush=True)
        if status == 0:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
