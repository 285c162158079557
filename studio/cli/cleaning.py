"""What `thaw clean` reads: the items with the highest losses, the marks, and items by name."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.markup import escape
from rich.table import Table

from studio.cli.output import Output
from studio.cli.results import in_figures, top_losses
from studio.cli.words import metric, percent
from studio.errors import UserError
from studio.problems.base import in_words
from studio.project import Project
from studio.project.marks import Mark
from studio.project.results import ItemResult


def listing(project: Project, output: Output, top: int, run: int | None) -> None:
    """Show the items with the highest losses of a run, then the marks."""
    marks, worst = project.journal.marks(), _worst(project, top, run)
    for item in worst:
        mark = marks.get(item.key)
        plain = {k: v for k, v in msgspec.to_builtins(item).items() if k != "scores"}
        output.line({**plain, "mark": msgspec.to_builtins(mark) if mark else None})
    output.line(
        {"done": "clean", "action": "list", "marks": [msgspec.to_builtins(m) for m in marks.values()]}
    )
    if worst:
        output.show("Highest losses", _table(worst, marks))
    else:
        output.show(
            "No run has results yet, so there is no list of what to look at. Next: thaw results PROJECT"
        )
    others = [mark for key, mark in marks.items() if key not in {item.key for item in worst}]
    for mark in others:
        output.show(f"Also marked: {escape(mark.key)} ({escape(_words(mark))})")


def keys_of(project: Project, names: Sequence[str]) -> list[str]:
    """Return the keys that `names` (keys, or paths of files) mean.

    Raises
    ------
    UserError
        Where none was given, or one is not in the data, naming those that are spelled nearly so.
    """
    if not names:
        raise UserError("No items were named.", "Name them as “thaw clean PROJECT list” shows them.")
    dataset = project.problem.part("items").collect(project.recipe, project.data_root)
    known = {item.key for item in dataset.items}
    return [_key(name, known, project.data_root) for name in names]


def _key(name: str, known: set[str], root: Path) -> str:
    plain = name.replace("\\", "/").removeprefix("./")
    if plain in known:
        return plain
    path = Path(os.path.realpath(name))
    if path.is_relative_to(root) and path.relative_to(root).as_posix() in known:
        return path.relative_to(root).as_posix()
    near = difflib.get_close_matches(plain, known, n=2, cutoff=0.6)
    meant = f"Did you mean {' or '.join(near)}?" if near else "“thaw clean PROJECT list” names items."
    raise UserError(f"The data has no item {name}.", meant)


def _worst(project: Project, top: int, run: int | None) -> list[ItemResult]:
    if run is not None:
        found = project.run(run).results()
        if found is None:
            raise UserError(
                f"Run {run} has no results yet.", f"Next: thaw results {project.folder} --run {run}"
            )
        return top_losses(found, top, valid_only=False)
    for record in reversed(project.runs()):
        found = None if record.broken else project.run(record.number).results()
        if found is not None:
            return top_losses(found, top, valid_only=False)
    return []


def _table(worst: Sequence[ItemResult], marks: dict[str, Mark]) -> Table:
    table = Table()
    for column in ("Item", "Set", "It is", "The model said"):
        table.add_column(column, overflow="fold")
    table.add_column("Loss", justify="right")
    table.add_column("Sure", justify="right")
    table.add_column("Mark")
    for item in worst:
        mark = marks.get(item.key)
        place = "validation" if item.valid else "training"
        words = (escape(item.key), place, in_figures(item.target), in_figures(item.predicted))
        table.add_row(
            *words, metric(item.loss), percent(item.confidence), escape(_words(mark)) if mark else ""
        )
    return table


def _words(mark: Mark) -> str:
    return f"relabel to {in_words(mark.value)}" if mark.action == "relabel" else mark.action
