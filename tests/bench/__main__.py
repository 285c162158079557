"""`python -m tests.bench [NAME ...]`: run the benchmarks and print their tables.

Each runs in a process of its own: what another one has loaded or started would slow it down.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib import import_module

import psutil
from rich.console import Console

from tests.bench.timing import show

BENCHES = (
    "overhead",
    "event_loop",
    "grid",
    "curves",
    "start_up",
    "scan",
    "images",
    "step",
    "tables",
    "same_accuracy",
    "flat_memory",
    "memory",
)


os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before Qt is imported: nothing here needs a screen


def main(names: list[str]) -> int:
    console = Console()
    unknown = [n for n in names if n not in BENCHES]
    if unknown:
        console.print(f"There is no benchmark called {', '.join(unknown)}; there are: {', '.join(BENCHES)}.")
        return 2
    memory_gib = psutil.virtual_memory().total / 2**30
    console.print(
        f"{platform.system()} {platform.machine()}, {psutil.cpu_count()} cores, {memory_gib:.0f} GiB, "
        f"Python {platform.python_version()}"
    )
    for name in names or BENCHES:
        code = f"from tests.bench.__main__ import one; one({name!r})"
        if done := subprocess.run([sys.executable, "-c", code], check=False).returncode:
            return done
    return 0


def one(name: str) -> None:
    """Run a benchmark here."""
    bench = import_module(f"tests.bench.{name}")
    getattr(bench, "show", show)(bench.TITLE, bench.run(), Console())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
