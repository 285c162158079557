"""The command line: its commands, and the one place that turns whatever went wrong into words and a status.

Exit statuses: 0 done, 1 failed in use, 2 wrong usage, 130 interrupted. A traceback goes to the log,
never to a person. Nothing heavy may be imported here: `thaw --help` answers at once. No torch, no Qt.
"""

from __future__ import annotations

import difflib
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from studio import __version__, log
from studio.cli import COMMANDS
from studio.cli.output import Output
from studio.cli.status import DONE, FAILED, INTERRUPTED, USAGE, Interrupted
from studio.errors import UserError
from studio.recipe.edit import UnknownField

logger = logging.getLogger(__name__)

app = typer.Typer(
    name="thaw",
    help="Train deep-learning models on your own data. Without a command, thaw opens its window.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"Thaw Studio {__version__}")
        raise typer.Exit


@app.callback()
def _thaw(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and leave.")
    ] = False,
) -> None:
    """Train deep-learning models on your own data. Without a command, thaw opens its window."""


def is_command(word: str) -> bool:
    """Whether a word is a command or an option rather than a project."""
    return word in COMMANDS or word.startswith("-")


def run(arguments: Sequence[str]) -> int:
    """Run a command; return the exit status."""
    if arguments and not is_command(arguments[0]):
        return _unknown(arguments[0])
    return guarded(lambda: _called(arguments), is_json="--json" in arguments)


def guarded(work: Callable[[], int], is_json: bool = False) -> int:
    """Do `work` and return its status; what it raises becomes a sentence on stderr and a status."""
    log_file = log.start()
    try:
        return work()
    except (KeyboardInterrupt, Interrupted) as stop:
        return _said(INTERRUPTED, str(stop) or "Interrupted.")
    except UnknownField as error:
        return _said(USAGE, f"Error: {error.message}", error.hint)
    except UserError as error:
        logger.info("refused: %s", error)
        return _said(FAILED, f"Error: {error.message}", error.hint)
    except BrokenPipeError:
        _forget_stdout()
        return FAILED
    except BaseException as error:
        logger.error("the command failed", exc_info=error)
        return _explained(error, log_file)
    finally:
        log.stop()


def _called(arguments: Sequence[str]) -> int:
    try:
        app(list(arguments), prog_name="thaw")
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else DONE
    return DONE


def _explained(error: BaseException, log_file: Path | None) -> int:
    from studio.engine.failures import explain

    failed = explain(error)
    where = f"Details are in {log_file}." if log_file else ""
    return _said(FAILED, f"Error: {failed.message}", failed.hint, where)


def _said(status: int, *sentences: str) -> int:
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            Output().note("\n".join(s for s in sentences if s))
    return status


def _unknown(word: str) -> int:
    near = difflib.get_close_matches(word, COMMANDS, n=2, cutoff=0.6)
    hint = f"Did you mean {' or '.join(near)}?" if near else "“thaw --help” lists the commands."
    return _said(USAGE, f"Error: “{word}” is neither a command nor a project.", hint)


def _forget_stdout() -> None:
    """The reader of our output is gone (`| head`): what is still buffered has nowhere to go."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
