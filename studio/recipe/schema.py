"""The recipe: everything that decides a run, as frozen plain data.

The window edits it, the command line runs it, the exported script is written from it. What only one
problem type knows lives in `Recipe.options`, typed by that problem's `Options` struct. No torch, no Qt.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from studio.recipe.fields import about

SCHEMA = 1

Precision = Literal["auto", "fp32", "fp16", "bf16"]
SplitKind = Literal["random", "stratified", "folders", "column"]
Auto = Literal["auto"]


class Split(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How items are divided into training and validation."""

    kind: Annotated[
        SplitKind,
        about(
            "Validation set",
            "Which items are kept aside to judge the model. It never trains on them.",
            choices={
                "random": "Random share",
                "stratified": "Random share of every class",
                "folders": "Folders for training and validation",
                "column": "A column of the table",
            },
            note="split",
        ),
    ] = "stratified"
    valid_pct: Annotated[
        float,
        Meta(gt=0.0, lt=1.0),
        about(
            "Share for validation",
            "The part of all items that is kept aside.",
            shown_when=("kind", ("random", "stratified")),
            note="split",
        ),
    ] = 0.2
    train: Annotated[
        str,
        about(
            "Training folder",
            "Items below this folder train the model.",
            shown_when=("kind", ("folders",)),
            note="split",
        ),
    ] = "train"
    valid: Annotated[
        str,
        about(
            "Validation folder",
            "Items below this folder judge the model.",
            shown_when=("kind", ("folders",)),
            note="split",
        ),
    ] = "valid"
    column: Annotated[
        str,
        about(
            "Validation column",
            "True, 1 or valid in this column keeps a row for validation.",
            shown_when=("kind", ("column",)),
            note="split",
        ),
    ] = "is_valid"


class Data(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the data is. `root` is relative to the project folder where it can be."""

    root: str
    split: Split = Split()
    skip: tuple[str, ...] = ()


class Rate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A learning rate: `slice(max)` without `min`, `slice(min, max)` with it."""

    max: Annotated[float, Meta(gt=0.0)]
    min: Annotated[float, Meta(gt=0.0)] | None = None

    def __str__(self) -> str:
        if self.min is None:
            return f"slice({self.max:.2g})"
        return f"slice({self.min:.2g}, {self.max:.2g})"


class Stage(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One fit: which layers train, for how long, at what size, batch and rate."""

    freeze: bool
    epochs: Annotated[int, Meta(ge=1, le=10_000)]
    lr: Rate
    size: Annotated[int, Meta(ge=16, le=4096)] | None = None
    batch_size: Annotated[int, Meta(ge=1)] | Auto = "auto"


class Training(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the learner trains."""

    stages: Annotated[tuple[Stage, ...], Meta(min_length=1)]
    precision: Annotated[
        Precision,
        about(
            "Precision",
            "Half precision is faster and smaller where the card has it; automatic uses it only there.",
            choices={"auto": "Automatic", "fp32": "32 bit", "fp16": "16 bit (fp16)", "bf16": "16 bit (bf16)"},
            more=True,
            note="precision",
        ),
    ] = "auto"
    weight_decay: Annotated[
        float,
        Meta(ge=0.0, le=10.0),
        about(
            "Weight decay",
            "Pulls every weight towards zero at each step; more of it means less over-fitting.",
            more=True,
            note="weight-decay",
        ),
    ] = 0.01


class Recipe(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole of a run. `options` is validated by the problem (`Problem.options_of`)."""

    problem: str
    name: str
    data: Data
    training: Training
    options: dict[str, Any] = {}
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 42
    schema: int = SCHEMA
