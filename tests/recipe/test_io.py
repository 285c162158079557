"""Recipes come back from TOML as they were, and a bad one is told by field, line and remedy."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import UserError
from studio.recipe import io
from studio.recipe.schema import SCHEMA, Data, Rate, Recipe, Schedule, Split, SplitKind, Stage, Training

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
POSITIVE = st.floats(min_value=1e-12, max_value=1e6, allow_nan=False)
PLAIN = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
RATES = st.builds(Rate, max=POSITIVE, min=st.none() | POSITIVE)
STAGES = st.builds(
    Stage,
    freeze=st.booleans(),
    epochs=st.integers(1, 10_000),
    lr=RATES,
    size=st.none() | st.integers(16, 4096),
    batch_size=st.just("auto") | st.integers(1, 10**6),
    accumulate=st.integers(1, 1024),
    schedule=st.sampled_from(get_args(Schedule)),
    freeze_to=st.none() | st.integers(-100, -2),
    part=TEXT,
)
SPLITS = st.builds(
    Split,
    kind=st.sampled_from(get_args(SplitKind)),
    valid_pct=st.floats(0.001, 0.999),
    train=TEXT,
    valid=TEXT,
    column=TEXT,
    valid_list=TEXT,
    train_list=TEXT,
    group=TEXT,
    time=TEXT,
    hash_key=TEXT,
)
RECIPES = st.builds(
    Recipe,
    problem=TEXT,
    name=TEXT,
    data=st.builds(Data, root=TEXT, split=SPLITS, skip=st.lists(TEXT, max_size=3).map(tuple)),
    training=st.builds(
        Training,
        stages=st.lists(STAGES, min_size=1, max_size=3).map(tuple),
        precision=st.sampled_from(["auto", "fp32", "fp16", "bf16"]),
        weight_decay=st.floats(0, 10),
    ),
    options=st.dictionaries(TEXT, PLAIN, max_size=4),
    seed=st.integers(0, 2**31 - 1),
)


@given(RECIPES)
def test_every_recipe_comes_back_as_it_was(recipe: Recipe) -> None:
    assert io.loads(io.dumps(recipe)) == recipe


def test_a_written_recipe_reads_from_the_top_down(recipe: Recipe) -> None:
    text = io.dumps(recipe)
    places = [text.index(p) for p in ("schema", "[data]", "[options]", "[training]", "[[training.stages]]")]
    assert places == sorted(places)
    assert text.count("[[training.stages]]") == 2
    assert "lr = { max = 0.0005, min = 1e-05 }" in text


def test_an_option_without_a_value_is_left_out(recipe: Recipe) -> None:
    text = io.dumps(msgspec.structs.replace(recipe, options={"arch": "resnet18", "limit": None}))
    assert tomllib.loads(text)["options"] == {"arch": "resnet18"}


@pytest.mark.parametrize(
    ("before", "after", "field", "words"),
    [
        ("epochs = 3", "epochs = 0", "training.stages.epochs", "at least 1"),
        ("epochs = 3", 'epochs = "three"', "training.stages.epochs", "a whole number, but is text"),
        ("epochs = 3", "epoch = 3", "training.stages.epoch", "Did you mean “epochs”?"),
        ("epochs = 3\n", "", "training.stages.epochs", "is missing"),
        ("max = 0.005", "max = nan", "training.stages.lr.max", "finite"),
        ("valid_pct = 0.2", "valid_pct = 2", "data.split.valid_pct", "less than 1"),
        ('kind = "stratified"', 'kind = "halves"', "data.split.kind", "halves"),
        ('precision = "auto"', 'precision = "fp8"', "training.precision", "auto, fp32, fp16, bf16"),
        ('batch_size = "auto"', 'batch_size = "many"', "training.stages.batch_size", "auto, a whole number"),
        ("seed = 42", "seed = -1", "seed", "at least 0"),
        ("name = ", "title = ", "title", "not a field"),
    ],
)
def test_a_bad_field_is_named_with_its_line(
    recipe: Recipe, before: str, after: str, field: str, words: str
) -> None:
    text = io.dumps(recipe).replace(before, after, 1)
    with pytest.raises(UserError) as caught:
        io.loads(text, "birds/recipe.toml")
    told = str(caught.value)
    assert f"“{field}”" in told
    assert words in told
    line = _line_of(told)
    assert after.split(" =")[0].strip() in text.splitlines()[line - 1] or "missing" in told
    assert caught.value.hint


def test_the_second_stage_is_told_from_the_first(recipe: Recipe) -> None:
    head, tail = io.dumps(recipe).rsplit("epochs = 3", 1)
    with pytest.raises(UserError, match="number 2") as caught:
        io.loads(f"{head}epochs = 0{tail}")
    assert _line_of(str(caught.value)) == head.count("\n") + 1


def test_broken_toml_is_told_with_its_line() -> None:
    with pytest.raises(UserError, match=r"recipe\.toml cannot be read.*line 2"):
        io.loads('schema = 1\nname = "birds')


def test_a_recipe_of_a_newer_version_is_refused(recipe: Recipe) -> None:
    text = io.dumps(recipe).replace("schema = 1", "schema = 99")
    with pytest.raises(UserError, match="newer version") as caught:
        io.loads(text)
    assert "Update" in caught.value.hint


@pytest.mark.parametrize("schema", ['"one"', "0", "true"])
def test_a_schema_that_is_no_version_is_refused(recipe: Recipe, schema: str) -> None:
    with pytest.raises(UserError, match="schema"):
        io.loads(io.dumps(recipe).replace("schema = 1", f"schema = {schema}"))


def test_older_recipes_are_migrated_step_by_step() -> None:
    def first(plain: dict[str, Any]) -> dict[str, Any]:
        return {**plain, "name": plain["title"]}

    def second(plain: dict[str, Any]) -> dict[str, Any]:
        return {**plain, "name": plain["name"].upper()}

    migrated = io.migrate({"schema": 1, "title": "birds"}, "", "recipe.toml", (first, second))
    assert migrated["name"] == "BIRDS"
    assert migrated["schema"] == 3
    only_second = io.migrate({"schema": 2, "name": "birds"}, "", "recipe.toml", (first, second))
    assert only_second["name"] == "BIRDS"


def test_every_schema_has_its_migration() -> None:
    assert len(io.MIGRATIONS) == SCHEMA - 1


def test_a_missing_file_and_one_in_another_encoding_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no recipe at"):
        io.load(tmp_path / "recipe.toml")
    (tmp_path / "recipe.toml").write_bytes(b"name = \xff")
    with pytest.raises(UserError, match="UTF-8"):
        io.load(tmp_path / "recipe.toml")


def test_a_recipe_saved_by_a_windows_editor_is_read(tmp_path: Path, recipe: Recipe) -> None:
    path = tmp_path / "recipe.toml"
    path.write_bytes(b"\xef\xbb\xbf" + io.dumps(recipe).replace("\n", "\r\n").encode())
    assert io.load(path) == recipe


def test_saving_replaces_the_file_whole(tmp_path: Path, recipe: Recipe) -> None:
    path = tmp_path / "recipe.toml"
    io.save(path, recipe)
    io.save(path, msgspec.structs.replace(recipe, name="bees"))
    assert io.load(path).name == "bees"
    assert [p.name for p in tmp_path.iterdir()] == ["recipe.toml"]


def _line_of(told: str) -> int:
    return int(told.split(", line ")[1].split(":")[0])
