"""The run as a Python script in plain fastai, with the table of its items. No torch, no Qt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from studio.engine.messages import Exported, RunStarted
from studio.errors import UserError
from studio.exports import Report, facts, manifest, place
from studio.problems import problem_named
from studio.problems.base import Dataset
from studio.recipe.schema import Recipe


def write(
    learner: Any, dataset: Dataset, recipe: Recipe, run: facts.Run, folder: Path, progress: Report
) -> Exported:
    """Export the run as a script; of the learner only the data folder is used.

    Raises
    ------
    UserError
        Where the run kept no record of its stages, or the files cannot be written.
    """
    root, slug = facts.data_root(learner), manifest.slug(recipe.name)
    place.refuse_data_folder(folder, root, run.path.parent.parent)
    progress("Writing the script", 0, 0)
    began = facts.started(run)
    if began is None:
        raise UserError(
            f"Run {run.number} kept no record of its training.", "Train again, and export that run."
        )
    files = texts(dataset, recipe, began, run.path, root, slug)
    main = next(iter(files))
    compile(files[main], main, "exec")
    with place.staged(folder, main) as stage:
        for name, text in files.items():
            (stage / name).write_text(text, encoding="utf-8")
    return Exported(
        run=run.number, format="script", path=str(folder / main), proof=None, warning=warning(began)
    )


def texts(
    dataset: Dataset, recipe: Recipe, began: RunStarted, run: Path, root: Path, slug: str
) -> dict[str, str]:
    """Return the script and what it reads, by file name, the script first; `run` is the run's folder."""
    written: dict[str, str] = (
        problem_named(recipe.problem)
        .part("script")
        .write(
            recipe=recipe,
            dataset=dataset,
            root=root,
            plans=began.stages,
            precision=began.precision,
            folder=run,
            slug=slug,
        )
    )
    return written


def warning(began: RunStarted) -> str:
    """Return what the script cannot know; empty where it knows all."""
    first = began.stages[0].index if began.stages else 0
    if not first:
        return ""
    return (
        f"This run trained from stage {first + 1} on. Where it began with the model of another run, the "
        "script begins with the recipe's weights instead."
    )
