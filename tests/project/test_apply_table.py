"""Labels in a table: the table stays as it is, a corrected copy takes its place in the recipe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from studio.project import Project, ledger
from tests.project.conftest import recipe_for

TABLE = (
    "file;note;label\ncat/0.png;a;cat\ncat/1.png;b;cat\nmissing.png;c;cat\ndog/0.png;d;dog\ndog/1.png;e;dog\n"
)


@pytest.fixture
def by_table(tmp_path: Path, pets: Path) -> Iterator[Project]:
    (pets / "labels.csv").write_text(TABLE)
    recipe = recipe_for("../pets", source="table", table="labels.csv")
    with Project.create(tmp_path / "pets.thaw", recipe) as made:
        yield made


def targets(project: Project) -> dict[str, str]:
    dataset = project.problem.part("items").collect(project.recipe, project.data_root)
    return {item.key: item.target for item in dataset.items}


def test_a_corrected_copy_is_written_into_the_project(by_table: Project, pets: Path) -> None:
    by_table.mark(["cat/0.png"], "relabel", "dog")
    by_table.mark(["dog/1.png"], "remove")
    done = by_table.apply_marks()
    assert (done.removed, done.relabelled, done.skipped) == (1, 1, ())
    assert "not changed" in done.sentence
    assert (pets / "labels.csv").read_text() == TABLE
    copy = by_table.folder / "labels.cleaned.csv"
    assert done.table == str(copy)
    assert copy.read_text().splitlines() == [
        "file;note;label",
        "cat/0.png;a;dog",
        "cat/1.png;b;cat",
        "missing.png;c;cat",
        "dog/0.png;d;dog",
    ]
    assert by_table.journal.marks() == {}
    assert targets(by_table) == {"cat/0.png": "dog", "cat/1.png": "cat", "dog/0.png": "dog"}


def test_undoing_points_the_recipe_to_the_table_again(by_table: Project) -> None:
    before = by_table.recipe
    by_table.mark(["dog/1.png"], "remove")
    by_table.apply_marks()
    by_table.undo_apply()
    assert by_table.recipe == before
    assert not (by_table.folder / "labels.cleaned.csv").exists()
    assert set(by_table.journal.marks()) == {"dog/1.png"}


@pytest.mark.parametrize("moment", ["begun", "concluded"])
def test_a_crash_while_writing_the_copy_is_set_right(
    by_table: Project, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    before = by_table.recipe
    real = getattr(ledger, moment)

    def crash(*arguments: object) -> None:
        if moment == "begun":
            real(*arguments)
        raise KeyboardInterrupt

    by_table.mark(["dog/1.png"], "remove")
    with monkeypatch.context() as patched:
        patched.setattr(ledger, moment, crash)
        with pytest.raises(KeyboardInterrupt):
            by_table.apply_marks()
    by_table.close()
    with Project.open(by_table.folder) as again:
        if moment == "begun":
            assert again.recipe == before
            assert set(again.journal.marks()) == {"dog/1.png"}
        else:
            assert again.journal.marks() == {}
            assert "dog/1.png" not in targets(again)
            again.undo_apply()
        assert again.recipe == before


def test_a_copy_that_cannot_be_used_changes_nothing(by_table: Project) -> None:
    """Removing every row leaves a table that nothing can be learned from."""
    before = by_table.recipe
    by_table.mark(["cat/0.png", "cat/1.png", "dog/0.png", "dog/1.png"], "remove")
    with pytest.raises(Exception, match="labels"):
        by_table.apply_marks()
    assert msgspec.to_builtins(by_table.recipe) == msgspec.to_builtins(before)
    assert len(by_table.journal.marks()) == 4
    assert not (by_table.folder / "labels.cleaned.csv").exists()


def test_a_copy_of_a_table_in_a_named_encoding_is_read_as_the_utf8_that_it_is(
    tmp_path: Path, pets: Path
) -> None:
    (pets / "labels.csv").write_bytes("file;label\ncat/0.png;Grün\ncat/1.png;Blau\n".encode("cp850"))
    recipe = recipe_for("../pets", source="table", table="labels.csv", encoding="cp850")
    with Project.create(tmp_path / "pets.thaw", recipe) as made:
        made.mark(["cat/1.png"], "relabel", "Grün")
        made.apply_marks()
        assert targets(made) == {"cat/0.png": "Grün", "cat/1.png": "Grün"}
