"""`thaw clean`: the cleaning journal. Originals stay as they are until `apply`, which can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Annotated, Any

import msgspec
import typer

from studio.cli.cleaning import keys_of, listing
from studio.cli.options import JsonOption, ProjectArgument, RunOption
from studio.cli.output import Output, opened
from studio.cli.work import project_at
from studio.errors import UserError
from studio.project import Project
from studio.project.apply import Applied
from studio.project.marks import said

ActionArgument = Annotated[
    str,
    typer.Argument(
        metavar="ACTION", help="list, keep, remove, relabel, undo, redo, clear, apply or undo-apply."
    ),
]
ItemsArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ITEM...]", help="Items, as the list names them, or their files."),
]
ToOption = Annotated[str | None, typer.Option("--to", metavar="LABEL", help="With relabel: the new label.")]
TopOption = Annotated[
    int, typer.Option("--top", metavar="N", min=0, help="With list: how many items to name.")
]


@dataclass(frozen=True)
class Asked:
    """What was asked for."""

    project: Project
    output: Output
    items: tuple[str, ...]
    label: str | None
    top: int
    run: int | None


def command(
    project: ProjectArgument,
    action: ActionArgument = "list",
    items: ItemsArgument = None,
    to: ToOption = None,
    top: TopOption = 20,
    run: RunOption = None,
    is_json: JsonOption = False,
) -> None:
    """List what the model got most wrong, mark items, and carry the marks out in the data."""
    known = action.replace("_", "-")
    if known not in ACTIONS:
        raise typer.BadParameter(f"“{action}” is none of: {', '.join(ACTIONS)}.", param_hint="ACTION")
    with opened(is_json) as output, project_at(project, change=known != "list") as there:
        ACTIONS[known](Asked(there, output, tuple(items or ()), to, top, run))


def _list(asked: Asked) -> None:
    listing(asked.project, asked.output, asked.top, asked.run)


def _keep(asked: Asked) -> None:
    _mark(asked, "keep")


def _remove(asked: Asked) -> None:
    _mark(asked, "remove")


def _relabel(asked: Asked) -> None:
    if not asked.label:
        raise UserError("Relabel needs the new label.", "Say it with --to LABEL.")
    _mark(asked, "relabel", _target(asked.project, asked.label))


def _target(project: Project, label: str) -> Any:
    """What was typed, as targets of this problem are kept."""
    read = getattr(project.problem.part("items"), "target_of", None)
    if read is None:
        return label
    root = {"root": project.data_root} if "root" in signature(read).parameters else {}
    return read(label, project.recipe, **root)


def _mark(asked: Asked, action: str, value: Any = None) -> None:
    keys = keys_of(asked.project, asked.items)
    asked.project.mark(keys, action, value)
    _tell(asked, action, said(action, len(keys), value))


def _undo(asked: Asked) -> None:
    taken = asked.project.journal.undo()
    _tell(asked, "undo", f"Taken back: {taken}" if taken else "There is nothing to take back.")


def _redo(asked: Asked) -> None:
    brought = asked.project.journal.redo()
    _tell(asked, "redo", f"Brought back: {brought}" if brought else "There is nothing to bring back.")


def _clear(asked: Asked) -> None:
    asked.project.journal.clear()
    _tell(asked, "clear", "All marks are cleared; undo brings them back.")


def _apply(asked: Asked) -> None:
    _applied(asked, "apply", asked.project.apply_marks())


def _undo_apply(asked: Asked) -> None:
    _applied(asked, "undo-apply", asked.project.undo_apply())


def _applied(asked: Asked, action: str, done: Applied) -> None:
    asked.output.line({"done": "clean", "action": action, **msgspec.to_builtins(done)})
    asked.output.show(done.sentence)
    for key, why in done.skipped:
        asked.output.note(f"  {key}: {why}", "yellow")


def _tell(asked: Asked, action: str, sentence: str) -> None:
    counts = asked.project.journal.counts()
    asked.output.line({"done": "clean", "action": action, "sentence": sentence, "marks": counts})
    there = ", ".join(f"{count} to {name}" for name, count in counts.items() if count) or "none"
    asked.output.show(f"{sentence}. Marks now: {there}.".replace("..", "."))


ACTIONS: dict[str, Callable[[Asked], None]] = {
    "list": _list,
    "keep": _keep,
    "remove": _remove,
    "relabel": _relabel,
    "undo": _undo,
    "redo": _redo,
    "clear": _clear,
    "apply": _apply,
    "undo-apply": _undo_apply,
}
