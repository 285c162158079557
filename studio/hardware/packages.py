"""The doctor's look at Python and the packages, by their metadata alone. No torch, no Qt."""

from __future__ import annotations

import platform
import sys
from importlib import metadata

from studio.hardware.doctor import Row

NEWEST_TESTED = (3, 14)
NEEDED = ("fastai", "torchvision", "timm", "onnxruntime", "safetensors", "Pillow")


def python() -> list[Row]:
    """Whether this Python is one that the studio runs on."""
    version, said = sys.version_info[:2], f"Python {platform.python_version()}"
    if version < (3, 11):
        return [Row("Python", "error", f"{said} is too old.", "Install Python 3.11 or newer.")]
    if version > NEWEST_TESTED:
        return [
            Row("Python", "warning", f"{said} is newer than what was tested.", "Use Python 3.11 to 3.14.")
        ]
    return [Row("Python", "ok", said)]


def torch() -> list[Row]:
    """Whether torch is there, for which device it was built, and whether torchvision fits."""
    version = installed("torch")
    if version is None:
        return [Row("PyTorch", "error", "torch is not installed.", "Run: pip install torch torchvision")]
    rows = [Row("PyTorch", "ok", f"torch {version} ({build(version)})")]
    vision = installed("torchvision")
    if vision is not None and not fits(version, vision):
        said = f"torchvision {vision} is not of the same release as torch {version}."
        rows.append(Row("torchvision", "error", said, "Install both together: pip install torch torchvision"))
    return rows


def window() -> list[Row]:
    """Whether PySide6 is there and not the release that crashes on this Python."""
    version = installed("PySide6-Essentials") or installed("PySide6")
    if version is None:
        return [Row("Window", "error", "PySide6 is not installed.", "Run: pip install PySide6-Essentials")]
    if version.startswith("6.12.0") and sys.version_info < (3, 12):
        said = f"PySide6 {version} crashes on Python 3.11."
        return [
            Row("Window", "error", said, "Run: pip install 'PySide6-Essentials<6.12', or use Python 3.12.")
        ]
    return [Row("Window", "ok", f"PySide6 {version}")]


def others() -> list[Row]:
    """Packages that some command needs and that are missing."""
    missing = [name for name in NEEDED if installed(name) is None]
    if missing:
        said = f"Missing: {', '.join(missing)}."
        return [Row("Packages", "error", said, f"Run: pip install {' '.join(missing)}")]
    return [Row("Packages", "ok", "All packages are installed.")]


def installed(name: str) -> str | None:
    """The version of an installed package, or None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def build(version: str) -> str:
    """For what a torch of this version was built, in words."""
    tag = version.partition("+")[2]
    if tag.startswith("cu"):
        return f"for NVIDIA cards, CUDA {tag[2:-1]}.{tag[-1]}"
    if tag.startswith("rocm"):
        return f"for AMD cards, ROCm {tag[4:]}"
    return "for the processor only" if tag == "cpu" else "the standard build"


def fits(torch_version: str, vision_version: str) -> bool:
    """Whether a torchvision belongs to a torch: 0.15 came with 2.0, and both count on together."""
    try:
        torch_minor = [int(n) for n in torch_version.split("+")[0].split(".")[:2]]
        vision_minor = [int(n) for n in vision_version.split("+")[0].split(".")[:2]]
    except ValueError:
        return True
    return torch_minor[0] != 2 or vision_minor == [0, torch_minor[1] + 15]
