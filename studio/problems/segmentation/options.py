"""The fields of segmentation, its guess at a folder and its default plan. No torch, no Qt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, get_args

from msgspec import Struct

from studio.errors import UserError
from studio.problems.base import Guess
from studio.problems.measures.choosing import metrics_field
from studio.problems.vision.networks import TORCHVISION, Augment, Weights
from studio.recipe.fields import about
from studio.recipe.schema import Rate, Stage

ENCODERS = {name: TORCHVISION[name] for name in ("resnet18", "resnet34", "resnet50")}
METRICS = ("foreground_acc", "dice", "iou")
"""Told by themselves."""
PixelMetrics = Literal[
    "foreground_acc",
    "dice",
    "iou",
    "jaccard_weighted",
    "balanced_accuracy",
    "precision_macro",
    "recall_macro",
    "cohen_kappa",
    "matthews_corrcoef",
]
DEFAULT_SIZE = 224
SMALLEST = 32
"""Pixels of the shorter side below which an encoder's last layers do not halve any more: another network."""


class Options(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What segmentation can be told."""

    images: Annotated[
        str,
        about(
            "Photos folder",
            "Where the photos are, below the data folder; {set} stands for the training or validation folder.",
            note="why-data",
        ),
    ] = "images"
    masks: Annotated[
        str,
        about(
            "Masks folder",
            "Where the masks are: a picture for each photo whose pixels are class numbers. {set} as above.",
            note="why-data",
        ),
    ] = "labels"
    mask_suffix: Annotated[
        str,
        about(
            "Mask name",
            "What a mask's name has after the photo's: _P where road.jpg has road_P.png; empty where they agree.",
            note="why-data",
        ),
    ] = ""
    photo_suffix: Annotated[
        str,
        about(
            "Photo name",
            "The end of a photo's name that its mask does not have, such as _photo.",
            more=True,
            note="why-data",
        ),
    ] = ""
    codes: Annotated[
        str,
        about(
            "Classes file",
            "A text file with one class name a line: the first line is class 0. Empty: named below.",
            note="why-data",
        ),
    ] = "codes.txt"
    classes: Annotated[
        str,
        about(
            "Class names",
            "Names parted by commas, class 0 first, where no file lists them.",
            note="why-data",
        ),
    ] = ""
    void: Annotated[
        str,
        about(
            "Void class",
            "The class of pixels that nobody labelled: left out of the loss and of every score. Empty: none.",
            note="why-data",
        ),
    ] = ""
    remap: Annotated[
        str,
        about(
            "Remap",
            "Other numbers in the masks: 255:1 reads 255 as class 1, 255:ignore leaves such pixels out.",
            note="why-data",
        ),
    ] = ""
    arch: Annotated[
        str,
        about(
            "Encoder",
            "The network that reads the photo; a U-Net grows back from it to every pixel.",
            choices=ENCODERS,
            note="architecture",
        ),
    ] = "resnet34"
    weights: Weights = "imagenet"
    loss: Annotated[
        Literal["cross_entropy", "focal", "dice", "both"],
        about(
            "Loss",
            "What training lowers. Dice counts every class alike, however small; focal turns to the hard pixels.",
            choices={
                "cross_entropy": "Cross-entropy of every pixel",
                "focal": "Focal: hard pixels count more",
                "dice": "Dice: the overlap of every class",
                "both": "Cross-entropy and Dice together",
            },
            note="loss-functions",
        ),
    ] = "cross_entropy"
    augment: Augment = "standard"
    resize: Annotated[
        Literal["squish", "pad"],
        about(
            "Fit to size",
            "The size is that of the shorter side, in the proportions of most photos; this is for the others.",
            choices={"squish": "Squish", "pad": "Pad"},
            more=True,
            note="size",
        ),
    ] = "squish"
    metrics: Annotated[tuple[PixelMetrics, ...], metrics_field(get_args(PixelMetrics))] = ()


def guess(folder: Path) -> Guess | None:
    """Look at a folder for a moment and propose values."""
    from studio.problems.segmentation.guessing import guess_at

    return guess_at(folder)


def stages(options: Options) -> tuple[Stage, ...]:
    """Half size first, where most is learned at a quarter of the work, then full size for the outlines."""
    half, full = DEFAULT_SIZE // 2, DEFAULT_SIZE
    if options.weights == "none":
        return (
            Stage(freeze=False, epochs=12, size=half, lr=Rate(max=1e-3)),
            Stage(freeze=False, epochs=6, size=full, lr=Rate(max=3e-4)),
        )
    return (
        Stage(freeze=True, epochs=2, size=half, lr=Rate(max=3e-3)),
        Stage(freeze=False, epochs=4, size=half, lr=Rate(min=1e-5, max=5e-4)),
        Stage(freeze=False, epochs=4, size=full, lr=Rate(min=1e-5, max=3e-4)),
    )


def require_encoder(name: str) -> str:
    """Return `name` where it is on the list; raises a `UserError` that names the list."""
    if name in ENCODERS:
        return name
    raise UserError(
        f"“{name}” is no encoder of a U-Net here (arch).", f"Use one of: {', '.join(ENCODERS)}.", fix="arch"
    )


def require_size(size: int) -> int:
    """Return `size` where the networks can work at it; raises a `UserError` with the smallest."""
    if size >= SMALLEST:
        return size
    raise UserError(
        f"A U-Net cannot work at {size} pixels.", f"Set the size to {SMALLEST} or more.", fix="size"
    )
