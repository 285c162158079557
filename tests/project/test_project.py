"""A project folder: made once, opened many times, never in the way of the data."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from studio.errors import UserError
from studio.project import Project
from tests.project.conftest import files_below, recipe_for


def test_a_project_is_opened_by_its_folder_or_its_recipe(project: Project) -> None:
    project.close()
    for path in (project.folder, project.folder / "recipe.toml"):
        with Project.open(path) as opened:
            assert opened.name == "pets"
            assert opened.problem.name == "image_classification"
            assert opened.folder == project.folder


def test_the_data_root_follows_the_recipe(project: Project, pets: Path) -> None:
    assert project.data_root == pets.resolve()


def test_project_and_data_can_move_together(project: Project, pets: Path, tmp_path: Path) -> None:
    project.close()
    (tmp_path / "elsewhere").mkdir()
    pets.rename(tmp_path / "elsewhere" / "pets")
    project.folder.rename(tmp_path / "elsewhere" / "pets.thaw")
    with Project.open(tmp_path / "elsewhere" / "pets.thaw") as moved:
        assert moved.data_root == (tmp_path / "elsewhere" / "pets").resolve()


def test_moved_data_is_linked_again(project: Project, pets: Path, tmp_path: Path) -> None:
    moved = pets.rename(tmp_path / "animals")
    project.relink(moved)
    assert project.recipe.data.root == "../animals"
    with pytest.raises(UserError, match="no folder"):
        project.relink(tmp_path / "nowhere")


def test_an_existing_folder_is_never_overwritten(project: Project, tmp_path: Path) -> None:
    before = files_below(tmp_path)
    with pytest.raises(UserError, match="not empty"):
        Project.create(project.folder, recipe_for("../pets"))
    assert files_below(tmp_path) == before


def test_an_empty_folder_may_become_a_project(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    Project.create(tmp_path / "empty", recipe_for("..")).close()
    assert (tmp_path / "empty" / "recipe.toml").is_file()


def test_a_folder_without_a_recipe_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"recipe\.toml"):
        Project.open(tmp_path)


def test_a_recipe_edited_by_hand_is_read_again(project: Project) -> None:
    path = project.folder / "recipe.toml"
    assert project.recipe.name == "pets"
    path.write_text(path.read_text().replace('"pets"', '"animals"'))
    assert project.recipe.name == "animals"
    project.save_recipe(msgspec.structs.replace(project.recipe, name="beasts"))
    assert project.recipe.name == "beasts"


def test_a_wrong_option_is_told_with_file_line_and_remedy(project: Project) -> None:
    project.close()
    path = project.folder / "recipe.toml"
    path.write_text(path.read_text().replace("[options]", '[options]\narch = "resnet18"\ndropuot = 0.5'))
    line = path.read_text().splitlines().index("dropuot = 0.5") + 1
    with pytest.raises(UserError) as caught:
        Project.open(project.folder)
    assert f"{path}, line {line}: “options.dropuot”" in caught.value.message
    assert "dropout" in caught.value.hint


def test_an_unknown_problem_is_told_with_its_line(project: Project) -> None:
    project.close()
    path = project.folder / "recipe.toml"
    path.write_text(path.read_text().replace("image_classification", "clairvoyance"))
    with pytest.raises(UserError, match=r"line 2.*clairvoyance"):
        Project.open(project.folder)


def test_the_cache_may_be_deleted_at_any_time(project: Project) -> None:
    (project.cache / "pictures").mkdir()
    for path in (project.cache / "pictures", project.cache):
        path.rmdir()
    assert project.cache.is_dir()
    assert project.rates.is_dir()


def test_nothing_is_written_beside_the_project(project: Project, pets: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in pets.rglob("*")}
    project.mark(["cat/0.png"], "remove")
    project.new_run(project.recipe)
    project.close()
    assert {p: p.stat().st_mtime_ns for p in pets.rglob("*")} == before
    assert sorted(p.name for p in project.folder.parent.iterdir()) == ["pets", "pets.thaw"]
