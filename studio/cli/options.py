"""Arguments and options that several commands share, declared once. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

ProjectArgument = Annotated[
    Path, typer.Argument(metavar="PROJECT", help="A project folder, or its recipe.toml.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON object a line on stdout, and nothing else there.")
]
RunOption = Annotated[
    int | None, typer.Option("--run", metavar="N", help="The run's number; the newest without it.")
]
StageOption = Annotated[
    int | None, typer.Option("--stage", metavar="N", min=1, help="Only this stage, from 1.")
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Set a field; may be given again.")
]


def read_sets(given: Sequence[str] | None) -> dict[str, str]:
    """Return what `--set` said, by field.

    Raises
    ------
    typer.BadParameter
        Where one is not FIELD=VALUE.
    """
    values = {}
    for one in given or ():
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f"“{one}” is not FIELD=VALUE.", param_hint="--set")
        values[name.strip()] = value.strip()
    return values
