"""The queue of runs: it lasts, keeps its order, and loses nothing to damage or a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.errors import UserError
from studio.project.queue import Queue
from studio.recipe.schema import Data, Rate, Recipe, Stage, Training


def recipe(seed: int = 42) -> Recipe:
    stages = (Stage(freeze=False, epochs=1, lr=Rate(max=1e-2)),)
    return Recipe(
        problem="image_classification",
        name="ants",
        data=Data(root="x"),
        training=Training(stages=stages),
        seed=seed,
    )


@pytest.fixture
def queue(tmp_path: Path) -> Queue:
    made = Queue(tmp_path)
    for seed in (1, 2, 3):
        made.add(f"seed {seed}", recipe=recipe(seed))
    return made


def titles(queue: Queue) -> list[str]:
    return [entry.title for entry in queue.entries()]


def test_entries_keep_their_recipe_and_their_order(queue: Queue, tmp_path: Path) -> None:
    again = Queue(tmp_path)
    assert titles(again) == ["seed 1", "seed 2", "seed 3"]
    assert again.entries()[1].recipe == recipe(2)
    again.move(3, 0)
    assert titles(queue) == ["seed 3", "seed 1", "seed 2"]
    queue.remove(1)
    assert titles(again) == ["seed 3", "seed 2"]
    assert again.add("last", recipe=recipe()).id == 4


def test_a_failed_entry_is_passed_over_until_it_is_tried_again(queue: Queue) -> None:
    queue.change(1, status="failed", error="The disk is full.")
    following = queue.next()
    assert following is not None and following.id == 2
    queue.again(1)
    first = queue.next()
    assert first is not None and (first.id, first.error) == (1, "")


def test_what_trained_when_everything_stopped_comes_first(queue: Queue) -> None:
    queue.change(2, status="running", run=7)
    cut_off = queue.next()
    assert cut_off is not None and (cut_off.id, cut_off.run) == (2, 7)
    with pytest.raises(UserError, match="training"):
        queue.remove(2)
    queue.done(2)
    assert titles(queue) == ["seed 1", "seed 3"]


def test_an_edit_is_undone_as_a_whole(queue: Queue) -> None:
    before = queue.entries()
    queue.remove(1)
    queue.restore(before)
    assert queue.entries() == before


def test_a_damaged_file_is_kept_and_said(queue: Queue, tmp_path: Path) -> None:
    (tmp_path / "queue.json").write_text("[{")
    assert queue.entries() == ()
    assert "queue.json.broken" in queue.notice
    assert (tmp_path / "queue.json.broken").read_text() == "[{"


def test_a_reader_changes_nothing(queue: Queue, tmp_path: Path) -> None:
    reader = Queue(tmp_path, writable=False)
    assert len(reader.entries()) == 3
    with pytest.raises(UserError, match="reading only"):
        reader.remove(1)
    with pytest.raises(UserError, match="no entry 9"):
        queue.remove(9)
