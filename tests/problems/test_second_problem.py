"""A second problem type takes one folder and one name in a tuple: the toy goes from folder to judged run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sklearn.datasets import load_iris

import studio.problems
from studio.engine.control import Control
from studio.engine.messages import Event, Scanned
from studio.engine.session import Session
from studio.errors import UserError
from studio.problems import PROBLEMS, problem_named
from studio.project import Project
from studio.recipe import edit, io
from studio.recipe.fields import describe
from studio.recipe.new import new_recipe
from tests.problems.toy_flowers import PROBLEM

STUDIO = Path(studio.__file__).parent
NEEDS_TORCH = ("data", "learner", "results", "serving")
NEEDS_NO_TORCH = ("items", "checks", "answers", "script")


@pytest.fixture
def flowers(tmp_path: Path) -> Path:
    """A folder with the table of 150 real flowers."""
    iris = load_iris()
    rows = ["a,b,c,d,flower"]
    rows += [
        ",".join([*map(str, row), iris.target_names[kind]])
        for row, kind in zip(iris.data, iris.target, strict=True)
    ]
    (tmp_path / "flowers").mkdir()
    (tmp_path / "flowers/flowers.csv").write_text("\n".join(rows), encoding="utf-8")
    return tmp_path / "flowers"


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one tuple."""
    monkeypatch.setattr(studio.problems, "PROBLEMS", (*PROBLEMS, PROBLEM))


@pytest.fixture
def project(flowers: Path, tmp_path: Path, registered: None) -> Iterator[Project]:
    """A project made as `thaw new` makes it."""
    folder = tmp_path / "flowers.thaw"
    recipe = new_recipe(PROBLEM, "flowers", flowers, folder, {"hidden": "16", "epochs": "12"})
    made = Project.create(folder, recipe)
    yield made
    made.close()


def test_the_studio_does_not_know_the_toy() -> None:
    assert not [path for path in STUDIO.rglob("*.py") if "toy_flowers" in path.read_text(encoding="utf-8")]
    with pytest.raises(UserError, match="no problem type called “toy_flowers”"):
        problem_named("toy_flowers")


def test_its_fields_can_be_shown_edited_and_kept(project: Project) -> None:
    recipe = project.recipe
    assert [field.title for field in describe(PROBLEM.options)] == ["Flower", "Hidden units"]
    assert {"target", "hidden", "epochs", "split"} <= {field.name for field in edit.settable(PROBLEM)}
    assert PROBLEM.options_of(recipe).hidden == 16
    assert io.loads(io.dumps(recipe)) == recipe
    with pytest.raises(UserError, match=r"[Hh]idden"):
        edit.with_value(recipe, PROBLEM, "hidden", "1")


def test_it_is_scanned_checked_cleaned_trained_and_judged(project: Project) -> None:
    told: list[Event] = []
    session = Session(project, told.append, Control())
    before = session.scan()
    project.journal.mark(["00002"], "remove")
    after = session.scan()
    assert (before.n_train, before.n_valid) == (120, 30)
    assert after.n_train + after.n_valid == 149
    assert [finding.code for finding in session.check()] == ["few_flowers"]
    done = session.train()
    assert done.status == "finished"
    assert done.metrics["accuracy"] is not None
    assert done.metrics["accuracy"] >= 0.8
    session.evaluate(done.run)
    results = project.run(done.run).results()
    assert results is not None
    assert len(results.items) == 149
    assert len([event for event in told if isinstance(event, Scanned)]) == 2


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_every_listed_problem_has_all_its_parts(problem: studio.problems.Problem) -> None:  # type: ignore[type-arg]
    folder = Path(problem.part("items").__file__ or "").parent
    assert folder.name == problem.name
    for module in (*NEEDS_TORCH, *NEEDS_NO_TORCH):
        assert (folder / f"{module}.py").is_file(), f"{problem.name} has no {module}.py"
    assert problem.stages(problem.options())
    assert all(field.title and field.help for field in describe(problem.options))
