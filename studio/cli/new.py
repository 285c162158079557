"""`thaw new`: writes a project, guessing what it was not told. No torch, no Qt."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from studio.cli.options import JsonOption, SetOption, read_sets
from studio.cli.output import Output, opened
from studio.cli.words import counted, thawing
from studio.errors import UserError
from studio.problems import PROBLEMS, problem_named
from studio.problems.base import Dataset, Problem, names_in
from studio.project import Project
from studio.recipe.new import new_recipe
from studio.recipe.paths import read_root
from studio.recipe.schema import Recipe

SHOWN_CLASSES = 8

DataOption = Annotated[
    Path, typer.Option("--data", metavar="PATH", help="The folder of the data, or a table in it.")
]
FolderArgument = Annotated[Path, typer.Argument(metavar="FOLDER", help="The project folder to make.")]
ProblemArgument = Annotated[
    str, typer.Argument(metavar="PROBLEM", help=f"What to learn: {', '.join(p.name for p in PROBLEMS)}.")
]


def command(
    problem: ProblemArgument,
    folder: FolderArgument,
    data: DataOption,
    sets: SetOption = None,
    is_json: JsonOption = False,
) -> None:
    """Write a project for data: guesses what it was not told, and refuses to overwrite."""
    values = read_sets(sets)
    with opened(is_json) as output:
        kind = problem_named(problem.replace("-", "_"))
        _refuse_existing(folder)
        recipe = new_recipe(kind, folder.name.removesuffix(".thaw"), data, folder, values)
        dataset = kind.part("items").collect(recipe, read_root(recipe.data.root, folder))
        Project.create(folder, recipe).close()
        _tell(output, folder, kind, recipe, dataset)


def _refuse_existing(folder: Path) -> None:
    """Say so before anything is looked at."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(
            f"{folder} already exists and is not empty.", "Choose another name; nothing was changed."
        )


def _tell(output: Output, folder: Path, kind: Problem[Any], recipe: Recipe, dataset: Dataset) -> None:
    train, valid = len(dataset.train()), len(dataset.valid())
    output.line(
        {
            "done": "new",
            "project": str(folder.absolute()),
            "problem": kind.name,
            "train": train,
            "valid": valid,
            "classes": list(dataset.classes),
            "left_out": len(dataset.left_out),
        }
    )
    output.show(f"Made {folder}: {kind.title.lower()}, {train:,} items to train on, {valid:,} to judge by.")
    if dataset.classes:
        output.show(f"{counted(len(dataset.classes), 'class', 'classes')}: {_class_words(dataset)}.")
    if dataset.left_out:
        output.show(
            f"Left out: {counted(len(dataset.left_out), 'entry', 'entries')} ({dataset.left_out[0][1]})."
        )
    for number, stage in enumerate(recipe.training.stages, start=1):
        state = thawing(stage)
        size = f", {stage.size} px" if stage.size else ""
        output.show(f"Stage {number}: {state}, {counted(stage.epochs, 'epoch')}{size}, {stage.lr}")
    output.show(f"Next: thaw check {folder}, then thaw train {folder}")


def _class_words(dataset: Dataset) -> str:
    counts = Counter(name for item in dataset.items for name in names_in(item.target))
    is_counted = any(counts[name] for name in dataset.classes)  # a mask does not name the classes in it
    words = (f"{name} {counts[name]:,}" if is_counted else name for name in dataset.classes[:SHOWN_CLASSES])
    shown = ", ".join(words)
    more = len(dataset.classes) - SHOWN_CLASSES
    return f"{shown} and {more} more" if more > 0 else shown
