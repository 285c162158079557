"""Recipes to and from TOML. No torch, no Qt.

A file names its `schema`; an older one is migrated step by step while it is read, a newer one is refused.
Every complaint names the file, the line, the field and a remedy.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from studio import atomic
from studio.errors import UserError
from studio.recipe.complaints import complaint, named, place
from studio.recipe.fields import describe
from studio.recipe.lines import line_of
from studio.recipe.schema import Recipe, Split, Stage

Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: tuple[Migration, ...] = ()
"""`MIGRATIONS[i]` turns the plain data of schema i + 1 into that of schema i + 2."""


def loads(text: str, source: str = "recipe.toml") -> Recipe:
    """Read a recipe.

    Raises
    ------
    UserError
        Naming `source`, the line and the field, with a remedy.
    """
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        words = _lower(str(error)).replace(
            "at end of document", f"at its end, line {text.count(chr(10)) + 1}"
        )
        raise UserError(f"{source} cannot be read: {words}.", "Correct that line.") from error
    plain = migrate(plain, text, source)
    _refuse_not_finite(plain, text, source)
    try:
        return msgspec.convert(plain, Recipe)
    except msgspec.ValidationError as error:
        raise complaint(error, Recipe, text, source) from error


def migrate(
    plain: dict[str, Any], text: str, source: str, steps: tuple[Migration, ...] = MIGRATIONS
) -> dict[str, Any]:
    """Bring plain data of an older schema up to date; `schema` becomes the newest.

    Raises
    ------
    UserError
        Where the file is of a newer schema than `steps` reach, or of none.
    """
    newest = len(steps) + 1
    schema = plain.get("schema", 1)
    where = place(source, line_of(text, ("schema",)))
    if type(schema) is not int or schema < 1:
        raise UserError(f"{where}: “schema” must be a whole number from 1.", f"Write “schema = {newest}”.")
    if schema > newest:
        raise UserError(
            f"{where}: this recipe was made by a newer version of Thaw Studio "
            f"(schema {schema}; this one reads up to {newest}).",
            "Update Thaw Studio to open it. The file was not changed.",
        )
    for step in steps[schema - 1 :]:
        plain = step(plain)
    return {**plain, "schema": newest}


def dumps(recipe: Recipe) -> str:
    """Write a recipe as TOML: short values first, then `[data]`, `[options]`, `[training]`, its stages."""
    head = {"schema": recipe.schema, "problem": recipe.problem, "name": recipe.name, "seed": recipe.seed}
    training = msgspec.to_builtins(recipe.training)
    training.pop("stages")
    parts = [tomli_w.dumps(head), _data(recipe), tomli_w.dumps({"options": _without_none(recipe.options)})]
    parts += [tomli_w.dumps({"training": training}), *(_stage(stage) for stage in recipe.training.stages)]
    return "\n".join(parts)


def load(path: Path) -> Recipe:
    """Read the recipe in a file; raises like `loads`, also where the file cannot be read."""
    return loads(read(path), str(path))


def read(path: Path) -> str:
    """Read the text of a recipe file.

    Raises
    ------
    UserError
        Where there is none, it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UserError(
            f"There is no recipe at {path}.", "Make a project first, or check the path."
        ) from error
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path} is not a text in UTF-8.", "Save it as UTF-8, or restore it from a run's folder."
        ) from error
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from error


def save(path: Path, recipe: Recipe) -> None:
    """Replace the file by the recipe; raises like `studio.atomic.write_bytes`."""
    try:
        text = dumps(recipe).encode("utf-8")
    except UnicodeEncodeError as error:
        raise UserError(
            f"The recipe holds a name that is not valid text ({error.object[error.start : error.end]!r}).",
            "Rename the file or folder that it names.",
        ) from error
    atomic.write_bytes(path, text)


def _data(recipe: Recipe) -> str:
    lines = [_line("root", recipe.data.root), _line("split", _split(recipe.data.split))]
    if recipe.data.skip:
        lines.append(_line("skip", list(recipe.data.skip)))
    return "[data]\n" + "".join(lines)


def _split(split: Split) -> dict[str, Any]:
    """What applies to the kind of split, and what was set though it does not apply now."""
    plain: dict[str, Any] = msgspec.to_builtins(split)
    shown = {f.name for f in describe(Split) if f.shown(plain)}
    changed = {name for name, value in plain.items() if value != getattr(Split(), name)}
    return {name: value for name, value in plain.items() if name in shown | changed and value is not None}


def _stage(stage: Stage) -> str:
    plain: dict[str, Any] = msgspec.to_builtins(stage)
    ordered = {
        "part": stage.part or None,
        "freeze": stage.freeze,
        "freeze_to": stage.freeze_to,
        "epochs": stage.epochs,
        "size": stage.size,
        "batch_size": stage.batch_size,
        "accumulate": None if stage.accumulate == 1 else stage.accumulate,
        "schedule": None if stage.schedule == "one_cycle" else stage.schedule,
    }
    ordered["lr"] = plain["lr"]
    return "[[training.stages]]\n" + "".join(_line(k, v) for k, v in ordered.items() if v is not None)


def _line(key: str, value: Any) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(_line(k, v).strip() for k, v in value.items())
        return f"{key} = {{ {inner} }}\n"
    return tomli_w.dumps({key: value})


def _without_none(value: Any) -> Any:
    """TOML has no null: a key without a value is left out, which reads back as its default."""
    if isinstance(value, Mapping):
        return {k: _without_none(v) for k, v in value.items() if v is not None}
    if isinstance(value, (list, tuple)):
        return [_without_none(v) for v in value]
    return value


def _refuse_not_finite(value: Any, text: str, source: str, path: tuple[str | int, ...] = ()) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise UserError(
            f"{place(source, line_of(text, path))}: {named(path)} must be a finite number.",
            "Correct the value.",
        )
    inner = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in inner:
        _refuse_not_finite(child, text, source, (*path, key))


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")
