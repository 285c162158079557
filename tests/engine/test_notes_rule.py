"""The course notes' rule for a U-Net, half size first, then full size, as one case of the gauge's choice.

With more than 8,200 MB free the notes take 8 street scenes at half their size, and 3 at their full one.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from msgspec.structs import replace

from studio.engine import device
from studio.engine.memory import device_room
from studio.engine.planning import Planner
from studio.hardware import Reading
from studio.problems import problem_named
from studio.project import Project
from studio.recipe.schema import Rate, Recipe, Stage
from tests.problems import masks_made

FREE_MIB = 8200.0
HALF, FULL = 360, 720
"""Of street scenes of 960 by 720 pixels; the shorter side is what a recipe names."""
NOTES = (8, 3)


def stage(size: int) -> Stage:
    return Stage(freeze=False, epochs=1, size=size, lr=Rate(max=1e-3))


def recipe_of(root: Path) -> Recipe:
    """Ninety scenes in the shape of the notes' ones, to a U-Net on resnet34, in the notes' precision."""
    masks_made.pairs(root, 90, width=96, height=72)
    made = masks_made.recipe(root, stages=(stage(HALF), stage(FULL)), arch="resnet34")
    return replace(made, training=replace(made.training, precision="fp16"))


@pytest.mark.slow
def test_at_least_the_notes_batches_are_chosen_and_they_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "current", lambda: torch.device("cuda", 0))
    card = Reading("Card", "gpu", total_mib=FREE_MIB, free_mib=FREE_MIB)
    monkeypatch.setattr(device_room, "reading", lambda: card)
    root = tmp_path / "data"
    recipe = recipe_of(root)
    room = device_room.room()
    with Project.create(tmp_path / "streets.thaw", recipe) as project:
        dataset = problem_named("segmentation").part("items").collect(recipe, root)
        found = Planner(project, lambda event: None).estimates(recipe, dataset, room)
    assert [one.how for one in found] == ["", ""]
    assert all(one.chosen >= batch for one, batch in zip(found, NOTES, strict=True)), found
    assert all(one.fits and one.memory_mib <= room.limit for one in found)
