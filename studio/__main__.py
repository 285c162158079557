"""`thaw`: the window without arguments or with a project, else a command. Must start without torch or Qt.

A packaged program has no Python to run modules with, so it answers to `--engine` and `--sample` itself.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["--engine"]:
        _engine()
    if given[:1] == ["--sample"]:
        from studio.project.samples import main as make_sample

        return make_sample(given[1:])
    if not given:
        return _window(None)
    from studio.cli.app import is_command, run

    if len(given) == 1 and not is_command(given[0]) and Path(given[0]).exists():
        return _window(Path(given[0]))
    return run(given)


def _engine() -> NoReturn:
    from multiprocessing import freeze_support

    from studio.engine.__main__ import DEFAULT_MINUTES
    from studio.engine.patience import wait_asleep
    from studio.engine.server import main as serve

    freeze_support()
    wait_asleep()
    serve(DEFAULT_MINUTES)


def _window(project: Path | None) -> int:
    from studio.cli.app import guarded

    return guarded(lambda: _open_window(project))


def _open_window(project: Path | None) -> int:
    from studio.ui.app import main as open_window

    return int(open_window(project) or 0)


if __name__ == "__main__":
    sys.exit(main())
