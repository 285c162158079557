"""Where the packaged program starts: the window, a command, the engine, or a child process of one of them."""

from __future__ import annotations

import multiprocessing
import os
import sys


def main() -> int:
    """Run the studio; return the exit status."""
    os.environ.setdefault("MPLBACKEND", "Agg")  # fastai imports pyplot, which must never look for a display
    from studio.__main__ import main as studio

    return studio()


if __name__ == "__main__":
    multiprocessing.freeze_support()  # first of all: a child process starts here too, and must go no further
    sys.exit(main())
