"""Carrying marks out in class folders: nothing is lost, nothing is overwritten, everything can be put back."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import msgspec
import pytest

from studio.errors import UserError
from studio.project import Project, moves
from studio.project.hashing import sha256_of
from tests.project.conftest import files_below, recipe_for


def test_removed_files_go_to_the_trash_and_relabelled_ones_to_their_class(
    project: Project, pets: Path
) -> None:
    removed, relabelled = (pets / "cat" / "1.png").read_bytes(), (pets / "cat" / "0.png").read_bytes()
    (pets / "dog" / "0.png").rename(pets / "dog" / "9.png")
    project.mark(["cat/1.png"], "remove")
    project.mark(["cat/0.png"], "relabel", "dog")
    project.mark(["dog/2.png"], "keep")
    done = project.apply_marks()
    assert (done.removed, done.relabelled, done.skipped) == (1, 1, ())
    assert (project.folder / "trash/0001/files/cat/1.png").read_bytes() == removed
    assert (pets / "dog/0.png").read_bytes() == relabelled
    assert sorted(p.name for p in (pets / "cat").iterdir()) == ["2.png", "3.png"]
    assert set(project.journal.marks()) == {"dog/2.png"}


def test_the_manifest_names_every_file_by_its_hash(project: Project, pets: Path) -> None:
    content = sha256_of(pets / "cat" / "1.png")
    project.mark(["cat/1.png"], "remove")
    project.apply_marks()
    manifest = json.loads((project.folder / "trash/0001/manifest.json").read_text())
    assert [(f["key"], f["action"], f["sha256"], f["state"]) for f in manifest["files"]] == [
        ("cat/1.png", "remove", content, "moved")
    ]


def test_a_taken_name_is_never_overwritten(project: Project, pets: Path) -> None:
    there, moved = (pets / "dog" / "0.png").read_bytes(), (pets / "cat" / "0.png").read_bytes()
    project.mark(["cat/0.png"], "relabel", "dog")
    project.apply_marks()
    assert (pets / "dog" / "0.png").read_bytes() == there
    assert (pets / "dog" / "0-2.png").read_bytes() == moved


def test_a_new_class_gets_its_folder_and_loses_it_again(project: Project, pets: Path) -> None:
    before = files_below(pets)
    project.mark(["cat/0.png", "cat/1.png"], "relabel", "wolf")
    project.apply_marks()
    assert sorted(p.name for p in (pets / "wolf").iterdir()) == ["0.png", "1.png"]
    project.undo_apply()
    assert files_below(pets) == before
    assert not (pets / "wolf").exists()


def test_undoing_puts_everything_back_also_after_a_restart(project: Project, pets: Path) -> None:
    before = files_below(pets)
    project.mark(["cat/1.png", "dog/3.png"], "remove")
    project.mark(["cat/0.png"], "relabel", "dog")
    marks = project.journal.marks()
    project.apply_marks()
    project.close()
    with Project.open(project.folder) as again:
        done = again.undo_apply()
        assert (done.removed, done.relabelled, done.skipped) == (2, 1, ())
        assert again.journal.marks() == marks
        with pytest.raises(UserError, match="nothing to put back"):
            again.undo_apply()
    assert files_below(pets) == before


def test_applies_are_taken_back_one_after_the_other(project: Project, pets: Path) -> None:
    before = files_below(pets)
    for key in ("cat/0.png", "cat/1.png"):
        project.mark([key], "remove")
        project.apply_marks()
    project.undo_apply()
    assert (pets / "cat/1.png").exists()
    assert not (pets / "cat/0.png").exists()
    project.undo_apply()
    assert files_below(pets) == before


def test_undo_of_marks_does_not_reach_behind_an_apply(project: Project) -> None:
    project.mark(["cat/1.png"], "remove")
    project.apply_marks()
    project.mark(["cat/2.png"], "keep")
    assert project.journal.undo() == "Kept 1 item"
    with pytest.raises(UserError) as caught:
        project.journal.undo()
    assert caught.value.fix == "undo_apply"


def test_a_file_that_changed_since_it_was_marked_is_left_alone(project: Project, pets: Path) -> None:
    project.mark(["cat/0.png", "cat/1.png", "cat/2.png"], "remove")
    (pets / "cat/0.png").write_bytes((pets / "dog/0.png").read_bytes())
    (pets / "cat/1.png").unlink()
    done = project.apply_marks()
    assert done.removed == 1
    assert dict(done.skipped).keys() == {"cat/0.png", "cat/1.png"}
    assert "changed" in dict(done.skipped)["cat/0.png"]
    assert (pets / "cat/0.png").exists()
    assert set(project.journal.marks()) == {"cat/0.png", "cat/1.png"}


def test_only_skipped_items_make_no_apply(project: Project, pets: Path) -> None:
    project.mark(["cat/0.png"], "remove")
    (pets / "cat/0.png").unlink()
    assert project.apply_marks().number == 0
    assert not (project.folder / "trash").exists()


@pytest.mark.parametrize("label", ["../elsewhere", "a/b", "..", "a\\b"])
def test_a_label_that_is_no_folder_name_moves_nothing(project: Project, pets: Path, label: str) -> None:
    before = files_below(pets.parent)
    project.mark(["cat/0.png"], "relabel", label)
    done = project.apply_marks()
    assert (done.relabelled, len(done.skipped)) == (0, 1)
    assert files_below(pets.parent).keys() >= before.keys()
    assert (pets / "cat/0.png").exists()


def test_a_link_out_of_the_data_is_never_touched(tmp_path: Path, pets: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine.png").write_bytes((pets / "cat/0.png").read_bytes())
    (pets / "cat/link.png").symlink_to(outside / "mine.png")
    (pets / "wolf").symlink_to(outside)
    assert "link" in moves.refused(pets, "cat/link.png")
    assert "out of" in moves.refused(pets, "wolf/mine.png")
    assert "out of" in moves.refused(pets, "../outside/mine.png")
    with Project.create(tmp_path / "pets.thaw", recipe_for("../pets")) as project:
        project.journal.mark(["cat/link.png", "wolf/mine.png", "../outside/mine.png"], "remove")
        project.journal.mark(["cat/1.png"], "relabel", "wolf")
        done = project.apply_marks()
    assert (done.removed, done.relabelled, len(done.skipped)) == (0, 0, 4)
    assert sorted(p.name for p in outside.iterdir()) == ["mine.png"]


def test_a_name_taken_meanwhile_is_told_when_putting_back(project: Project, pets: Path) -> None:
    content = (pets / "cat/0.png").read_bytes()
    project.mark(["cat/0.png"], "remove")
    project.apply_marks()
    (pets / "cat/0.png").write_bytes(b"new")
    done = project.undo_apply()
    assert (pets / "cat/0.png").read_bytes() == b"new"
    assert (pets / "cat/0-2.png").read_bytes() == content
    assert "0-2.png" in done.skipped[0][1]


def test_a_trash_emptied_by_hand_is_told(project: Project, pets: Path) -> None:
    project.mark(["cat/0.png", "cat/1.png"], "remove")
    project.apply_marks()
    (project.folder / "trash/0001/files/cat/0.png").unlink()
    done = project.undo_apply()
    assert done.removed == 1
    assert dict(done.skipped).keys() == {"cat/0.png"}
    assert (pets / "cat/1.png").exists()


def test_no_marks_and_no_data_are_told(project: Project, pets: Path) -> None:
    with pytest.raises(UserError, match="no marks"):
        project.apply_marks()
    project.mark(["cat/0.png"], "remove")
    pets.rename(pets.with_name("unplugged"))
    with pytest.raises(UserError, match="is not there"):
        project.apply_marks()


def test_a_pattern_in_the_name_is_relabelled_in_training_only(project: Project, pets: Path) -> None:
    for path in list(pets.rglob("*.png")):
        path.rename(path.with_name(f"{path.parent.name}_{path.stem}.png"))
    options = {"source": "pattern", "pattern": r"^(.+)_\d+\.png$"}
    project.save_recipe(msgspec.structs.replace(project.recipe, options=options))
    project.mark(["cat/cat_0.png"], "relabel", "dog")
    project.mark(["cat/cat_1.png"], "remove")
    done = project.apply_marks()
    assert (done.removed, done.relabelled) == (1, 0)
    assert set(project.journal.marks()) == {"cat/cat_0.png"}


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EPERM])
def test_a_trash_on_another_drive_gets_a_whole_copy(
    project: Project, pets: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, "Invalid cross-device link")

    before = files_below(pets)
    monkeypatch.setattr(os, "link", refuse)
    project.mark(["cat/0.png"], "remove")
    assert project.apply_marks().removed == 1
    assert (project.folder / "trash/0001/files/cat/0.png").read_bytes() == before["cat/0.png"]
    assert not (pets / "cat/0.png").exists()
    project.undo_apply()
    assert files_below(pets) == before


def test_a_full_disk_leaves_the_file_where_it_was(
    project: Project, pets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = files_below(pets)
    monkeypatch.setattr(os, "link", full)
    project.mark(["cat/0.png"], "remove")
    done = project.apply_marks()
    assert (done.removed, len(done.skipped)) == (0, 1)
    assert files_below(pets) == before
    assert set(project.journal.marks()) == {"cat/0.png"}
