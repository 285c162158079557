"""Sentences about the engine: how it ended, what it does now, and how long it will take.

Must not import Qt, torch or numpy.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from datetime import datetime

WHAT = {
    "Scan": "Reading the data",
    "Check": "Checking the data",
    "Preview": "Drawing a batch",
    "Estimate": "Predicting memory",
    "FindRate": "Finding the rate",
    "TryRates": "Trying three rates",
    "Train": "Training",
    "Curve": "Training on parts of the data",
    "Evaluate": "Looking at every item",
    "Export": "Exporting",
    "Predict": "Predicting",
}


def exit_words(code: int, crashed: bool, stderr: Sequence[str] = ()) -> str:
    """One sentence or two about why a process is gone.

    Parameters
    ----------
    code : int
        Exit status, or the number of the signal where it crashed.
    stderr : sequence of str
        Its last lines; the last one is told where it exited by itself.
    """
    if crashed:
        return f"The engine stopped: killed by signal {code}{_signal_words(code)}."
    if code == 0:
        return "The engine left without being asked."
    last = next((line.strip() for line in reversed(stderr) if line.strip()), "")
    return f"The engine stopped with status {code}" + (f": {last.rstrip('.')}." if last else ".")


def _signal_words(number: int) -> str:
    known = {
        "SIGKILL": " (the system does this when memory runs out, or somebody ended it)",
        "SIGSEGV": " (a fault inside a library)",
        "SIGABRT": " (a library gave up)",
        "SIGTERM": " (somebody asked it to end)",
    }
    try:
        return known.get(signal.Signals(number).name, "")
    except ValueError:
        return ""


def clock(moment: float) -> str:
    """``12:03`` of a time in seconds since 1970, in local time."""
    return datetime.fromtimestamp(moment).strftime("%H:%M")


def started_words(text: str) -> str:
    """An ISO time as ``14 Mar 2026, 12:03`` in local time; the text itself where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    local = moment.astimezone() if moment.tzinfo else moment
    return f"{local.day} {local:%b %Y, %H:%M}"
