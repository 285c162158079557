"""From rows to a judged network, to a bundle without torch: classes and numbers, gaps and strangers included."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from studio.engine.control import Control
from studio.engine.messages import RunDone
from studio.engine.session import Session
from studio.exports.bundle import Bundle
from studio.project import Project
from studio.project.results import Bars, Grid, Scatter
from studio.recipe.schema import Split
from tests.problems.tables_made import recipe, write_table


def run_of(folder: Path, **options: Any) -> tuple[Session, Project, RunDone]:
    write_table(folder / "data", 600)
    split = Split(kind="stratified" if options.get("target") == "kept" else "random")
    project = Project.create(folder / "sales.thaw", recipe(folder / "data", epochs=6, split=split, **options))
    session = Session(project, lambda event: None, Control())
    return session, project, session.train()


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A run that predicts prices in the hundreds of thousands."""
    session, project, done = run_of(tmp_path_factory.mktemp("numbers"), target="price", ignore="kept")
    yield session, project, done
    project.close()


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A run that predicts yes or no."""
    session, project, done = run_of(tmp_path_factory.mktemp("classes"), target="kept", ignore="price")
    yield session, project, done
    project.close()


@pytest.fixture(scope="module")
def bundle(numbers: Any, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The exported run of prices."""
    session, _, done = numbers
    return Bundle.open(Path(session.export(done.run, "onnx", str(tmp_path_factory.mktemp("bundle"))).path))


def row(**changes: Any) -> str:
    given = {"when": "2021-02-03 15:00:00", "colour": "red", "size": "5.1", "grade": 3}
    return json.dumps({**given, **changes})


def test_large_numbers_train_and_are_judged_in_their_own_unit(numbers: Any) -> None:
    _, project, done = numbers
    assert done.status == "finished"
    assert done.metrics["r2"] > 0.6
    assert 5_000 < done.metrics["rmse"] < 35_000  # the noise alone is 5,000, the spread some 56,000
    assert project.run(done.run).record().score == pytest.approx(done.metrics["rmse"])


def test_results_agree_with_the_run_and_rank_simpler_models_beside_it(numbers: Any) -> None:
    session, project, done = numbers
    session.evaluate(done.run)
    found = project.run(done.run).results()
    assert found.metrics["rmse"] == pytest.approx(done.metrics["rmse"], rel=1e-4)
    ranking, bars, scatter = found.figures
    assert isinstance(ranking, Grid)
    assert [r[1] for r in ranking.rows] == sorted(r[1] for r in ranking.rows)
    assert {"This network", "Linear regression", "Random forest", "Gradient boosting"} <= {
        r[0] for r in ranking.rows
    }
    assert isinstance(bars, Bars)
    assert {"size", "grade"} == set(bars.names[:2])
    assert isinstance(scatter, Scatter)
    assert scatter.diagonal
    assert found.items[0].words


def test_classes_are_judged_as_classes(classes: Any) -> None:
    session, project, done = classes
    session.evaluate(done.run)
    found = project.run(done.run).results()
    assert done.metrics["accuracy"] > 0.75
    assert found.metrics["accuracy"] == pytest.approx(done.metrics["accuracy"])
    assert sum(map(sum, found.confusion)) == sum(one.items for one in found.per_class)


@pytest.mark.parametrize("kind", ["numbers", "classes"])
def test_the_bundle_agrees_on_every_validation_row(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    session, _, done = request.getfixturevalue(kind)
    proof = session.export(done.run, "onnx", str(tmp_path)).proof
    assert proof.items == 120
    assert proof.passed


@pytest.mark.parametrize("kind", ["numbers", "classes"])
def test_the_learner_in_a_pickle_answers_in_the_targets_unit(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    session, _, done = request.getfixturevalue(kind)
    assert session.export(done.run, "fastai", str(tmp_path)).proof.passed


def test_a_gap_only_at_prediction_gets_an_answer(bundle: Bundle) -> None:
    found, _ = bundle.predict([row(grade=None), row(size="nan"), row(when="")])
    assert all(not one.problem and 100_000 < float(one.answer) < 500_000 for one in found)


def test_strangers_are_pointed_out(bundle: Bundle) -> None:
    found, _ = bundle.predict([row(colour="mauve"), row(size="big"), row(size="inf"), row()])
    assert "“mauve” was never seen in “colour”" in found[0].note
    assert "“big” in “size” counts as empty" in found[1].note
    assert "“inf” in “size” counts as empty" in found[2].note
    assert found[3].note == ""


def test_a_row_without_a_column_gets_no_answer_and_spoils_no_other(bundle: Bundle) -> None:
    found, _ = bundle.predict([json.dumps({"size": 1}), row(), "nowhere.csv"])
    assert "no column “when”" in found[0].problem
    assert math.isfinite(float(found[1].answer))
    assert "no file" in found[2].problem


def test_the_run_and_its_bundle_give_the_same_answers(numbers: Any, bundle: Bundle) -> None:
    session, project, done = numbers
    table = str(project.data_root / "sales.csv")
    by_run = session.predict(done.run, [table]).predictions
    by_bundle, _ = bundle.predict([table])
    assert [float(one.answer) for one in by_run] == pytest.approx(
        [float(one.answer) for one in by_bundle], rel=1e-5
    )


def test_the_bundle_runs_by_itself_without_torch_or_pandas(
    numbers: Any, bundle: Bundle, tmp_path: Path
) -> None:
    code = (
        "import sys, runpy\nfor name in ('torch', 'fastai', 'pandas', 'studio'): sys.modules[name] = None\n"
        "sys.argv = sys.argv[1:]\nrunpy.run_path(sys.argv[0], run_name='__main__')"
    )
    program = str(bundle.model.parent / "predict.py")
    run = subprocess.run(
        [sys.executable, "-c", code, program, "--json", row()],
        capture_output=True, text=True, cwd=bundle.model.parent, check=True,
    )  # fmt: skip
    assert math.isfinite(float(json.loads(run.stdout)["answer"]))


@pytest.mark.realdata
def test_adult_reaches_its_floor(real_data: Path, tmp_path: Path) -> None:
    from studio.problems import problem_named
    from studio.recipe.new import new_recipe

    made = new_recipe(
        problem_named("tabular"),
        "adult",
        real_data / "adult_sample",
        tmp_path / "a.thaw",
        {"epochs": "1", "batch_size": "256"},
    )
    with Project.create(tmp_path / "a.thaw", made) as project:
        assert Session(project, lambda event: None, Control()).train().metrics["accuracy"] >= 0.83


@pytest.mark.realdata
def test_bikeshare_without_its_leak_comes_near_gradient_boosting(real_data: Path, tmp_path: Path) -> None:
    from studio.problems import problem_named
    from studio.recipe.new import new_recipe

    values = {"ignore": "casual,registered", "epochs": "3"}
    made = new_recipe(problem_named("tabular"), "bikes", real_data / "bikeshare", tmp_path / "b.thaw", values)
    with Project.create(tmp_path / "b.thaw", made) as project:
        assert Session(project, lambda event: None, Control()).train().metrics["rmse"] < 50
