"""The fields of image classification, its guess at a folder and its default plan. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Struct

from studio.dataset.letter_encodings import AUTO
from studio.dataset.table_reading import reading_told
from studio.problems.base import Guess
from studio.problems.measures.choosing import ClassMetrics
from studio.problems.table_options import NOTHING, encoding_field, header_field, separator_field
from studio.problems.vision.networks import ARCHITECTURES as ARCHITECTURES
from studio.problems.vision.networks import DEFAULT_SIZE as DEFAULT_SIZE
from studio.problems.vision.networks import TIMM as TIMM
from studio.problems.vision.networks import TORCHVISION as TORCHVISION
from studio.problems.vision.networks import Arch, Augment, ClassWeights, Dropout, Fit, Loss, Merge, Weights
from studio.problems.vision.networks import require_architecture as require_architecture
from studio.problems.vision.networks import require_size as require_size
from studio.recipe.fields import about
from studio.recipe.schema import Rate, Stage

DEFAULT_PATTERN = r"^(.+)_\d+\.\w+$"

METRICS = ("accuracy", "error_rate")
"""Told by themselves."""


class Options(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What image classification can be told."""

    source: Annotated[
        Literal["folders", "table", "pattern"],
        about(
            "Labels",
            "Where the class of a photo is written.",
            choices={
                "folders": "The name of its folder",
                "table": "A table of files and classes",
                "pattern": "A part of its file name",
            },
            note="why-data",
        ),
    ] = "folders"
    table: Annotated[
        str,
        about(
            "Table",
            "A CSV or TSV file below the data folder.",
            shown_when=("source", ("table",)),
            note="why-data",
        ),
    ] = "labels.csv"
    encoding: Annotated[str, encoding_field(("source", ("table",)))] = AUTO
    separator: Annotated[str, separator_field(("source", ("table",)))] = AUTO
    header: Annotated[Literal["yes", "no"], header_field(("source", ("table",)))] = "yes"
    item_column: Annotated[
        str,
        about(
            "File column",
            "The column that names the photo.",
            kind="column",
            shown_when=("source", ("table",)),
            note="why-data",
        ),
    ] = ""
    label_column: Annotated[
        str,
        about(
            "Class column",
            "The column that names the class.",
            kind="column",
            shown_when=("source", ("table",)),
            note="why-data",
        ),
    ] = ""
    pattern: Annotated[
        str,
        about(
            "Pattern",
            "A regular expression whose first group is the class.",
            shown_when=("source", ("pattern",)),
            note="why-data",
        ),
    ] = DEFAULT_PATTERN
    merge: Merge = ""
    arch: Arch = "resnet34"
    weights: Weights = "imagenet"
    augment: Augment = "standard"
    resize: Fit = "crop"
    dropout: Dropout = 0.5
    loss: Loss = "cross_entropy"
    class_weights: ClassWeights = "none"
    metrics: ClassMetrics = ()


def guess(folder: Path, told: Mapping[str, Any] = NOTHING) -> Guess | None:
    """Look at a folder for a moment and propose values."""
    from studio.problems.image_classification.items import guess_folder

    return guess_folder(folder, reading_told(told))


def stages(options: Options) -> tuple[Stage, ...]:
    """Frozen, then thawed; a network from scratch has nothing worth freezing."""
    if options.weights == "none":
        return (Stage(freeze=False, epochs=10, size=DEFAULT_SIZE, lr=Rate(max=3e-3)),)
    return (
        Stage(freeze=True, epochs=3, size=DEFAULT_SIZE, lr=Rate(max=5e-3)),
        Stage(freeze=False, epochs=3, size=DEFAULT_SIZE, lr=Rate(min=1e-5, max=1e-4)),
    )
