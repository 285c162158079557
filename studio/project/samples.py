"""Sample projects from data that come with scikit-learn: no network, nothing to download.

scikit-learn and Pillow are imported only while a sample is made. The window runs this module in a process of
its own: `python -m studio.project.samples digits FOLDER`. No torch, no Qt.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from studio.errors import UserError
from studio.project.project import Project
from studio.recipe.schema import Data, Rate, Recipe, Split, Stage, Training

PICTURE_SIZE = 32
SAMPLES = ("digits",)

Progress = Callable[[str, int, int], None]


def make(name: str, folder: Path, progress: Progress | None = None) -> Path:
    """Make the sample project `name` in `folder`, data and all; return the folder.

    Raises
    ------
    UserError
        For an unknown sample, a folder that is not empty, or a full disk.
    """
    if name not in SAMPLES:
        raise UserError(f"There is no sample called “{name}”.", f"Use one of: {', '.join(SAMPLES)}.")
    existed = folder.exists()
    Project.create(folder, digits_recipe()).close()
    try:
        write_digits(folder / "data", progress)
    except BaseException as error:
        if not existed:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise UserError(
                f"The sample could not be written to {folder}: {error.strerror}.", "Free some space."
            ) from error
        raise
    return folder


def digits_recipe() -> Recipe:
    """The recipe of the handwritten digits: a small network from scratch, minutes on two cores."""
    stage = Stage(freeze=False, epochs=6, size=PICTURE_SIZE, batch_size=64, lr=Rate(max=1e-2))
    options = {
        "source": "folders",
        "arch": "resnet18",
        "weights": "none",
        "augment": "none",
        "resize": "squish",
    }
    return Recipe(
        problem="image_classification",
        name="Handwritten digits",
        data=Data(root="data", split=Split(kind="stratified", valid_pct=0.2)),
        options=options,
        training=Training(stages=(stage,)),
    )


def write_digits(folder: Path, progress: Progress | None = None) -> int:
    """Write the 1,797 digits as PNG files into a folder for each class; return how many."""
    from PIL import Image
    from sklearn.datasets import load_digits

    pictures, targets = load_digits(return_X_y=True)
    for number, (picture, target) in enumerate(zip(pictures, targets, strict=True)):
        grey = (picture.reshape(8, 8) * (255 / 16)).round().astype("uint8")
        path = folder / str(target) / f"digit_{number:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(grey).resize((PICTURE_SIZE, PICTURE_SIZE), Image.Resampling.BICUBIC).save(path)
        if progress is not None and number % 50 == 0:
            progress("Writing the digits", number, len(targets))
    return len(targets)


def main(arguments: Sequence[str]) -> int:
    """Make a sample from the arguments NAME and FOLDER; return the exit status."""
    if len(arguments) != 2:
        print("usage: python -m studio.project.samples NAME FOLDER", file=sys.stderr)  # noqa: T201
        return 2
    try:
        make(arguments[0], Path(arguments[1]))
    except UserError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
