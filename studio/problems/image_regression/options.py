"""The fields of image regression, its guess at a folder and its default plan. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from msgspec import Struct

from studio.dataset.letter_encodings import AUTO
from studio.errors import UserError
from studio.problems.base import Guess
from studio.problems.measures.choosing import NumberMetric, metrics_field
from studio.problems.table_options import NOTHING, Decimal, encoding_field, header_field, separator_field
from studio.problems.vision.networks import Arch, Dropout, Weights
from studio.recipe.fields import about
from studio.recipe.schema import Rate, Stage

DEFAULT_SIZE = 224
NUMBER_METRICS = ("rmse", "mae", "r2")
SEVERAL_METRICS = ("r2", "mae")
POINT_METRICS = ("point_error", "error_of_width", "pck")
PointMetrics = Literal[
    "point_error", "error_of_width", "pck", "pck_10", "median_point_error", "max_point_error"
]
PCK_SHARE, WIDE_SHARE = 0.05, 0.1
POINT_NAMES: tuple[str, ...] = get_args(PointMetrics)
NUMBER_NAMES: tuple[str, ...] = get_args(NumberMetric)
SEVERAL_NAMES = ("r2", "mae", "explained_variance", "mape")
"""Of several numbers: errors in different units have no mean that says anything, those that are usual excepted."""
"""A point counts as found within this part of the photo's width (PCK: percentage of correct key points)."""


AUGMENT: dict[str, dict[str, float] | None] = {
    "none": None,
    "light": {"max_rotate": 5.0, "max_zoom": 1.05, "max_lighting": 0.0, "max_warp": 0.0},
    "standard": {},
    "strong": {"max_rotate": 30.0, "max_zoom": 1.3, "max_lighting": 0.4, "max_warp": 0.3},
}
"""Arguments of fastai's `aug_transforms`, besides whether it mirrors; None for no augmentation at all."""


class Options(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What image regression can be told."""

    source: Annotated[
        Literal["table", "files"],
        about(
            "Targets",
            "Where the numbers or points of a photo are written.",
            choices={"table": "A table of photos", "files": "A file for every photo"},
            note="why-data",
        ),
    ] = "table"
    kind: Annotated[
        Literal["auto", "numbers", "points"],
        about(
            "What is predicted",
            "Numbers have a unit of their own; points are places in the photo, in pixels from its upper left.",
            choices={
                "auto": "As the columns suggest",
                "numbers": "Numbers: counts, sizes, ages",
                "points": "Key points: places in the photo",
            },
            note="why-data",
        ),
    ] = "auto"
    table: Annotated[
        str,
        about(
            "Table",
            "A CSV or TSV file below the data folder. DeepLabCut's three header rows are understood.",
            shown_when=("source", ("table",)),
            note="why-data",
        ),
    ] = "labels.csv"
    encoding: Annotated[str, encoding_field(("source", ("table",)))] = AUTO
    separator: Annotated[str, separator_field(("source", ("table",)))] = AUTO
    header: Annotated[Literal["yes", "no"], header_field(("source", ("table",)))] = "yes"
    decimal: Decimal = "auto"
    item_column: Annotated[
        str,
        about(
            "File column",
            "The column that names the photo, with or without folder and ending. Empty: found by itself.",
            kind="column",
            shown_when=("source", ("table",)),
            note="why-data",
        ),
    ] = ""
    targets: Annotated[
        str,
        about(
            "Target columns",
            "Names parted by commas: columns of numbers, or the points' names (nose for nose_x and nose_y). "
            "Empty: all that there are.",
            note="why-data",
        ),
    ] = ""
    images: Annotated[
        str,
        about(
            "Photos folder",
            "The folder below the data folder where photos are looked for. Empty: anywhere in it.",
            note="why-data",
        ),
    ] = ""
    labels: Annotated[
        str,
        about(
            "Target folder",
            "The folder with the target files, named like their photos. Empty: beside the photos.",
            shown_when=("source", ("files",)),
            note="why-data",
        ),
    ] = ""
    label_suffix: Annotated[
        str,
        about(
            "Target file name",
            "What follows the photo's name without its ending: .txt, .json, or _points.txt.",
            shown_when=("source", ("files",)),
            note="why-data",
        ),
    ] = ".txt"
    arch: Arch = "resnet34"
    weights: Weights = "imagenet"
    head: Annotated[
        Literal["grid", "pooled"],
        about(
            "Head for points",
            "A grid keeps where in the photo something was seen, which a point needs; numbers are always pooled.",
            choices={
                "grid": "Grid: a heat map for every point, and its middle",
                "pooled": "Pooled: fastai's usual head, which forgets places",
            },
            more=True,
            note="architecture",
        ),
    ] = "grid"
    augment: Annotated[
        Literal["none", "light", "standard", "strong"],
        about(
            "Augmentation",
            "Random changes of each training photo; points move with it.",
            choices={
                "none": "None",
                "light": "Light: a little rotation and zoom",
                "standard": "Standard: rotate, zoom, warp, light",
                "strong": "Strong: the same, wider",
            },
            note="augmentation",
        ),
    ] = "standard"
    flip: Annotated[
        Literal["auto", "on", "off"],
        about(
            "Mirror photos",
            "A mirrored photo shows the left ear where the right one belongs, so that points called left and "
            "right would swap. On only where left and right mean the same to the target.",
            choices={"auto": "Numbers yes, points no", "on": "On", "off": "Off"},
            note="augmentation",
        ),
    ] = "auto"
    resize: Annotated[
        Literal["squish", "pad", "crop"],
        about(
            "Fit to size",
            "How a photo becomes square. Crop may cut points off, and what is to be counted.",
            choices={"squish": "Squish", "pad": "Pad", "crop": "Crop"},
            more=True,
            note="size",
        ),
    ] = "squish"
    y_range: Annotated[
        str,
        about(
            "Limits of a number",
            "Answers stay between: a little beyond the training data, nothing, or two numbers such as 0, 100. "
            "Points stay in the photo anyway.",
            choices={"data": "A little beyond the training data", "none": "No limits"},
            open=True,
            shown_when=("kind", ("auto", "numbers")),
            more=True,
            note="why-data",
        ),
    ] = "data"
    loss: Annotated[
        Literal["usual", "absolute", "squared", "huber"],
        about(
            "Loss",
            "How a miss counts. Squared: twice as far, four times as much. Absolute and Huber mind strays less.",
            choices={
                "usual": "Usual: absolute for points, squared for numbers",
                "absolute": "Absolute (L1)",
                "squared": "Squared (L2)",
                "huber": "Huber: squared for small misses, absolute for large ones",
            },
            more=True,
            note="loss-functions",
        ),
    ] = "usual"
    dropout: Dropout = 0.25
    metrics: Annotated[
        tuple[PointMetrics | NumberMetric, ...], metrics_field((*POINT_NAMES, *NUMBER_NAMES))
    ] = ()


def guess(folder: Path, told: Mapping[str, Any] = NOTHING) -> Guess | None:
    """Look at a folder for a moment and propose values."""
    from studio.problems.image_regression.guessing import guess_at

    return guess_at(folder, told)


def stages(options: Options) -> tuple[Stage, ...]:
    """The head first, which learns most of it, then all of the network, gently."""
    if options.weights == "none":
        return (Stage(freeze=False, epochs=20, size=DEFAULT_SIZE, lr=Rate(max=3e-3)),)
    return (
        Stage(freeze=True, epochs=5, size=DEFAULT_SIZE, lr=Rate(max=5e-3)),
        Stage(freeze=False, epochs=8, size=DEFAULT_SIZE, lr=Rate(min=1e-5, max=5e-4)),
    )


def limits(text: str) -> tuple[float, float] | None:
    """The two numbers of `y_range`; None for "data" and "none".

    Raises
    ------
    UserError
        Where it is neither a word that is known nor two numbers, the lower one first.
    """
    if text in ("data", "none"):
        return None
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        low = high = 0.0
    if low < high:
        return low, high
    raise UserError(
        f"y_range cannot be “{text}”.",
        "Write data, none, or two numbers parted by a comma, the lower one first: 0, 100.",
        fix="y_range",
    )


def miss_of(options: Options, is_points: bool) -> str:
    """How a miss counts: "absolute", "squared" or "huber"."""
    if options.loss != "usual":
        return options.loss
    return "absolute" if is_points else "squared"


def mirrors(options: Options, is_points: bool) -> bool:
    """Whether training photos may be mirrored."""
    return options.flip == "on" or (options.flip == "auto" and not is_points)
