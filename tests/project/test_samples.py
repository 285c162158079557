"""The sample project is real data that was installed with the studio."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from studio.errors import UserError
from studio.project import Project, samples


def test_the_digits_become_a_project_that_can_be_read(tmp_path: Path) -> None:
    folder = samples.make("digits", tmp_path / "digits.thaw")
    with Project.open(folder) as project:
        dataset = project.problem.part("items").collect(project.recipe, project.data_root)
        assert len(dataset.items) == 1797
        assert dataset.classes == tuple("0123456789")
        assert len(dataset.valid()) == 359
    with Image.open(folder / "data" / "0" / "digit_0000.png") as picture:
        assert (picture.size, picture.mode) == ((32, 32), "L")
        assert picture.getextrema()[1] > 200


def test_an_unknown_sample_and_a_taken_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="poems") as caught:
        samples.make("poems", tmp_path / "x")
    assert "digits" in caught.value.hint
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    assert samples.main(["digits", str(tmp_path / "full")]) == 1
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["mine.txt"]
    assert samples.main(["digits"]) == 2
