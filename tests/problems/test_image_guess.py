"""A dropped folder is recognised in a moment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from studio.problems.image_classification.guessing import BUDGET, Budget, class_folders
from studio.problems.image_classification.options import guess
from studio.recipe.schema import Split
from tests.problems.pictures import photo, photos, table


def test_folders_of_photos(tmp_path: Path) -> None:
    found = guess(photos(tmp_path, {"ants": 1, "bees": 1}))
    assert found is not None
    assert found.sentence == "Two folders of photos: image classification."
    assert found.split.kind == "stratified"
    assert found.options == {"source": "folders"}


def test_training_and_validation_folders_by_their_own_names(tmp_path: Path) -> None:
    found = guess(photos(tmp_path, {"Training/a": 1, "Training/b": 1, "val/a": 1, "test": 3}))
    assert found is not None
    assert found.split == Split(kind="folders", train="Training", valid="val")
    assert "two classes" in found.sentence


def test_a_table_that_names_photos(tmp_path: Path) -> None:
    photos(tmp_path, {"images": 6})
    rows = [(f"00{n}", "cat" if n % 2 else "dog", str(n == 0)) for n in range(6)]
    table(tmp_path, [("image_id", "species", "is_valid"), *rows], "list.csv")
    found = guess(tmp_path)
    assert found is not None
    assert found.options == {
        "source": "table",
        "table": "list.csv",
        "item_column": "image_id",
        "label_column": "species",
    }
    assert found.split == Split(kind="column", column="is_valid")
    assert guess(tmp_path / "list.csv") == found


def test_class_folders_are_believed_before_a_table(tmp_path: Path) -> None:
    photos(tmp_path, {"train/3": 2, "train/7": 2, "valid/3": 1})
    table(tmp_path, [("name", "label"), ("train/3/000.png", "3"), ("train/7/000.png", "7")])
    found = guess(tmp_path)
    assert found is not None
    assert found.options["source"] == "folders"


def test_classes_in_file_names(tmp_path: Path) -> None:
    for name in ("great_pyrenees", "pug"):
        for n in range(4):
            photo(tmp_path / f"{name}_{n}.jpg")
    found = guess(tmp_path)
    assert found is not None
    assert found.options["source"] == "pattern"
    assert "great_pyrenees_0.jpg" in found.sentence


def test_other_folders_are_not_claimed(tmp_path: Path) -> None:
    assert guess(tmp_path) is None
    assert guess(tmp_path / "gone") is None
    photos(tmp_path, {"images": 2, "masks": 2})
    assert guess(tmp_path) is None
    photos(tmp_path / "loose", {".": 3})
    assert guess(tmp_path / "loose") is None


def test_one_class_is_hardly_believed(tmp_path: Path) -> None:
    found = guess(photos(tmp_path, {"ants": 2}))
    assert found is not None
    assert found.sure < 0.5


def test_measurements_and_tags_are_hardly_believed(tmp_path: Path) -> None:
    photos(tmp_path, {"images": 6})
    table(tmp_path, [("image", "label"), *((f"00{n}.png", str(n % 3)) for n in range(6))])
    found = guess(tmp_path)
    assert found is not None
    assert found.sure < 0.5


def test_only_so_many_entries_are_looked_at(tmp_path: Path) -> None:
    photos(tmp_path, {f"class{n:02d}": 12 for n in range(12)})
    budget = Budget(left=30)
    for folder in sorted(tmp_path.iterdir()):
        budget.peek(folder, BUDGET)
    assert budget.left == 0
    assert len(class_folders(tmp_path, [f"class{n:02d}" for n in range(12)], budget)) == 12


def test_guessing_needs_neither_torch_nor_numpy(tmp_path: Path) -> None:
    photos(tmp_path, {"ants": 1, "bees": 1})
    code = (
        "import sys\nfrom pathlib import Path\nfrom studio.problems import PROBLEMS\n"
        f"assert any(p.guess(Path({str(tmp_path)!r})) for p in PROBLEMS)\n"
        "assert not {'torch', 'fastai', 'pandas', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
