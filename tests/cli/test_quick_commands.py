"""Commands that need no torch: new, check, runs, clean, doctor."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.project import Project
from studio.project.results import ItemResult, Results
from tests.cli.conftest import Thaw


def test_new_tells_what_it_made(thaw: Thaw, shapes: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new.thaw"
    said = thaw(
        "new",
        "image-classification",
        folder,
        "--data",
        shapes,
        "--set",
        "epochs=2",
        "--set",
        "size=64",
        "--json",
    )
    assert said.status == 0
    (line,) = said.lines
    assert (line["done"], line["train"] + line["valid"], line["classes"]) == ("new", 16, ["dark", "light"])
    with Project.open(folder) as project:
        assert [(s.epochs, s.size) for s in project.recipe.training.stages] == [(1, 64), (2, 64)]


def test_new_refuses_to_overwrite(thaw: Thaw, made: Path, shapes: Path) -> None:
    before = (made / "recipe.toml").read_bytes()
    said = thaw("new", "image_classification", made, "--data", shapes)
    assert said.status == 1
    assert "already exists" in said.err
    assert (made / "recipe.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("sets", "status", "words"),
    [
        (["archh=resnet18"], 2, "“arch”"),
        (["arch=resnet35"], 1, "resnet34"),
        (["epochs=many"], 1, "epochs"),
        (["source=table", "table=none.csv"], 1, "none.csv"),
        (["source=pattern", "pattern=("], 1, "pattern"),
    ],
)
def test_new_with_a_bad_field_makes_nothing(
    thaw: Thaw, shapes: Path, tmp_path: Path, sets: list[str], status: int, words: str
) -> None:
    folder = tmp_path / "bad.thaw"
    given = [part for one in sets for part in ("--set", one)]
    said = thaw("new", "image_classification", folder, "--data", shapes, *given)
    assert said.status == status
    assert words in said.err
    assert not folder.exists()


def test_new_on_a_folder_without_photos_is_refused(thaw: Thaw, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = thaw("new", "image_classification", tmp_path / "x", "--data", tmp_path / "empty")
    assert said.status == 1
    assert "empty" in said.err
    assert not (tmp_path / "x").exists()


def test_check_of_good_data_is_status_0(thaw: Thaw, made: Path) -> None:
    said = thaw("check", made, "--json")
    assert said.status == 0
    assert said.lines[-1]["done"] == "check"
    assert said.lines[-1]["errors"] == 0
    assert all(line.get("event") == "FindingsFound" for line in said.lines[:-1])


def test_check_names_a_truncated_image_and_mends_the_recipe(thaw: Thaw, made: Path, shapes: Path) -> None:
    bad = shapes / "dark" / "3.png"
    bad.write_bytes(bad.read_bytes()[:60])
    said = thaw("check", made)
    assert "dark/3.png" in said.out
    assert thaw("check", made, "--mend").status == 0
    with Project.open(made) as project:
        assert "dark/3.png" in project.recipe.data.skip
    assert "dark/3.png" not in thaw("check", made).out


def test_check_of_one_class_is_an_error(thaw: Thaw, tmp_path: Path, shapes: Path, made: Path) -> None:
    for path in (shapes / "light").iterdir():
        path.unlink()
    said = thaw("check", made)
    assert said.status == 1
    assert "class" in said.out + said.err


def test_runs_are_listed_as_json_lines(thaw: Thaw, made: Path) -> None:
    assert "No runs yet" in thaw("runs", made).out
    with Project.open(made) as project:
        for score in (0.5, 0.75):
            run = project.new_run(project.recipe)
            run.update_record(status="finished", metrics={"accuracy": score}, score=score, seconds=61.0)
        project.run(1).path.joinpath("run.json").write_text("{")
    said = thaw("runs", made, "--json")
    assert [(line["run"], line["metrics"]) for line in said.lines] == [(1, {}), (2, {"accuracy": 0.75})]
    assert said.lines[0]["broken"]
    told = thaw("runs", made)
    assert "0.75" in told.out
    assert "1 min 1 s" in told.out
    assert "damaged" in told.err


def with_results(folder: Path) -> None:
    with Project.open(folder) as project:
        run = project.new_run(project.recipe)
        run.update_record(status="finished")
        run.model_path.write_bytes(b"weights")
        items = tuple(
            ItemResult(key=key, valid=valid, target="dark", predicted="light", loss=loss, confidence=0.9)
            for key, valid, loss in (
                ("dark/1.png", False, 3.0),
                ("dark/2.png", True, 2.0),
                ("light/1.png", True, 0.1),
            )
        )
        run.save_results(
            Results(
                problem="image_classification",
                classes=("dark", "light"),
                metrics={"accuracy": 0.5},
                items=items,
                confusion=((1, 2), (0, 3)),
            )
        )


def test_results_are_shown_without_torch_where_they_are_there(thaw: Thaw, made: Path) -> None:
    with_results(made)
    (line,) = thaw("results", made, "--top", "1", "--json").lines
    assert (line["done"], line["run"], line["confusion"]) == ("results", 1, [[1, 2], [0, 3]])
    assert [item["key"] for item in line["top_losses"]] == ["dark/2.png"]
    assert "accuracy 0.5" in thaw("results", made).out


def test_results_of_no_run_or_an_unknown_one_are_told(thaw: Thaw, made: Path) -> None:
    said = thaw("results", made)
    assert said.status == 1
    assert "thaw train" in said.err
    said = thaw("results", made, "--run", "9")
    assert said.status == 1
    assert "9" in said.err


def test_cleaning_goes_there_and_back(thaw: Thaw, made: Path, shapes: Path) -> None:
    with_results(made)
    listed = thaw("clean", made, "list", "--json")
    assert [line["key"] for line in listed.lines[:-1]] == ["dark/1.png", "dark/2.png", "light/1.png"]
    assert thaw("clean", made, "remove", "dark/1.png", shapes / "dark" / "2.png").status == 0
    assert thaw("clean", made, "relabel", "light/1.png", "--to", "dark").status == 0
    marks = thaw("clean", made, "--json").lines[-1]["marks"]
    assert {m["key"]: m["action"] for m in marks} == {
        "dark/1.png": "remove",
        "dark/2.png": "remove",
        "light/1.png": "relabel",
    }
    assert "Relabelled" in thaw("clean", made, "undo").out
    assert "Relabelled" in thaw("clean", made, "redo").out
    (applied,) = thaw("clean", made, "apply", "--json").lines
    assert (applied["removed"], applied["relabelled"]) == (2, 1)
    assert not (shapes / "dark" / "2.png").exists()
    assert (shapes / "dark" / "1-2.png").exists()
    assert thaw("clean", made, "undo").status == 1
    (back,) = thaw("clean", made, "undo-apply", "--json").lines
    assert (back["removed"], back["relabelled"]) == (2, 1)
    assert (shapes / "dark" / "2.png").exists()


def test_an_item_that_is_not_there_is_answered_with_the_near_ones(thaw: Thaw, made: Path) -> None:
    said = thaw("clean", made, "remove", "dark/11.png")
    assert said.status == 1
    assert "dark/1.png" in said.err
    assert thaw("clean", made, "remove").status == 1
    assert thaw("clean", made, "relabel", "dark/1.png").status == 1


def test_an_open_project_can_be_looked_at_but_not_changed(thaw: Thaw, made: Path) -> None:
    with Project.open(made):
        assert thaw("runs", made).status == 0
        assert thaw("clean", made, "list").status == 0
        said = thaw("clean", made, "remove", "dark/1.png")
        assert said.status == 1
        assert "open" in said.err


def test_the_doctor_says_rows(thaw: Thaw, made: Path) -> None:
    lines = thaw("doctor", made, "--json").lines
    assert lines[-1]["done"] == "doctor"
    assert {"name", "state", "said", "remedy"} == set(lines[0])
    assert str(made) in thaw("doctor", made).out


def test_predicting_on_nothing_and_with_nothing_is_told(thaw: Thaw, made: Path, tmp_path: Path) -> None:
    said = thaw("predict", tmp_path, made)
    assert said.status == 1
    assert "bundle" in said.err
    said = thaw("predict", made, tmp_path / "no.png")
    assert said.status == 1
    assert "Traceback" not in said.err


def test_an_unknown_export_format_is_told(thaw: Thaw, made: Path) -> None:
    said = thaw("export", made, "--format", "floppy")
    assert said.status == 1
    assert "onnx" in said.err
