"""The fields of multi-label classification, its guess at a folder and its default plan. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from msgspec import Meta, Struct

from studio.dataset.letter_encodings import AUTO
from studio.dataset.table_reading import reading_told
from studio.problems.base import Guess
from studio.problems.measures.choosing import metrics_field
from studio.problems.table_options import NOTHING, encoding_field, header_field, separator_field
from studio.problems.vision.networks import Arch, Augment, ClassWeights, Dropout, Fit, Merge, Weights
from studio.recipe.fields import about
from studio.recipe.schema import Rate, Stage

FIRST_SIZE, LAST_SIZE = 128, 256
IN_TABLE = ("delimited", "one_hot")

TagMetric = Literal[
    "fbeta_score",
    "accuracy_multi",
    "hamming_loss",
    "fbeta_macro",
    "fbeta_micro",
    "precision_macro",
    "precision_micro",
    "recall_macro",
    "recall_micro",
    "jaccard_samples",
    "exact_match",
    "average_precision",
    "roc_auc",
]
METRICS = ("fbeta_score", "accuracy_multi", "hamming_loss")
"""Told by themselves."""


class Options(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What multi-label classification can be told."""

    table: Annotated[
        str,
        about(
            "Table",
            "A CSV or TSV file below the data folder.",
            shown_when=("labels", IN_TABLE),
            note="why-data",
        ),
    ] = "labels.csv"
    encoding: Annotated[str, encoding_field(("labels", IN_TABLE))] = AUTO
    separator: Annotated[str, separator_field(("labels", IN_TABLE))] = AUTO
    header: Annotated[Literal["yes", "no"], header_field(("labels", IN_TABLE))] = "yes"
    item_column: Annotated[
        str,
        about(
            "File column",
            "The column that names the photo, with or without its ending. Empty: found by itself.",
            kind="column",
            shown_when=("labels", IN_TABLE),
            note="why-data",
        ),
    ] = ""
    labels: Annotated[
        Literal["delimited", "one_hot", "folders"],
        about(
            "Tags",
            "How the tags of a photo are written.",
            choices={
                "delimited": "In one column, one after the other",
                "one_hot": "A column for every tag, 1 or 0",
                "folders": "The folders that the photo lies in",
            },
            note="why-data",
        ),
    ] = "delimited"
    label_column: Annotated[
        str,
        about(
            "Tag column",
            "The column that lists the tags. Empty: found by itself.",
            kind="column",
            shown_when=("labels", ("delimited",)),
            note="why-data",
        ),
    ] = ""
    delimiter: Annotated[
        Literal["auto", "space", "comma", "semicolon", "bar"],
        about(
            "Between the tags",
            "What stands between two tags of a photo.",
            choices={
                "auto": "Find out",
                "space": "A space",
                "comma": "A comma ,",
                "semicolon": "A semicolon ;",
                "bar": "A bar |",
            },
            shown_when=("labels", ("delimited",)),
            note="why-data",
        ),
    ] = "auto"
    tag_columns: Annotated[
        str,
        about(
            "Tag columns",
            "Their names with commas between. Empty: every column that holds only 1 and 0.",
            shown_when=("labels", ("one_hot",)),
            note="why-data",
        ),
    ] = ""
    no_tags: Annotated[
        Literal["leave_out", "none"],
        about(
            "Empty cells",
            "Whether a photo without a tag was never looked at, or has none of the tags.",
            choices={"leave_out": "Not known: leave the photo out", "none": "None of the tags applies"},
            more=True,
            note="why-data",
        ),
    ] = "leave_out"
    merge: Merge = ""
    arch: Arch = "resnet34"
    weights: Weights = "imagenet"
    augment: Augment = "standard"
    resize: Fit = "crop"
    beta: Annotated[
        float,
        Meta(gt=0.0, le=10.0),
        about(
            "Beta",
            "How much more a missed tag counts than a wrong one in the F-beta score: 1 the same, 2 more.",
            note="metric",
        ),
    ] = 2.0
    threshold: Annotated[
        float,
        Meta(gt=0.0, lt=1.0),
        about(
            "Usual threshold",
            "The score from which a tag counts as said while the model trains. Afterwards every tag gets its "
            "own, chosen on the validation set.",
            more=True,
            note="metric",
        ),
    ] = 0.2
    dropout: Dropout = 0.5
    loss: Annotated[
        Literal["cross_entropy", "focal"],
        about(
            "Loss",
            "What training lowers, for every tag alike. Focal turns to what is not yet known: rare tags, hard photos.",
            choices={
                "cross_entropy": "Cross-entropy of every tag",
                "focal": "Focal: hard tags count more",
            },
            more=True,
            note="loss-functions",
        ),
    ] = "cross_entropy"
    class_weights: ClassWeights = "none"
    metrics: Annotated[tuple[TagMetric, ...], metrics_field(get_args(TagMetric))] = ()

    @property
    def source(self) -> str:
        """Where the tags stand, for cleaning: what a table says can be written into a copy of it."""
        return "table" if self.labels in IN_TABLE else "tag_folders"


def guess(folder: Path, told: Mapping[str, Any] = NOTHING) -> Guess | None:
    """Look at a folder for a moment and propose values."""
    from studio.problems.multi_label.guessing import guess_at

    return guess_at(folder, reading_told(told))


def stages(options: Options) -> tuple[Stage, ...]:
    """Frozen on small photos, then thawed on larger ones; from scratch there is nothing worth freezing."""
    if options.weights == "none":
        return (Stage(freeze=False, epochs=10, size=FIRST_SIZE, lr=Rate(max=3e-3)),)
    return (
        Stage(freeze=True, epochs=3, size=FIRST_SIZE, lr=Rate(max=1e-2)),
        Stage(freeze=False, epochs=3, size=LAST_SIZE, lr=Rate(min=1e-5, max=1e-3)),
    )
