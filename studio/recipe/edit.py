"""Editing a recipe in the words of `--set field=value`, which are those of the wizard's forms too.

A field is an option's own name, `split` and its parts, `seed`, `name`, `root`, `skip`, or one that speaks of
the training: `epochs`, `size`, `batch_size`, `lr`, `weight_decay`, `precision`. No torch, no Qt.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from studio.errors import UserError
from studio.recipe.complaints import near
from studio.recipe.fields import Field, about, describe
from studio.recipe.schema import Recipe, Split, Stage, Training
from studio.recipe.stage_words import FIELDS as STAGE_FIELDS
from studio.recipe.stage_words import with_stage_words
from studio.recipe.values import entries, read_value

if TYPE_CHECKING:
    from studio.problems.base import Problem


SMALLEST = 16


class UnknownField(UserError):
    """There is no field of that name: wrong usage, where other errors are wrong values."""


class General(Struct):
    """Fields of the recipe itself, for forms and help."""

    name: Annotated[str, about("Name", "What the project is called.")] = ""
    seed: Annotated[
        int,
        Meta(ge=0, le=2**31 - 1),
        about("Seed", "The same seed draws the same split and the same batches.", more=True),
    ] = 42
    root: Annotated[str, about("Data folder", "Where the data is, seen from the project.", kind="folder")] = (
        ""
    )
    skip: Annotated[
        str,
        about(
            "Left out",
            "Items to leave out besides those left out already; empty for none.",
            more=True,
        ),
    ] = ""


GENERAL: tuple[Field, ...] = describe(General)
TRAINING: tuple[Field, ...] = describe(Training)
SPLIT: tuple[Field, ...] = tuple(
    dataclasses.replace(f, name="split") if f.name == "kind" else f for f in describe(Split)
)


def split_fields(problem: Problem[Any]) -> tuple[Field, ...]:
    """The fields of the split: only ways, and the fields of ways, that mean something for this problem type."""
    kinds = set(problem.splits)
    fields = []
    for field in SPLIT:
        if field.name == "split":
            field = dataclasses.replace(field, choices={k: w for k, w in field.choices.items() if k in kinds})
        if field.open and "folders" not in kinds:  # items without files have no folders, names or cameras
            field = dataclasses.replace(field, choices={})
        if field.shown_when is None or kinds & set(field.shown_when[1]):
            fields.append(field)
    return tuple(fields)


def settable(problem: Problem[Any]) -> tuple[Field, ...]:
    """Every field that can be set for a problem type: its own options first."""
    return (*describe(problem.options), *split_fields(problem), *STAGE_FIELDS, *TRAINING, *GENERAL)


def with_values(recipe: Recipe, problem: Problem[Any], values: Mapping[str, Any]) -> Recipe:
    """Set several fields, options first: they may plan the stages anew; `split` last. Raises like `with_value`."""
    options = {f.name for f in describe(problem.options)}
    for name in sorted(values, key=lambda name: (name not in options, name == "split")):
        recipe = with_value(recipe, problem, name, values[name])
    return recipe


def with_value(recipe: Recipe, problem: Problem[Any], name: str, value: Any) -> Recipe:
    """Return the recipe with one field set.

    Parameters
    ----------
    name : str
        One of `settable(problem)`.
    value : str or plain data
        As typed, or as a form has it.

    Raises
    ------
    UnknownField
        Naming the fields that are spelled nearly so.
    UserError
        Naming the field and what is wrong with the value.
    """
    for fields, set_one in (
        (describe(problem.options), _with_option),
        (split_fields(problem), _with_split),
        (STAGE_FIELDS, _with_stages),
        (TRAINING, _with_training),
        (GENERAL, _with_general),
    ):
        found = next((f for f in fields if f.name == name), None)
        if found is not None:
            return set_one(recipe, problem, found, value)
    known = [f.name for f in settable(problem)]
    raise UnknownField(f"{problem.title} has no field called “{name}”.", near(name, known))


def _with_option(recipe: Recipe, problem: Problem[Any], field: Field, value: Any) -> Recipe:
    before = problem.options_of(recipe)
    options = {**recipe.options, field.name: read_value(field, value)}
    if options[field.name] is None:
        del options[field.name]
    try:
        after = msgspec.convert(options, problem.options)
    except msgspec.ValidationError as error:
        raise _refused(field, value) from error
    training = recipe.training
    planned = problem.stages(after)
    if _shape(problem.stages(before)) != _shape(planned):
        training = msgspec.structs.replace(training, stages=_replanned(planned, training.stages))
    return msgspec.structs.replace(recipe, options=options, training=training)


def _shape(stages: tuple[Stage, ...]) -> tuple[tuple[bool, int | None, str], ...]:
    return tuple((stage.freeze, stage.freeze_to, stage.part) for stage in stages)


def _replanned(planned: tuple[Stage, ...], before: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """The new plan at the size and batch that the last stage had."""
    last = before[-1]
    return tuple(
        msgspec.structs.replace(stage, batch_size=last.batch_size) for stage in scaled(planned, last.size)
    )


def scaled(stages: tuple[Stage, ...], size: int | None) -> tuple[Stage, ...]:
    """A plan whose last stage has this size, and whose other sizes keep their share of it."""
    last = stages[-1].size
    if size is None or last is None:
        return stages
    return tuple(
        msgspec.structs.replace(stage, size=max(SMALLEST, round((stage.size or last) * size / last)))
        for stage in stages
    )


def _with_split(recipe: Recipe, problem: Problem[Any], field: Field, value: Any) -> Recipe:
    name = "kind" if field.name == "split" else field.name
    read = read_value(field, value)
    meant = {name: read}
    if field.shown_when is not None and len(field.shown_when[1]) == 1:
        meant["kind"] = field.shown_when[1][0]  # who names the groups, or a column, means to split by them
    split = _checked(msgspec.structs.replace(recipe.data.split, **meant), field, value)
    return msgspec.structs.replace(recipe, data=msgspec.structs.replace(recipe.data, split=split))


def _with_stages(recipe: Recipe, problem: Problem[Any], field: Field, value: Any) -> Recipe:
    stages = with_stage_words(recipe.training.stages, field.name, value)
    return msgspec.structs.replace(recipe, training=msgspec.structs.replace(recipe.training, stages=stages))


def _with_training(recipe: Recipe, problem: Problem[Any], field: Field, value: Any) -> Recipe:
    training = msgspec.structs.replace(recipe.training, **{field.name: read_value(field, value)})
    return msgspec.structs.replace(recipe, training=_checked(training, field, value))


def _with_general(recipe: Recipe, problem: Problem[Any], field: Field, value: Any) -> Recipe:
    if field.name in ("name", "seed"):
        return msgspec.structs.replace(recipe, **{field.name: read_value(field, value)})
    data = recipe.data
    if field.name == "root":
        data = msgspec.structs.replace(data, root=str(value))
    else:
        added = [str(one) for one in entries(value)]
        data = msgspec.structs.replace(data, skip=tuple(sorted({*data.skip, *added})) if added else ())
    return msgspec.structs.replace(recipe, data=data)


def _checked(struct: Any, field: Field, value: Any) -> Any:
    try:
        return msgspec.convert(msgspec.to_builtins(struct), type(struct))
    except msgspec.ValidationError as error:
        raise _refused(field, value) from error


def _refused(field: Field, value: Any) -> UserError:
    limits = "Choose another value."
    if field.minimum is not None and field.maximum is not None:
        limits = f"Choose a value between {field.minimum:g} and {field.maximum:g}."
    return UserError(f"{field.name} cannot be “{value}”.", limits)
