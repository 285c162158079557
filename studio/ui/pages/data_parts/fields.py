"""The fields of the Data page, gathered from the recipe's structs in the order a person thinks.

Rules: names and values are in the words of `--set` (`split` is the kind of split, `size` that of all stages),
so that what a form tells can go to `Actions.set_value` as it is. Pure: no widgets.
Must not import: torch, pages, Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from studio.errors import UserError
from studio.problems.base import Problem
from studio.recipe.edit import split_fields
from studio.recipe.fields import Field, describe
from studio.recipe.schema import Recipe, Training

_ABOUT_DATA = "why-data"  # the note of the fields that say where items and targets are
_ORDER = ("size", "augment", "arch", "weights")
_MAY_BE_COLUMNS = ("group", "time", "hash_key")
_SIZES = (64, 96, 128, 160, 192, 224, 256, 320, 384, 448, 512)


def page_fields(problem: Problem[Any], recipe: Recipe) -> tuple[Field, ...]:
    """Labels, validation, size, augmentation, network, weights; then what is rarely changed."""
    options = tuple(f for f in describe(problem.options) if f.name not in problem.shipping)
    data = [f for f in options if f.note == _ABOUT_DATA]
    rest = [f for f in options if f.note != _ABOUT_DATA]
    if any(stage.size is not None for stage in recipe.training.stages):
        rest.append(_size_field())
    rest.sort(key=_place)
    training = [_watching(replace(f, more=True), options) for f in describe(Training)]
    return (*data, *map(_split_words, split_fields(problem)), *rest, *training, _seed_field())


def page_values(problem: Problem[Any], recipe: Recipe) -> dict[str, Any]:
    """The value of every field of `page_fields` in this recipe."""
    try:
        options = msgspec.structs.asdict(problem.options_of(recipe))
    except UserError:
        options = dict(recipe.options)  # shown as they are; the scan says what is wrong with them
    split = msgspec.structs.asdict(recipe.data.split)
    split["split"] = split.pop("kind")
    training = {f.name: getattr(recipe.training, f.name) for f in describe(Training)}
    return {**options, **split, **training, "size": size_words(recipe), "seed": recipe.seed}


def size_words(recipe: Recipe) -> str:
    """``224``, or ``128,224`` where the stages differ."""
    sizes = [str(stage.size) for stage in recipe.training.stages if stage.size is not None]
    return ",".join(sizes if len(set(sizes)) > 1 else sizes[:1])


def column_names(fields: Sequence[Field]) -> tuple[str, ...]:
    """Names of the fields that name a column of the table."""
    return tuple(f.name for f in fields if f.kind == "column" or f.name in _MAY_BE_COLUMNS)


def _place(field: Field) -> int:
    return _ORDER.index(field.name) if field.name in _ORDER else len(_ORDER)


def _watching(field: Field, options: Sequence[Field]) -> Field:
    """What can be watched: any metric of this problem type, too."""
    metrics = next((f.choices for f in options if f.name == "metrics"), {})
    return replace(field, choices={**field.choices, **metrics}) if field.name == "monitor" else field


def _split_words(field: Field) -> Field:
    """`kind` is called `split` outside its struct, also by its siblings; some of them may name a column."""
    shown = ("split", field.shown_when[1]) if field.shown_when is not None else None
    return replace(field, shown_when=shown, kind="column" if field.name == "column" else field.kind)


def _size_field() -> Field:
    return Field(
        name="size",
        title="Size",
        help="Side of the square that the model sees. Smaller is faster; details may be lost.",
        kind="text",
        default="224",
        choices={str(size): f"{size} px" for size in _SIZES},
        open=True,
        unit="",
        minimum=None,
        maximum=None,
        more=False,
        shown_when=None,
        note="size",
    )


def _seed_field() -> Field:
    return Field(
        name="seed",
        title="Seed",
        help="The same seed gives the same split and the same run.",
        kind="int",
        default=42,
        choices={},
        open=False,
        unit="",
        minimum=0,
        maximum=2**31 - 1,
        more=True,
        shown_when=None,
        note="seed",
    )
