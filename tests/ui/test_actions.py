"""Intentions: what a person asks for becomes a saved recipe, a journal entry, a command, or a sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from studio.engine import messages as m
from studio.project import Project
from studio.project.live_run import LiveRun
from studio.recipe import io
from studio.recipe.edit import with_value
from studio.recipe.schema import Rate
from studio.ui.app import Studio


@pytest.fixture
def opened(studio: Studio, project_folder: Path, wait_for) -> Studio:
    studio.actions.open_project(project_folder)
    wait_for(lambda: studio.store.scan is not None)
    return studio


def texts(studio: Studio) -> list[str]:
    return [notice.text for notice in studio.store.notices]


def test_opening_a_project_reads_its_data_by_itself(opened: Studio, wait_for):
    store = opened.store
    wait_for(lambda: store.findings is not None)
    assert store.scan.n_train == 16
    assert store.recipe.name == "birds"
    assert opened.settings.values.recents[0].name == "birds"
    assert opened.window.current_page() == "data"


def test_a_folder_that_is_no_project_is_said_in_a_notice(studio: Studio, tmp_path: Path):
    studio.actions.open_project(tmp_path)
    assert "There is no project" in texts(studio)[0]
    assert studio.store.project is None


def test_an_edit_is_on_disk_at_once_and_can_be_taken_back(opened: Studio, project_folder: Path):
    before = opened.store.recipe
    opened.actions.set_value("augment", "strong")
    with Project.open(project_folder, lock=False) as other:
        assert other.recipe.options["augment"] == "strong"
    assert opened.store.can_undo_recipe
    opened.actions.undo_recipe()
    assert opened.store.recipe == before and opened.store.can_redo_recipe
    opened.actions.redo_recipe()
    assert opened.store.recipe.options["augment"] == "strong"


def test_several_fields_are_one_step_back(opened: Studio):
    before = opened.store.recipe
    opened.actions.set_values({"split": "random", "valid_pct": "0.3"})
    assert opened.store.recipe.data.split.valid_pct == 0.3
    opened.actions.undo_recipe()
    assert opened.store.recipe == before


def test_a_wrong_value_changes_nothing_and_is_said_beside_its_field(opened: Studio, qtbot):
    before = opened.store.recipe
    with qtbot.waitSignal(opened.store.refusedChanged):
        opened.actions.set_value("valid_pct", "lots")
    assert opened.store.recipe == before
    assert "valid_pct" in opened.store.refused["valid_pct"] and texts(opened) == []
    opened.actions.set_value("dropout", "0.3")
    assert "valid_pct" in opened.store.refused
    opened.actions.set_value("valid_pct", "0.3")
    assert opened.store.refused == {}


def test_a_recipe_edited_by_hand_is_read_again_and_can_be_taken_back(
    opened: Studio, project_folder: Path, wait_for
):
    before = opened.store.recipe
    with Project.open(project_folder, lock=False) as other:
        io.save(project_folder / "recipe.toml", with_value(other.recipe, other.problem, "seed", 7))
    wait_for(lambda: opened.store.recipe.seed == 7)
    assert "outside this window" in texts(opened)[0]
    opened.actions.undo_recipe()
    assert opened.store.recipe == before


def test_a_recipe_broken_by_hand_is_said_once_and_the_old_one_stays(
    opened: Studio, project_folder: Path, wait_for
):
    before, path = opened.store.recipe, project_folder / "recipe.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("seed = ", "seed = x"), encoding="utf-8")
    wait_for(lambda: texts(opened) != [])
    path.touch()
    opened.actions.look_at_recipe()
    assert len(texts(opened)) == 1 and "recipe.toml" in texts(opened)[0]
    assert opened.store.recipe == before


def test_a_field_of_the_data_reads_the_data_again_and_one_of_the_training_does_not(opened: Studio, qtbot):
    with qtbot.waitSignal(opened.store.scanChanged, timeout=10_000):
        opened.actions.set_value("split", "random")
    with qtbot.assertNotEmitted(opened.store.scanChanged, wait=600):
        opened.actions.set_value("weight_decay", "0.1")


def test_stages_are_changed_added_and_removed(opened: Studio):
    actions, store = opened.actions, opened.store
    actions.set_stage(1, epochs=7, batch_size=16)
    assert store.recipe.training.stages[1].epochs == 7
    actions.use_rate(1, 2e-4, 2e-6)
    assert store.recipe.training.stages[1].lr == Rate(max=2e-4, min=2e-6)
    actions.add_stage()
    assert [s.freeze for s in store.recipe.training.stages] == [True, False, False]
    actions.remove_stage(0)
    actions.remove_stage(0)
    actions.remove_stage(0)
    assert len(store.recipe.training.stages) == 1
    assert "at least one stage" in texts(opened)[0]


def test_a_stage_that_cannot_be_is_refused_in_words(opened: Studio):
    opened.actions.set_stage(0, epochs=0)
    assert opened.store.recipe.training.stages[0].epochs == 3
    assert "epochs" in opened.store.refused["stage.epochs"] and texts(opened) == []
    opened.actions.set_stage(9, epochs=1)
    assert len(texts(opened)) == 1
    opened.actions.set_stage(0, epochs=2)
    assert opened.store.refused == {}


def test_the_gauge_chooses_the_batch_of_the_stage_that_is_shown(opened: Studio):
    opened.window.gauge.batchChosen.emit(32)
    assert opened.store.recipe.training.stages[0].batch_size == 32


def test_marks_are_journalled_shown_and_taken_back(opened: Studio, project_folder: Path):
    actions, store = opened.actions, opened.store
    actions.mark(["stripes/stripes_000.png"], "remove")
    actions.mark(["spots/spots_001.png", "spots/spots_002.png"], "relabel", "stripes")
    assert {key: mark.action for key, mark in store.marks.items()} == {
        "stripes/stripes_000.png": "remove", "spots/spots_001.png": "relabel", "spots/spots_002.png": "relabel",
    }  # fmt: skip
    assert opened.window.undo_bar.isVisibleTo(opened.window)
    opened.window.undo_bar.undoRequested.emit()
    assert list(store.marks) == ["stripes/stripes_000.png"]
    actions.redo_mark()
    assert len(store.marks) == 3
    with Project.open(project_folder, lock=False) as other:
        assert len(other.journal.marks()) == 3


def test_many_marks_are_hashed_elsewhere(opened: Studio, photos: Path, wait_for):
    keys = [path.relative_to(photos).as_posix() for path in sorted(photos.rglob("*.png"))]
    opened.actions.mark(keys, "keep")
    wait_for(lambda: len(opened.store.marks) == len(keys))


def test_marks_are_carried_out_and_put_back(opened: Studio, photos: Path, wait_for):
    photo = photos / "stripes" / "stripes_000.png"
    opened.actions.mark(["stripes/stripes_000.png"], "remove")
    opened.actions.apply_marks()
    wait_for(lambda: not photo.exists())
    wait_for(lambda: any(notice.wanted == ("undo_apply",) for notice in opened.store.notices))
    opened.actions.mend(0)
    wait_for(photo.exists)


def test_a_project_that_another_window_has_is_read_only(studio: Studio, project_folder: Path):
    with Project.open(project_folder):
        studio.actions.open_project(project_folder)
        assert studio.store.read_only
        before = studio.store.recipe
        studio.actions.set_value("weight_decay", "0.5")
        studio.actions.train()
        studio.actions.mark(["x"], "keep")
        assert studio.store.recipe == before and studio.store.job is None
        assert "reading only" in texts(studio)[0]


def test_training_is_refused_words_while_a_run_trains_and_closing_waits(opened: Studio, wait_for):
    opened.actions.train()
    wait_for(lambda: opened.store.live is not None)
    opened.actions.train()
    assert "A run is training" in texts(opened)[0]
    opened.actions.close_project()
    assert opened.store.project is not None
    assert opened.store.notices[0].wanted == ("stop_keep",)
    opened.actions.discard()
    wait_for(lambda: opened.store.job is None)
    opened.actions.close_project()
    assert opened.store.project is None
    assert opened.window.current_page() == "home"


def test_pausing_and_going_on_show_in_the_header(opened: Studio, wait_for):
    opened.actions.train()
    wait_for(lambda: opened.window.header.state().can_pause)
    assert "stage 1 of 1 · frozen" in opened.window.header.state().text
    opened.actions.pause()
    wait_for(lambda: opened.window.header.state().kind == "paused")
    opened.window.header.resumeRequested.emit()
    wait_for(lambda: opened.window.header.state().kind == "training")
    opened.actions.stop_keep()
    assert opened.window.header.state().kind == "stopping"
    wait_for(lambda: opened.store.live.done is not None)


def test_runs_are_starred_noted_compared_and_trashed(opened: Studio, wait_for):
    project, actions, store = opened.store.project, opened.actions, opened.store
    run = project.new_run(project.recipe)
    run.append(m.RunDone(run=1, status="finished", metrics={"accuracy": 0.9}, seconds=2.0))
    run.update_record(status="finished", score=0.9)
    actions.star_run(1, True)
    actions.note_run(1, "  the first  ")
    wait_for(lambda: bool(store.runs) and store.runs[0].note == "the first" and store.runs[0].star)
    actions.compare_runs([1])
    wait_for(lambda: 1 in store.compared)
    assert store.compared[1].recipe == project.recipe
    actions.trash_run(1)
    wait_for(lambda: store.runs == [])
    assert list((project.folder / "trash" / "runs").iterdir())


def test_an_interrupted_run_is_offered_again_when_its_project_is_opened(
    studio: Studio, project_folder: Path, wait_for
):
    with Project.open(project_folder) as project:
        run = project.new_run(project.recipe)
        run.append(m.RunStarted(run=1, stages=(), metrics=(), device="cpu", precision="fp32"))
        run.append(m.Batches(
            run=1, stage=0, epoch=0, first=0, losses=(1.0,), smooth=(1.0,), lrs=(1e-3,), momentums=(0.9,),
            items_per_second=1.0, seconds_left=None,
        ))  # fmt: skip
        (run.path / "checkpoint-1.safetensors").write_bytes(b"")
        (run.path / "checkpoint-1.json").write_text("{}")
        run.update_record(status="interrupted")
    studio.actions.open_project(project_folder)
    wait_for(lambda: any(notice.wanted == ("resume", 1) for notice in studio.store.notices))
    assert isinstance(studio.store.run, LiveRun) and studio.store.run.state == "interrupted"
    wait_for(lambda: studio.window.header.state().can_resume)


def test_without_a_project_a_wish_is_answered_in_words(studio: Studio):
    studio.actions.train()
    assert texts(studio) == ["No project is open."]


def test_a_dropped_folder_is_looked_at_and_made_a_project(studio: Studio, photos: Path, qtbot, wait_for):
    with qtbot.waitSignal(
        studio.actions.guessed, check_params_cb=lambda view: not view.busy, timeout=10_000
    ) as seen:
        studio.actions.guess(photos)
    guess = seen.args[0].guesses[0]
    assert guess.problem == "image_classification"
    studio.actions.new_project(guess.problem, photos, None, guess.options)
    wait_for(lambda: studio.store.project is not None)
    assert studio.store.project.folder == photos.with_name("photos.thaw")


def test_a_project_that_is_dropped_is_opened(studio: Studio, project_folder: Path, wait_for):
    studio.actions.guess(project_folder / "recipe.toml")
    wait_for(lambda: studio.store.project is not None)
    assert studio.store.project.folder == project_folder


def test_the_sample_project_is_made_by_another_process_and_opened(studio: Studio, own_home: Path, wait_for):
    before = set(sys.modules)  # another test of this process may have needed it
    studio.actions.new_sample_project()
    wait_for(lambda: studio.store.project is not None, 60_000)
    assert studio.store.project.folder == own_home / "Thaw Studio" / "digits.thaw"
    assert len(list(studio.store.project.data_root.rglob("*.png"))) == 1797
    assert "sklearn" not in set(sys.modules) - before
