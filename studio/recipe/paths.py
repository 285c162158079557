"""The data root as a recipe writes it: relative to the project folder where both are on one drive."""

from __future__ import annotations

import os
from pathlib import Path


def written_root(data: Path, project: Path) -> str:
    """Return how the recipe names the folder `data`: relative with forward slashes, else absolute."""
    data, project = Path(os.path.realpath(data)), Path(os.path.realpath(project))
    try:
        return Path(os.path.relpath(data, project)).as_posix()
    except ValueError:
        return data.as_posix()


def read_root(root: str, project: Path) -> Path:
    """Return the absolute folder that a recipe's `root` means for the project in `project`."""
    return Path(os.path.realpath(Path(os.path.realpath(project)) / Path(root).expanduser()))
