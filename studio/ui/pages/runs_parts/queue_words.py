"""What the queue says of its entries, and the fields that a run in it can change. No widgets."""

from __future__ import annotations

from typing import Any, Final

from studio.problems.base import Problem
from studio.project.queue import Entry
from studio.recipe.edit import settable
from studio.recipe.schema import Recipe

_TONES: Final = {"waiting": "idle", "running": "accent", "failed": "error"}
_FIRST: Final = ("arch", "size", "epochs", "lr", "batch_size", "seed", "weight_decay", "dropout", "augment")
_NOT: Final = frozenset({"name", "root", "skip", "source", "table", "images", "masks", "codes"})


def state(entry: Entry, going: bool) -> tuple[str, str]:
    """The words and the tone of an entry's pill."""
    if entry.status == "running":
        name = f"run {entry.run}" if entry.run is not None else "beginning"
        return (f"training, {name}" if going else f"cut off, {name}"), "accent" if going else "warning"
    return entry.status, _TONES[entry.status]


def fields(problem: Problem[Any]) -> list[tuple[str, str, str]]:
    """Fields that a queued run can change: name, title and help; those that people vary most first."""
    every = {field.name: field for field in settable(problem) if field.name not in _NOT}
    names = [*(n for n in _FIRST if n in every), *(n for n in every if n not in _FIRST)]
    return [(name, every[name].title, every[name].help) for name in names]


def example(problem: Problem[Any], recipe: Recipe, name: str) -> str:
    """What a field may be, as the hint in an empty line."""
    field = next((f for f in settable(problem) if f.name == name), None)
    if field is None:
        return ""
    if field.choices:
        return ", ".join(list(field.choices)[:6])
    stages = recipe.training.stages
    known = {
        "size": ",".join(str(s.size) for s in stages),
        "epochs": ",".join(str(s.epochs) for s in stages),
        "lr": "1e-3, or one for each stage",
        "batch_size": "auto, or a number",
        "seed": str(recipe.seed + 1),
        "weight_decay": f"{recipe.training.weight_decay:g}",
    }
    return known.get(name, str(recipe.options.get(name, "")))
