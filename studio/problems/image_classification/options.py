"""The fields of image classification, its guess at a folder and its default plan. No torch, no Qt."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from studio.errors import UserError
from studio.problems.base import Guess
from studio.recipe.fields import about
from studio.recipe.schema import Rate, Stage

TORCHVISION = {
    "resnet18": "ResNet-18: 12 million weights, small and quick",
    "resnet34": "ResNet-34: 22 million weights, a good first choice",
    "resnet50": "ResNet-50: 26 million weights, stronger and slower",
    "resnet101": "ResNet-101: 45 million weights, stronger still, for a large card",
    "resnext50_32x4d": "ResNeXt-50: 25 million weights, a little stronger than ResNet-50",
    "convnext_tiny": "ConvNeXt Tiny: 29 million weights, modern and strong",
    "swin_t": "Swin Tiny: 28 million weights, a transformer in windows",
    "efficientnet_b0": "EfficientNet-B0: 5 million weights, much for its size",
    "efficientnet_v2_s": "EfficientNetV2 Small: 22 million weights, strong, best from 224 pixels",
    "regnet_y_400mf": "RegNetY 400MF: 4 million weights, light",
    "mobilenet_v3_large": "MobileNetV3 Large: 4 million weights, for phones",
    "mobilenet_v3_small": "MobileNetV3 Small: 1.5 million weights, for very small devices",
    "squeezenet1_0": "SqueezeNet 1.0: 1.3 million weights, tiny, quick without a graphics card",
    "squeezenet1_1": "SqueezeNet 1.1: 1.3 million weights, the same at less than half the work",
    "densenet121": "DenseNet-121: 8 million weights, common in medicine",
    "vgg16_bn": "VGG-16: 15 million weights, old, slow and simple",
}
TIMM = {
    "resnet26d": "ResNet-26-D (timm): 16 million weights, between ResNet-18 and 50",
    "efficientnet_lite0": "EfficientNet-Lite0 (timm): 5 million weights, runs well on any device",
    "tf_efficientnetv2_b0": "EfficientNetV2-B0 (timm): 7 million weights, quick and strong",
    "rexnet_100": "ReXNet 1.0 (timm): 5 million weights, much for its size",
}
ARCHITECTURES = {**TORCHVISION, **TIMM}
"""Each was built by `vision_learner`, gave a gradient for every weight at 64 pixels and ran at 32 to 224."""

SMALLEST = {"convnext_tiny": 32, "densenet121": 32, "vgg16_bn": 32, "squeezenet1_0": 24, "squeezenet1_1": 24}
"""Pixels below which a network's last layers are left with nothing; the others run at 16."""

DEFAULT_SIZE = 224
DEFAULT_PATTERN = r"^(.+)_\d+\.\w+$"


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
    arch: Annotated[
        str,
        about(
            "Network",
            "The network that is trained. Larger ones learn more and take more memory.",
            choices=ARCHITECTURES,
            note="architecture",
        ),
    ] = "resnet34"
    weights: Annotated[
        str,
        about(
            "Starting weights",
            "ImageNet weights already know edges and textures, so that few photos are enough.",
            choices={"imagenet": "ImageNet (downloaded once)", "none": "None: train from scratch"},
            open=True,
            kind="file",
            note="weights",
        ),
    ] = "imagenet"
    augment: Annotated[
        Literal["none", "light", "standard", "strong"],
        about(
            "Augmentation",
            "Random changes of each training photo, so that the model learns what does not matter.",
            choices={
                "none": "None",
                "light": "Light: flip",
                "standard": "Standard: flip, rotate, zoom, warp, light",
                "strong": "Strong: the same, wider, with vertical flips",
            },
            note="augmentation",
        ),
    ] = "standard"
    resize: Annotated[
        Literal["crop", "squish", "pad"],
        about(
            "Fit to size",
            "How a photo becomes square.",
            choices={"crop": "Crop", "squish": "Squish", "pad": "Pad"},
            more=True,
            note="size",
        ),
    ] = "crop"
    dropout: Annotated[
        float,
        Meta(ge=0.0, lt=1.0),
        about(
            "Dropout",
            "The part of the head that is switched off at random in every step.",
            more=True,
            note="over-under-fitting",
        ),
    ] = 0.5


def guess(folder: Path) -> Guess | None:
    """Look at a folder for a moment and propose values."""
    from studio.problems.image_classification.items import guess_folder

    return guess_folder(folder)


def stages(options: Options) -> tuple[Stage, ...]:
    """Frozen, then thawed; a network from scratch has nothing worth freezing."""
    if options.weights == "none":
        return (Stage(freeze=False, epochs=10, size=DEFAULT_SIZE, lr=Rate(max=3e-3)),)
    return (
        Stage(freeze=True, epochs=3, size=DEFAULT_SIZE, lr=Rate(max=5e-3)),
        Stage(freeze=False, epochs=3, size=DEFAULT_SIZE, lr=Rate(min=1e-5, max=1e-4)),
    )


def require_architecture(name: str) -> str:
    """Return `name` where it is on the list.

    Raises
    ------
    UserError
        Naming those that are spelled nearly so.
    """
    if name in ARCHITECTURES:
        return name
    near = get_close_matches(name.lower().replace("-", ""), ARCHITECTURES, n=3, cutoff=0.6)
    meant = f"Did you mean {' or '.join(near)}?" if near else f"Use one of: {', '.join(ARCHITECTURES)}."
    raise UserError(f"There is no network called “{name}” (arch).", meant, fix="arch")


def require_size(arch: str, size: int) -> int:
    """Return `size` where the network can work at it.

    Raises
    ------
    UserError
        Naming the smallest size.
    """
    if size >= SMALLEST.get(arch, 16):
        return size
    raise UserError(
        f"{arch} cannot see pictures of {size} pixels.",
        f"Set the size to {SMALLEST.get(arch, 16)} or more, or choose another network.",
        fix="size",
    )
