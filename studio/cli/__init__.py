"""The command line: one module per command, listed here in the order of the help. No torch, no Qt.

To add a command: one module with a function `command` (its docstring is the help), one line below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio.cli import (
    batch_size,
    check,
    clean,
    demo,
    doctor,
    export,
    learning_curve,
    lr_find,
    new,
    predict,
    queue,
    results,
    runs,
    train,
)

COMMANDS: dict[str, Callable[..., Any]] = {
    "demo": demo.command,
    "new": new.command,
    "check": check.command,
    "batch-size": batch_size.command,
    "lr-find": lr_find.command,
    "train": train.command,
    "learning-curve": learning_curve.command,
    "queue": queue.command,
    "runs": runs.command,
    "results": results.command,
    "clean": clean.command,
    "export": export.command,
    "predict": predict.command,
    "doctor": doctor.command,
}
