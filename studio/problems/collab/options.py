"""The fields of collaborative filtering, its guess at a folder and its default plan. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from msgspec import Meta, Struct

from studio.dataset.letter_encodings import AUTO
from studio.errors import UserError
from studio.problems.base import Guess
from studio.problems.measures.choosing import metrics_field
from studio.problems.table_options import NOTHING, Decimal, Sheet, encoding_field, separator_field
from studio.recipe.fields import about
from studio.recipe.schema import Rate, Stage

WEIGHT_DECAY = 0.1
"""Collaborative filtering over-fits quickly: ten times the usual weight decay."""

RatingMetric = Literal["mse", "rmse", "mae", "r2", "explained_variance", "median_absolute_error", "max_error"]
METRICS = ("mse", "rmse", "mae")
"""Told by themselves."""


class Options(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What collaborative filtering can be told."""

    table: Annotated[
        str,
        about(
            "Ratings",
            "A table below the data folder with a user, an item and a rating in every row.",
            note="tabular",
        ),
    ] = ""
    encoding: Annotated[str, encoding_field()] = AUTO
    separator: Annotated[str, separator_field()] = AUTO
    decimal: Decimal = "auto"
    sheet: Sheet = ""
    header: Annotated[
        Literal["auto", "yes", "no"],
        about(
            "First row",
            "Whether the first row of the table names its columns.",
            choices={"auto": "As it looks", "yes": "Names of columns", "no": "Already a rating"},
            more=True,
            note="tabular",
        ),
    ] = "auto"
    user: Annotated[
        str, about("User column", "Who rates. Empty: guessed.", kind="column", note="tabular")
    ] = ""
    item: Annotated[
        str, about("Item column", "What is rated. Empty: guessed.", kind="column", note="tabular")
    ] = ""
    rating: Annotated[
        str,
        about("Rating column", "How it is rated, a number. Empty: guessed.", kind="column", note="tabular"),
    ] = ""
    titles: Annotated[
        str,
        about(
            "Titles",
            "A table of the items below the data folder, for their names. Empty: none.",
            note="tabular",
        ),
    ] = ""
    title: Annotated[
        str,
        about(
            "Title column",
            "The column with an item's name. Empty: guessed.",
            kind="column",
            more=True,
            note="tabular",
        ),
    ] = ""
    kind: Annotated[
        Literal["dot", "neural"],
        about(
            "Model",
            "The dot product of what a user likes and what an item has, with a bias each; or a small network.",
            choices={"dot": "Dot product with biases", "neural": "Neural network"},
            note="embeddings-bias",
        ),
    ] = "dot"
    factors: Annotated[
        int,
        Meta(ge=1, le=1000),
        about(
            "Factors",
            "How many numbers describe a user, and an item.",
            shown_when=("kind", ("dot",)),
            note="embeddings-bias",
        ),
    ] = 50
    layers: Annotated[
        str,
        about(
            "Layers",
            "Units of every hidden layer, parted by commas.",
            shown_when=("kind", ("neural",)),
            note="architecture",
        ),
    ] = "100,50"
    y_range: Annotated[
        str,
        about(
            "Range",
            "The lowest and the highest answer, parted by a comma. Empty: half a step beyond the scale of the ratings.",
            note="embeddings-bias",
        ),
    ] = ""
    metrics: Annotated[tuple[RatingMetric, ...], metrics_field(get_args(RatingMetric))] = ()
    people: Annotated[
        Literal["rated", "named", "nobody"],
        about(
            "People in the bundle",
            "What whoever has the bundle can read of people. With nobody in it, it answers by the ratings that "
            "somebody gives.",
            choices={
                "rated": "Their ids, and what they have rated",
                "named": "Their ids only",
                "nobody": "Nobody",
            },
            note="export-onnx",
        ),
    ] = "rated"


def guess(folder: Path, told: Mapping[str, Any] = NOTHING) -> Guess | None:
    """Look at a folder or a table for a moment and propose values."""
    from studio.problems.collab.guessing import guess_at

    return guess_at(folder, told)


def stages(options: Options) -> tuple[Stage, ...]:
    """One cycle over everything: there is nothing in it that was trained before."""
    return (Stage(freeze=False, epochs=5, lr=Rate(max=5e-3)),)


def read_range(text: str) -> tuple[float, float] | None:
    """The range that the recipe names; None where it names none.

    Raises
    ------
    UserError
        Where it is no pair of rising numbers.
    """
    if not text.strip():
        return None
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError as error:
        raise _no_range(text) from error
    if not low < high:
        raise _no_range(text)
    return low, high


def _no_range(text: str) -> UserError:
    return UserError(
        f"y_range cannot be “{text}”.", "Write two rising numbers, for example 0.5, 5.5.", fix="y_range"
    )
