"""From ratings to a judged model, recommendations and a place for somebody new."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.engine.control import Control
from studio.engine.session import Session
from studio.errors import UserError
from studio.exports.bundle import Bundle
from studio.problems import problem_named
from studio.problems.collab import rating_tables
from studio.problems.collab.answers import table_of
from studio.problems.collab.factors import crowd_of, flat_map, fold_in, similar
from studio.problems.collab.options import read_range
from studio.problems.collab.scale import proposed_range, step_of
from studio.project import Project
from studio.project.results import Bars, Grid, Samples, Scatter
from studio.recipe.edit import with_values
from studio.recipe.new import new_recipe
from tests.problems.ratings_made import FILMS, recipe, write_ratings

PROBLEM = problem_named("collab")


def collected(made: Any, root: Path) -> Any:
    return PROBLEM.part("items").collect(made, root)


def findings(made: Any, root: Path) -> dict[str, Any]:
    dataset = collected(made, root)
    return {one.code: one for one in PROBLEM.part("checks").check(dataset, made, root, lambda *_: None)}


@given(st.integers(1, 20), st.sampled_from([0.5, 1.0, 2.0]), st.integers(-5, 5))
def test_the_range_reaches_half_a_step_beyond_any_scale(steps: int, step: float, lowest: int) -> None:
    ratings = [lowest + step * at for at in range(steps + 1)]
    assert step_of(ratings) == step
    assert proposed_range(ratings) == (min(ratings) - step / 2, max(ratings) + step / 2)


@given(st.lists(st.floats(0, 10, allow_nan=False), min_size=2, max_size=50))
def test_every_rating_lies_inside_the_proposed_range(ratings: list[float]) -> None:
    low, high = proposed_range(ratings)
    assert low <= min(ratings) <= max(ratings) <= high


@pytest.mark.parametrize("text", ["5", "5,1", "one,two", "1,2,3"])
def test_a_range_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="y_range"):
        read_range(text)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("header", [True, False])
def test_a_header_is_seen_where_there_is_one(tmp_path: Path, delimiter: str, header: bool) -> None:
    rows = [["userId", "movieId", "rating"]] if header else []
    rows += [[str(i % 7), str(i % 5), str(i % 5 + 1)] for i in range(40)]
    (tmp_path / "r.csv").write_text("\n".join(delimiter.join(row) for row in rows), encoding="utf-8")
    found = rating_tables.read(tmp_path / "r.csv")
    assert found.has_header is header
    assert len(found.table.rows) == 40
    assert found.table.rows[0].cells == ("0", "0", "1")


def test_a_rating_is_relabelled_by_a_number() -> None:
    items = PROBLEM.part("items")
    assert items.target_of(" 4.5", recipe(Path())) == 4.5
    for text in ("good", "inf"):
        with pytest.raises(UserError, match="is no rating"):
            items.target_of(text, recipe(Path()))


def test_a_folder_of_ratings_is_recognised_with_its_titles(tmp_path: Path) -> None:
    write_ratings(tmp_path / "data")
    made = new_recipe(PROBLEM, "films", tmp_path / "data", tmp_path / "p.thaw", {})
    assert made.options == {
        "table": "u.data",
        "titles": "u.item",
        "user": "user",
        "item": "item",
        "rating": "rating",
    }
    assert made.training.weight_decay == 0.1
    found = findings(made, tmp_path / "data")
    assert "no header" in found["table"].meaning
    assert "tabs" in found["table"].meaning
    assert not [one for one in found.values() if one.severity == "error"]


def test_rows_without_a_rating_are_left_out_and_repeated_pairs_are_told(tmp_path: Path) -> None:
    path = write_ratings(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines()
    lines += [lines[0], "100\t1\t\t0", "\t1\t3\t0"]
    path.write_text("\n".join(lines), encoding="utf-8")
    made = recipe(tmp_path)
    assert len(collected(made, tmp_path).left_out) == 2
    assert findings(made, tmp_path)["rated_twice"].count == 2


def test_a_range_that_cuts_ratings_off_is_mended_by_one_button(tmp_path: Path) -> None:
    write_ratings(tmp_path)
    made = recipe(tmp_path, y_range="1.5, 4")
    fix = findings(made, tmp_path)["range_too_narrow"].fix
    assert "range_too_narrow" not in findings(with_values(made, PROBLEM, fix.values), tmp_path)


def test_somebody_new_with_many_ratings_gets_the_factors_that_made_them() -> None:
    draw = np.random.default_rng(0)
    factors, biases = draw.normal(0, 1, (200, 4)), draw.normal(0, 0.2, 200)
    users = draw.normal(0, 0.5, (100, 5))
    wanted = users[3]
    ratings = 0.5 + 5 / (1 + np.exp(-(factors @ wanted[:-1] + wanted[-1] + biases)))
    found = fold_in(factors, biases, ratings, (0.5, 5.5), crowd_of(users), strength=1e-3)
    assert found == pytest.approx(wanted, abs=0.02)
    alone = fold_in(factors[:1], biases[:1], ratings[:1], (0.5, 5.5), crowd_of(users), strength=1e6)
    assert alone == pytest.approx(users.mean(axis=0), abs=1e-3)


def test_the_map_keeps_the_widest_directions_and_neighbours_point_the_same_way() -> None:
    draw = np.random.default_rng(1)
    factors = draw.normal(0, 1, (50, 6)) * np.array([5, 3, 0.1, 0.1, 0.1, 0.1])
    places = flat_map(factors)
    assert places.var(axis=0).sum() > 0.98 * factors.var(axis=0).sum()
    factors[7] = factors[3] * 2
    assert similar(factors, 3, 1) == [7]


@pytest.fixture(scope="module", params=["dot", "neural"])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A finished run of each kind."""
    folder = tmp_path_factory.mktemp(request.param)
    write_ratings(folder / "data")
    project = Project.create(
        folder / "films.thaw", recipe(folder / "data", kind=request.param, layers="16,8")
    )
    session = Session(project, lambda event: None, Control())
    yield session, project, session.train(), request.param
    project.close()


@pytest.fixture(scope="module")
def bundle(trained: Any, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The run, exported."""
    session, _, done, _ = trained
    told = session.export(done.run, "onnx", str(tmp_path_factory.mktemp("bundle")))
    assert told.proof.passed
    assert told.proof.items == 200
    return Bundle.open(Path(told.path))


def test_it_learns_more_than_biases_can_say(trained: Any) -> None:
    session, project, done, kind = trained
    session.evaluate(done.run)
    found = project.run(done.run).results()
    ranking = found.figures[0]
    assert isinstance(ranking, Grid)
    assert found.metrics["mse"] == pytest.approx(done.metrics["mse"], rel=1e-4)
    assert ranking.rows[0][0] == "This model"
    assert "Café" in found.items[0].words
    shapes = [type(figure) for figure in found.figures]
    assert shapes == ([Grid, Bars, Bars, Samples, Scatter, Samples] if kind == "dot" else [Grid, Samples])


def test_pairs_and_users_get_answers_by_id_and_by_title(bundle: Bundle) -> None:
    found, _ = bundle.predict(["100,1", "100, café 1 (1950)", "100"])
    assert 0.5 < float(found[0].answer) < 5.5
    assert found[0].answer == found[1].answer
    assert found[2].answer.count("Café") == 10


def test_recommendations_leave_out_what_the_user_has_rated(bundle: Bundle) -> None:
    spec = bundle.manifest.spec()["input"]
    seen = {spec["titles"][at] for at in spec["seen"][spec["users"].index("100")]}
    told = {part.rpartition(" (")[0] for part in bundle.predict(["100"])[0][0].answer.split("; ")}
    assert seen
    assert not seen & told


def test_strangers_are_refused_by_name(bundle: Bundle, tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("user,item\n100,1\n9999,1\n100,777\n", encoding="utf-8")
    found, _ = bundle.predict([tmp_path / "pairs.csv", "#na#"])
    assert not found[0].problem
    assert "“9999” is not known" in found[1].problem
    assert "“777” is not known" in found[2].problem
    assert "not known" in found[3].problem


def test_somebody_new_is_placed_by_a_few_ratings(bundle: Bundle, trained: Any) -> None:
    even, odd = range(1, FILMS + 1, 2), range(2, FILMS + 1, 2)
    ratings = {**{str(film): 5 for film in list(even)[:5]}, **{str(film): 1 for film in list(odd)[:5]}}
    found, _ = bundle.predict(
        [json.dumps({"ratings": ratings}), json.dumps({"ratings": {"nobody's film": 3}})]
    )
    if trained[3] == "neural":
        assert "no place for somebody new" in found[0].problem
        return
    films = [int(part.split()[1]) for part in found[0].answer.split("; ")]
    assert sum(film % 2 == 1 for film in films) >= 8
    assert not {str(film) for film in films} & ratings.keys()
    assert "not known" in found[1].problem


def test_a_bundle_without_people_names_nobody_and_still_answers(trained: Any, tmp_path: Path) -> None:
    session, project, done, kind = trained
    project.save_recipe(with_values(project.recipe, PROBLEM, {"people": "nobody"}))
    try:
        if kind == "neural":
            with pytest.raises(UserError, match="people whom it knows"):
                session.export(done.run, "onnx", str(tmp_path))
            return
        told = session.export(done.run, "onnx", str(tmp_path))
        named = session.predict(done.run, ["100,1"]).predictions[0]
    finally:
        project.save_recipe(with_values(project.recipe, PROBLEM, {"people": "rated"}))
    anonymous = Bundle.open(Path(told.path))
    spec = anonymous.manifest.spec()["input"]
    assert told.proof.passed and told.proof.items == 200
    assert spec["users"] == spec["seen"] == [] and not table_of(spec["user_vectors"]).size
    found, _ = anonymous.predict([json.dumps({"ratings": {"1": 5}, "item": "3"}), "100,1"])
    assert 0.5 < float(found[0].answer) < 5.5
    assert "exported without people" in found[1].problem
    assert not named.problem  # the project itself knows everybody


def test_the_pickle_answers_the_same(trained: Any, tmp_path: Path) -> None:
    session, _, done, _ = trained
    assert session.export(done.run, "fastai", str(tmp_path)).proof.passed


@pytest.mark.realdata
@pytest.mark.slow
def test_movielens_reaches_its_floor_and_beats_biases(real_data: Path, tmp_path: Path) -> None:
    made = new_recipe(PROBLEM, "ml", real_data / "ml_100k", tmp_path / "m.thaw", {})
    with Project.create(tmp_path / "m.thaw", made) as project:
        session = Session(project, lambda event: None, Control())
        done = session.train()
        session.evaluate(done.run)
        ranking = project.run(done.run).results().figures[0]
    assert done.metrics["mse"] <= 0.84
    assert [row[0] for row in ranking.rows] == ["This model", "User + item bias", "Mean rating"]
