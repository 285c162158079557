"""The networks for photos, and the fields of a recipe that choose one and feed it. No torch, no Qt."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Literal, Protocol

from msgspec import Meta

from studio.errors import UserError
from studio.recipe.fields import about

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

Arch = Annotated[
    str,
    about(
        "Network",
        "The network that is trained. Larger ones learn more and take more memory.",
        choices=ARCHITECTURES,
        note="architecture",
    ),
]
Weights = Annotated[
    str,
    about(
        "Starting weights",
        "ImageNet weights already know edges and textures, so that few photos are enough.",
        choices={"imagenet": "ImageNet (downloaded once)", "none": "None: train from scratch"},
        open=True,
        kind="file",
        note="weights",
    ),
]
Augment = Annotated[
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
]
Fit = Annotated[
    Literal["crop", "squish", "pad"],
    about(
        "Fit to size",
        "How a photo becomes square.",
        choices={"crop": "Crop", "squish": "Squish", "pad": "Pad"},
        more=True,
        note="size",
    ),
]
Merge = Annotated[
    str,
    about(
        "One class",
        "Names that mean one class, parted by commas: Ant:ant, ANTS:ant makes both ant. No file is changed.",
        more=True,
        note="why-data",
    ),
]
ClassWeights = Annotated[
    Literal["none", "balanced"],
    about(
        "Class weights",
        "Whether a rare class counts more in the loss. It is found more often then, and a common one less surely.",
        choices={"none": "Every item counts the same", "balanced": "Rare classes count more"},
        more=True,
        note="loss-functions",
    ),
]
Loss = Annotated[
    Literal["cross_entropy", "smoothed", "focal"],
    about(
        "Loss",
        "What training lowers. Smoothed forgives some wrong labels; focal turns to what is not yet known.",
        choices={
            "cross_entropy": "Cross-entropy",
            "smoothed": "Cross-entropy with smoothed labels",
            "focal": "Focal: hard items count more",
        },
        more=True,
        note="loss-functions",
    ),
]
Dropout = Annotated[
    float,
    Meta(ge=0.0, lt=1.0),
    about(
        "Dropout",
        "The part of the head that is switched off at random in every step.",
        more=True,
        note="over-under-fitting",
    ),
]


class PhotoOptions(Protocol):
    """The options that every problem of photos has."""

    @property
    def arch(self) -> str:
        """The network."""

    @property
    def weights(self) -> str:
        """Where it starts: "imagenet", "none" or a file."""

    @property
    def augment(self) -> str:
        """How much training photos are changed."""

    @property
    def resize(self) -> str:
        """How a photo becomes square."""

    @property
    def dropout(self) -> float:
        """The part of the head that is switched off."""


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
