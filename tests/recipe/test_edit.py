"""Fields are set in the words of `--set`, and a wrong name or value is answered with a remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.errors import UserError
from studio.problems.base import Problem
from studio.recipe.edit import UnknownField, scaled, settable, with_value, with_values
from studio.recipe.schema import Rate, Recipe, Stage


def test_an_option_is_set_by_its_own_name(recipe: Recipe, problem: Problem[Any]) -> None:
    assert with_value(recipe, problem, "arch", "resnet18").options["arch"] == "resnet18"
    assert with_value(recipe, problem, "dropout", "0.25").options["dropout"] == 0.25


def test_a_mistyped_field_is_answered_with_the_near_ones(recipe: Recipe, problem: Problem[Any]) -> None:
    with pytest.raises(UnknownField) as caught:
        with_value(recipe, problem, "archh", "resnet18")
    assert "archh" in caught.value.message
    assert "“arch”" in caught.value.hint


def test_a_mistyped_choice_is_answered_with_the_near_ones(recipe: Recipe, problem: Problem[Any]) -> None:
    with pytest.raises(UserError, match="resnet35") as caught:
        with_value(recipe, problem, "arch", "resnet35")
    assert "resnet34" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dropout", "1"),
        ("dropout", "much"),
        ("seed", "-1"),
        ("seed", "many"),
        ("valid_pct", "0"),
        ("valid_pct", "nan"),
        ("epochs", "0"),
        ("epochs", "1.5"),
        ("epochs", "1,2,3"),
        ("epochs", ""),
        ("size", "8"),
        ("lr", "0"),
        ("lr", "1e-2:1e-3"),
        ("lr", "1:2:3"),
        ("batch_size", "0"),
        ("batch_size", "large"),
        ("split", "halves"),
        ("precision", "fp8"),
    ],
)
def test_a_bad_value_is_told_by_its_field(
    recipe: Recipe, problem: Problem[Any], name: str, value: str
) -> None:
    with pytest.raises(UserError) as caught:
        with_value(recipe, problem, name, value)
    assert name in caught.value.message
    assert caught.value.hint


def test_one_count_of_epochs_is_of_the_thawed_stage(recipe: Recipe, problem: Problem[Any]) -> None:
    edited = with_value(recipe, problem, "epochs", "5")
    assert [s.epochs for s in edited.training.stages] == [1, 5]
    edited = with_value(recipe, problem, "epochs", "2,4")
    assert [s.epochs for s in edited.training.stages] == [2, 4]


def test_sizes_and_batches_are_of_all_stages_or_of_each(recipe: Recipe, problem: Problem[Any]) -> None:
    edited = with_values(recipe, problem, {"size": "224", "batch_size": "auto,16"})
    assert [s.size for s in edited.training.stages] == [224, 224]
    assert [s.batch_size for s in edited.training.stages] == ["auto", 16]


@pytest.mark.parametrize(
    ("value", "rates"),
    [
        ("1e-2", [Rate(max=1e-2), Rate(min=2e-5, max=1e-3)]),
        ("1e-5:1e-3", [Rate(min=1e-5, max=1e-3)] * 2),
        ("1e-2,1e-5:1e-4", [Rate(max=1e-2), Rate(min=1e-5, max=1e-4)]),
        ("1e-2, slice(1e-5, 1e-4)", [Rate(max=1e-2), Rate(min=1e-5, max=1e-4)]),
        ([Rate(max=1.0), 0.5], [Rate(max=1.0), Rate(max=0.5)]),
    ],
)
def test_rates_are_read_as_people_write_them(
    recipe: Recipe, problem: Problem[Any], value: Any, rates: list[Rate]
) -> None:
    assert [s.lr for s in with_value(recipe, problem, "lr", value).training.stages] == rates


def test_training_from_scratch_plans_the_stages_anew(recipe: Recipe, problem: Problem[Any]) -> None:
    scratch = with_value(recipe, problem, "weights", "none")
    assert [s.freeze for s in scratch.training.stages] == [False]
    assert scratch.training.stages[0].size == 128
    back = with_value(scratch, problem, "weights", "imagenet")
    assert [s.freeze for s in back.training.stages] == [True, False]


def test_weights_from_a_file_keep_the_plan_and_the_whole_path(
    recipe: Recipe, problem: Problem[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "body.pth").touch()
    monkeypatch.chdir(tmp_path)
    edited = with_value(recipe, problem, "weights", "body.pth")
    assert edited.options["weights"] == str((tmp_path / "body.pth").resolve())
    assert edited.training == recipe.training


def test_options_come_first_whatever_their_order(recipe: Recipe, problem: Problem[Any]) -> None:
    edited = with_values(recipe, problem, {"epochs": "7", "weights": "none"})
    assert [s.epochs for s in edited.training.stages] == [7]


def test_left_out_items_gather(recipe: Recipe, problem: Problem[Any]) -> None:
    edited = with_value(recipe, problem, "skip", "b.jpg, a.jpg")
    edited = with_value(edited, problem, "skip", ["c.jpg"])
    assert edited.data.skip == ("a.jpg", "b.jpg", "c.jpg")
    assert with_value(edited, problem, "skip", "").data.skip == ()


def test_the_split_and_general_fields_are_set(recipe: Recipe, problem: Problem[Any]) -> None:
    edited = with_values(
        recipe, problem, {"split": "random", "valid_pct": "30%", "seed": "7", "name": "owls"}
    )
    assert (edited.data.split.kind, edited.data.split.valid_pct) == ("random", 0.3)
    assert (edited.seed, edited.name) == (7, "owls")


def test_every_settable_field_has_words(problem: Problem[Any]) -> None:
    names = [field.name for field in settable(problem)]
    assert {"arch", "split", "epochs", "size", "batch_size", "lr", "weight_decay", "seed", "skip"} <= set(
        names
    )
    assert len(names) == len(set(names))
    assert all(field.title and field.help for field in settable(problem))


def test_a_plan_keeps_its_shares_of_the_last_size() -> None:
    plan = tuple(Stage(freeze=False, epochs=1, size=size, lr=Rate(max=1e-3)) for size in (112, 224))
    assert [stage.size for stage in scaled(plan, 96)] == [48, 96]
    assert scaled(plan, None) == plan
