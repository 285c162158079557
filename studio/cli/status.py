"""Exit statuses, and the exceptions that mean one."""

from __future__ import annotations

DONE = 0
FAILED = 1
USAGE = 2
INTERRUPTED = 130


class Interrupted(Exception):
    """A person pressed Ctrl-C and the job has ended tidily; the text says what was kept."""
