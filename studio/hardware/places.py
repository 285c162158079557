"""The doctor's look at disks, folders, fonts and the system's graphics libraries. No torch, no Qt."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import sys
import tempfile
from pathlib import Path

import platformdirs

from studio.hardware.doctor import Row

LOW_DISK_GIB = 2.0
GIB = 2**30
QT_LIBRARIES = ("EGL", "GL", "xkbcommon", "fontconfig", "dbus-1")
RESOURCES = (Path(__file__).parents[2] / "resources", Path(__file__).parents[1] / "resources")


def disks(project: Path | None = None) -> list[Row]:
    """Free space where projects and temporary files go."""
    places = [
        ("Disk of the project", project or Path.cwd()),
        ("Disk for temporary files", Path(tempfile.gettempdir())),
    ]
    return [_disk(name, path) for name, path in places]


def settings() -> list[Row]:
    """Whether settings and logs can be written."""
    rows = []
    for name, folder in (
        ("Settings folder", platformdirs.user_config_path("thaw-studio", appauthor=False)),
        ("Log folder", platformdirs.user_log_path("thaw-studio", appauthor=False)),
    ):
        if _can_write(folder):
            rows.append(Row(name, "ok", str(folder)))
        else:
            remedy = "Make it writable; until then nothing is remembered there."
            rows.append(Row(name, "warning", f"{folder} cannot be written.", remedy))
    return rows


def window_libraries() -> list[Row]:
    """The system's libraries that the window loads on Linux."""
    if not sys.platform.startswith("linux"):
        return []
    missing = [name for name in QT_LIBRARIES if ctypes.util.find_library(name) is None]
    if missing:
        said = f"The window needs libraries that are missing: {', '.join(f'lib{n}' for n in missing)}."
        remedy = (
            "On Debian or Ubuntu: sudo apt install libegl1 libgl1 libxkbcommon0 libfontconfig1 libdbus-1-3"
        )
        return [Row("Window libraries", "warning", said, f"{remedy}. Commands work without them.")]
    return [Row("Window libraries", "ok", "All libraries for the window are there.")]


def fonts() -> list[Row]:
    """The fonts that come with the studio."""
    found = [path for folder in RESOURCES for path in (folder / "fonts").glob("*.ttf")]
    if not found:
        return [Row("Fonts", "warning", "The studio's own fonts are missing.", "Install Thaw Studio again.")]
    return [Row("Fonts", "ok", f"{len(found)} fonts")]


def _disk(name: str, path: Path) -> Row:
    try:
        free = shutil.disk_usage(_existing(path)).free / GIB
    except OSError as error:
        return Row(
            name,
            "warning",
            f"{path} cannot be looked at ({error.strerror}).",
            "Check that the drive is there.",
        )
    said = f"{free:.1f} GiB free at {path}"
    if free < LOW_DISK_GIB:
        return Row(
            name,
            "warning",
            f"Only {said}.",
            "Free some space: checkpoints need up to a few hundred MiB each.",
        )
    return Row(name, "ok", said)


def _can_write(folder: Path) -> bool:
    return os.access(_existing(folder), os.W_OK)


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    return next((p for p in (path, *path.parents) if p.exists()), Path("/"))
