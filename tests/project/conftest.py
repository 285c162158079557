"""A small project over real picture files, and what is needed to kill a process in the middle of its work."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from studio.project import Project
from studio.recipe.schema import Data, Rate, Recipe, Split, Stage, Training

REPO = Path(__file__).resolve().parents[2]


def recipe_for(root: str, **options: object) -> Recipe:
    return Recipe(
        problem="image_classification",
        name="pets",
        data=Data(root=root, split=Split(kind="stratified", valid_pct=0.25)),
        options=dict(options),
        training=Training(stages=(Stage(freeze=True, epochs=1, size=32, lr=Rate(max=1e-3)),)),
    )


def write_pets(root: Path) -> Path:
    """Four different pictures of each of two classes."""
    for name, red in (("cat", 10), ("dog", 200)):
        (root / name).mkdir(parents=True)
        for number in range(4):
            Image.new("RGB", (24, 24), (red, number * 40, 5)).save(root / name / f"{number}.png")
    return root


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    return write_pets(tmp_path / "pets")


@pytest.fixture
def project(tmp_path: Path, pets: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "pets.thaw", recipe_for("../pets")) as made:
        yield made


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file's content by its path."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def run_python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, from the repository."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=REPO, capture_output=True, text=True, timeout=60, check=False)
