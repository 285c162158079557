"""Runs commands in this process, as `thaw` would, and reads what they said."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from studio.__main__ import main


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """stdout as JSON lines; fails where a line is none."""
        return [json.loads(line) for line in self.out.splitlines()]


Thaw = Callable[..., Said]


@pytest.fixture
def thaw(capfd: pytest.CaptureFixture[str]) -> Thaw:
    def run(*arguments: object) -> Said:
        capfd.readouterr()
        status = main([str(one) for one in arguments])
        return Said(status, *capfd.readouterr())

    return run


def write_shapes(root: Path, each: int = 8) -> Path:
    """Light and dark pictures: two classes that a network can tell apart at once."""
    for name, base in (("dark", 20), ("light", 200)):
        (root / name).mkdir(parents=True)
        for number in range(each):
            shade = base + 3 * number
            Image.new("RGB", (40, 40), (shade, shade, (shade + 9 * number) % 256)).save(
                root / name / f"{number}.png"
            )
    return root


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    return write_shapes(tmp_path / "shapes")


@pytest.fixture
def made(thaw: Thaw, shapes: Path, tmp_path: Path) -> Path:
    """A project over the shapes."""
    folder = tmp_path / "shapes.thaw"
    assert thaw("new", "image_classification", folder, "--data", shapes).status == 0
    return folder
