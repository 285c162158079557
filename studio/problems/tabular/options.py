"""The fields of tabular data, its guess at a folder and its default plan. No torch, no Qt."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from studio.dataset.letter_encodings import AUTO
from studio.errors import UserError
from studio.problems.base import Guess
from studio.problems.measures.choosing import (
    CLASS_NAMES,
    NUMBER_NAMES,
    ClassMetric,
    NumberMetric,
    metrics_field,
)
from studio.problems.table_options import (
    NOTHING,
    Decimal,
    Merge,
    Sheet,
    encoding_field,
    header_field,
    separator_field,
)
from studio.recipe.fields import about
from studio.recipe.schema import Rate, Stage

MOST_UNITS = 10_000
CLASS_METRICS, NUMBER_METRICS = ("accuracy", "error_rate"), ("rmse", "mae", "r2")
"""Told by themselves."""


class Options(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What tabular data can be told."""

    table: Annotated[
        str,
        about("Table", "A CSV, TSV, Parquet or Excel file below the data folder.", note="tabular"),
    ] = ""
    encoding: Annotated[str, encoding_field()] = AUTO
    separator: Annotated[str, separator_field()] = AUTO
    header: Annotated[Literal["yes", "no"], header_field()] = "yes"
    decimal: Decimal = "auto"
    sheet: Sheet = ""
    target: Annotated[
        str,
        about(
            "Target column",
            "The column to predict. Empty: guessed by its name, else the last.",
            kind="column",
            note="tabular",
        ),
    ] = ""
    task: Annotated[
        Literal["auto", "classification", "regression"],
        about(
            "Predict",
            "A class out of several, or a number. A number's scores are in its own unit.",
            choices={"auto": "As the target looks", "classification": "A class", "regression": "A number"},
            note="loss-functions",
        ),
    ] = "auto"
    merge: Merge = ""
    categorical: Annotated[
        str,
        about(
            "Categories",
            "Columns to take as categories, parted by commas. Those not named here are guessed.",
            note="embeddings-bias",
        ),
    ] = ""
    continuous: Annotated[
        str,
        about(
            "Numbers",
            "Columns to take as numbers, parted by commas. Those not named here are guessed.",
            note="tabular",
        ),
    ] = ""
    ignore: Annotated[
        str,
        about("Left out columns", "Columns that the model must not see, parted by commas.", note="tabular"),
    ] = ""
    layers: Annotated[
        str,
        about(
            "Layers",
            "Units of every hidden layer, parted by commas. More of them learn more and over-fit sooner.",
            note="architecture",
        ),
    ] = "200,100"
    dropout: Annotated[
        float,
        Meta(ge=0.0, lt=1.0),
        about(
            "Dropout",
            "The part of every hidden layer that is switched off at random in each step.",
            more=True,
            note="over-under-fitting",
        ),
    ] = 0.0
    embed_dropout: Annotated[
        float,
        Meta(ge=0.0, lt=1.0),
        about(
            "Embedding dropout",
            "The part of the categories' vectors that is switched off at random in each step.",
            more=True,
            note="embeddings-bias",
        ),
    ] = 0.0
    metrics: Annotated[
        tuple[ClassMetric | NumberMetric, ...], metrics_field((*CLASS_NAMES, *NUMBER_NAMES))
    ] = ()


def guess(folder: Path, told: Mapping[str, Any] = NOTHING) -> Guess | None:
    """Look at a folder or a table for a moment and propose values."""
    from studio.problems.tabular.guessing import guess_at

    return guess_at(folder, told)


def stages(options: Options) -> tuple[Stage, ...]:
    """One cycle over the whole network: nothing in it was trained before, so that nothing is worth freezing."""
    return (Stage(freeze=False, epochs=5, lr=Rate(max=1e-2)),)


def listed(text: str) -> tuple[str, ...]:
    """The names in a list parted by commas; a name with a comma in it stands in double quotes."""
    rows = csv.reader([text], skipinitialspace=True)
    return tuple(name.strip() for name in next(rows, []) if name.strip())


def joined(names: Sequence[str]) -> str:
    """Names as `listed` reads them."""
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(names)
    return written.getvalue()


def layer_sizes(text: str) -> list[int]:
    """Read the hidden layers' units.

    Raises
    ------
    UserError
        Where one is no whole number of 1 or more.
    """
    sizes = [int(part) if part.isdigit() else 0 for part in listed(text)]
    if not sizes or not all(1 <= size <= MOST_UNITS for size in sizes):
        raise UserError(
            f"layers cannot be “{text}”.",
            "Write whole numbers parted by commas, for example 200,100.",
            fix="layers",
        )
    return sizes
