"""The runs of a project: numbered folders that appear whole and are never numbered again. No torch, no Qt."""

from __future__ import annotations

import os
import re
import shutil
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from studio.errors import UserError
from studio.project import record
from studio.project.atomic import disk_error, sync_folder
from studio.project.marks import Mark
from studio.project.processes import myself
from studio.project.record import LIVE, RunRecord
from studio.project.run_folder import RunFolder
from studio.recipe import io
from studio.recipe.schema import Recipe

_NUMBERED = re.compile(r"(\d{4,})(?:-.*)?")


def listed(folder: Path, writable: bool) -> list[RunRecord]:
    """Read every run's record, newest last."""
    return [RunFolder(path, number, writable).record() for number, path in _folders(folder / "runs")]


def folders(folder: Path) -> list[tuple[int, Path]]:
    """The numbers and folders of all runs, newest last."""
    return _folders(folder / "runs")


def found(folder: Path, number: int, writable: bool) -> RunFolder:
    """Return a run.

    Raises
    ------
    UserError
        Where there is none of that number, naming those that exist.
    """
    plain = folder / "runs" / f"{number:04d}"
    if plain.is_dir():
        return RunFolder(plain, number, writable)
    runs = dict(_folders(folder / "runs"))
    if number in runs:
        return RunFolder(runs[number], number, writable)
    there = f"Runs here: {', '.join(map(str, runs))}." if runs else "Train first: there are no runs yet."
    raise UserError(f"There is no run {number} in {folder}.", there)


def made(folder: Path, recipe: Recipe, marks: dict[str, Mark], **fields: Any) -> RunFolder:
    """Make the folder of a new run with all it starts from; it appears whole or not at all.

    `fields` go to its record.

    Raises
    ------
    UserError
        Where the disk is full or the project cannot be written.
    """
    runs = folder / "runs"
    draft = runs / f".new-{uuid.uuid4().hex[:8]}"
    try:
        draft.mkdir(parents=True)
        return _filled(draft, folder, recipe, marks, fields)
    except OSError as error:
        raise disk_error(error, runs) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def trashed(folder: Path, number: int) -> Path:
    """Move a run to the project's trash; return where it is now.

    Raises
    ------
    UserError
        Where there is no such run, or it trains at this moment.
    """
    run = found(folder, number, True)
    if run.record().status in LIVE:
        raise UserError(f"Run {number} is training.", "Stop it first.")
    target = folder / "trash" / "runs" / f"{run.path.name}-{datetime.now():%Y%m%d-%H%M%S}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        run.path.rename(target)
    except OSError as error:
        raise disk_error(error, target) from error
    return target


def untrashed(folder: Path, path: Path) -> int:
    """Put a run back from the trash; return its number, which nothing else was given meanwhile.

    Raises
    ------
    UserError
        Where it is not in the trash any more.
    """
    found = _NUMBERED.fullmatch(path.name)
    if found is None or not path.is_dir():
        raise UserError(f"{path.name} is not in the trash any more.", "It was moved or deleted by hand.")
    target = folder / "runs" / f"{int(found[1]):04d}"
    try:
        path.rename(target)
    except OSError as error:
        raise disk_error(error, target) from error
    return int(found[1])


def _filled(
    draft: Path, folder: Path, recipe: Recipe, marks: dict[str, Mark], fields: dict[str, Any]
) -> RunFolder:
    run = RunFolder(draft, 0)
    io.save(draft / "recipe.toml", recipe)
    run.save_marks(marks)
    while True:
        number = _next_number(folder)
        fresh = record.new(number, recipe.name, myself())
        record.write(draft, msgspec.structs.replace(fresh, seed=recipe.seed, **fields))
        target = folder / "runs" / f"{number:04d}"
        try:
            draft.rename(target)
        except OSError:
            if not target.exists():
                raise
            continue
        sync_folder(target.parent)
        return RunFolder(target, number)


def _next_number(folder: Path) -> int:
    numbers = [n for place in (folder / "runs", folder / "trash" / "runs") for n, _ in _folders(place)]
    return max(numbers, default=0) + 1


def _folders(place: Path) -> list[tuple[int, Path]]:
    if not place.is_dir():
        return []
    with os.scandir(place) as there:
        named = [(m, e.path) for e in there if (m := _NUMBERED.fullmatch(e.name)) and e.is_dir()]
    return sorted((int(m[1]), Path(path)) for m, path in named)
