"""Photos are collected from folders, tables and file names; what is not used is said."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from studio.errors import UserError
from studio.problems.image_classification.items import collect, relabelled_key, require_trainable
from studio.recipe.schema import Split
from tests.problems.pictures import photo, photos, recipe, table

BY_FOLDER = Split(kind="folders", train="train", valid="val")


def labels(root: Path, **kwargs: object) -> dict[str, str]:
    return {item.key: item.target for item in collect(recipe(root, **kwargs), root).items}  # type: ignore[arg-type]


class TestFolders:
    def test_the_folder_is_the_class(self, tmp_path: Path) -> None:
        dataset = collect(recipe(photos(tmp_path, {"bees": 5, "ants": 5})), tmp_path)
        assert dataset.classes == ("ants", "bees")
        assert [item.key for item in dataset.items] == sorted(item.key for item in dataset.items)
        assert Counter(item.target for item in dataset.valid()) == {"ants": 1, "bees": 1}

    def test_shared_folders_above_are_no_classes(self, tmp_path: Path) -> None:
        photos(tmp_path, {"pets/cat": 2, "pets/dog": 2})
        assert set(labels(tmp_path).values()) == {"cat", "dog"}

    def test_folders_below_belong_to_their_class(self, tmp_path: Path) -> None:
        photos(tmp_path, {"cat/2024": 2, "cat/2025": 2, "dog/2024": 2})
        assert Counter(labels(tmp_path).values()) == {"cat": 4, "dog": 2}

    def test_a_photo_outside_the_class_folders_is_named(self, tmp_path: Path) -> None:
        photo(photos(tmp_path, {"a": 2, "b": 2}) / "stray.png")
        dataset = collect(recipe(tmp_path), tmp_path)
        assert dataset.left_out == (("stray.png", "it lies in no class folder"),)

    def test_training_and_validation_folders(self, tmp_path: Path) -> None:
        photos(tmp_path, {"train/a": 3, "train/b": 2, "val/a": 1, "val/b": 1, "test": 4})
        dataset = collect(recipe(tmp_path, BY_FOLDER), tmp_path)
        assert (len(dataset.train()), len(dataset.valid())) == (5, 2)
        assert dataset.classes == ("a", "b")
        assert dataset.left_out == (("test/", "4 images outside the training and validation folders"),)

    def test_set_folders_can_be_pooled_and_split_afresh(self, tmp_path: Path) -> None:
        photos(tmp_path, {"train/a": 6, "train/b": 6, "val/a": 4, "val/b": 4})
        dataset = collect(recipe(tmp_path, Split(kind="stratified", valid_pct=0.2)), tmp_path)
        assert dataset.classes == ("a", "b")
        assert (len(dataset.train()), len(dataset.valid())) == (16, 4)

    def test_a_missing_folder_lists_those_there_are(self, tmp_path: Path) -> None:
        photos(tmp_path, {"train/a": 1, "valid/a": 1})
        with pytest.raises(UserError, match=r"no validation folder “val”.*train, valid") as raised:
            collect(recipe(tmp_path, BY_FOLDER), tmp_path)
        assert raised.value.fix == "split=stratified"

    def test_a_folder_without_images_says_what_is_read(self, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("x")
        with pytest.raises(UserError, match=r"No images were found in") as raised:
            collect(recipe(tmp_path), tmp_path)
        assert str(tmp_path) in raised.value.message
        assert "jpg, jpeg" in raised.value.hint

    def test_photos_without_folders_are_a_sentence(self, tmp_path: Path) -> None:
        photos(tmp_path, {".": 3})
        with pytest.raises(UserError, match=r"3 photos .* lie in no folders"):
            collect(recipe(tmp_path), tmp_path)

    def test_a_folder_that_may_only_be_read_works(self, tmp_path: Path) -> None:
        photos(tmp_path, {"a": 2, "b": 2})
        tmp_path.chmod(0o500)
        try:
            assert len(labels(tmp_path)) == 4
        finally:
            tmp_path.chmod(0o700)


class TestSplit:
    def test_skipping_moves_no_other_item(self, tmp_path: Path) -> None:
        photos(tmp_path, {"a": 20, "b": 20})
        before = collect(recipe(tmp_path), tmp_path)
        gone = before.valid()[0].key, before.train()[0].key
        after = collect(recipe(tmp_path, skip=gone), tmp_path)
        sides = {item.key: item.valid for item in before.items}
        assert all(sides[item.key] == item.valid for item in after.items)
        assert len(after.items) == 38
        assert {key for key, why in after.left_out if why == "left out by the recipe"} == set(gone)

    def test_a_whole_folder_can_be_skipped(self, tmp_path: Path) -> None:
        photos(tmp_path, {"a": 2, "b": 2, "c": 2})
        assert set(labels(tmp_path, skip=("c",)).values()) == {"a", "b"}

    @pytest.mark.parametrize("kind", ["random", "stratified"])
    def test_a_seed_decides(self, tmp_path: Path, kind: str) -> None:
        photos(tmp_path, {"a": 20, "b": 20})
        split = Split(kind=kind)  # type: ignore[arg-type]
        first, again, other = (collect(recipe(tmp_path, split, seed=s), tmp_path) for s in (1, 1, 2))
        assert first == again != other


class TestTable:
    def test_columns_are_guessed(self, tmp_path: Path) -> None:
        photos(tmp_path, {"img": 3})
        table(
            tmp_path, [("id", "photo", "label"), *((str(n), f"img/00{n}.png", "ab"[n % 2]) for n in range(3))]
        )
        assert labels(tmp_path, source="table") == {
            "img/000.png": "a",
            "img/001.png": "b",
            "img/002.png": "a",
        }

    def test_names_without_ending_or_folder_are_found(self, tmp_path: Path) -> None:
        photos(tmp_path, {"deep/er": 2}, suffix=".JPG")
        table(tmp_path, [("image", "label"), ("000", "a"), ("001.JPG", "b")])
        assert labels(tmp_path, source="table") == {"deep/er/000.JPG": "a", "deep/er/001.JPG": "b"}

    def test_a_table_in_a_folder_names_files_beside_it(self, tmp_path: Path) -> None:
        photos(tmp_path, {"set/img": 2})
        table(tmp_path / "set", [("image", "label"), ("img/000.png", "a"), ("img/001.png", "b")])
        assert len(labels(tmp_path, source="table", table="set/labels.csv")) == 2

    def test_rows_that_cannot_be_used_are_named(self, tmp_path: Path) -> None:
        photos(tmp_path, {"x": 3, "y": 1})
        rows = [("file", "label"), ("x/000.png", "a"), ("x/001.png", ""), ("x/009.png", "b"), ("", "b")]
        rows += [("../../etc/hostname", "b"), ("000.png", "b"), ("x/000.png", "a"), ("x/000.png", "b")]
        rows += [("x/002.png", "b", "c"), ("x/002.png", "b")]
        table(tmp_path, rows)
        dataset = collect(recipe(tmp_path, source="table"), tmp_path)
        assert [item.key for item in dataset.items] == ["x/000.png", "x/002.png"]
        reasons = {int(key.rpartition(" ")[2]): why for key, why in dataset.left_out}
        assert reasons[3].startswith("it has no class")
        assert reasons[4].startswith("its file is not there")
        assert reasons[5].startswith("it names no file")
        assert reasons[6].startswith("its file lies outside the data folder")
        assert reasons[7].startswith("several files have its name")
        assert reasons[8].startswith("its file is named by an earlier row (")
        assert reasons[9].startswith("its file is named by an earlier row with another class")
        assert reasons[10].startswith("the row is broken")

    def test_a_row_is_left_out_in_silence_once_that_is_confirmed(self, tmp_path: Path) -> None:
        photos(tmp_path, {"x": 3})
        table(tmp_path, [("file", "label"), ("x/000.png", "a"), ("x/001.png", ""), ("x/002.png", "b")])
        dataset = collect(recipe(tmp_path, source="table", skip=("labels.csv row 3",)), tmp_path)
        assert dataset.left_out == (("labels.csv row 3", "left out by the recipe"),)

    def test_classes_with_spaces_around_are_one_class(self, tmp_path: Path) -> None:
        photos(tmp_path, {"x": 2})
        table(tmp_path, [("file", "label"), ("x/000.png", "a "), ("x/001.png", " a")])
        assert set(labels(tmp_path, source="table").values()) == {"a"}

    def test_no_class_in_any_row_names_the_rows(self, tmp_path: Path) -> None:
        photos(tmp_path, {"x": 2})
        table(tmp_path, [("file", "label"), ("x/000.png", ""), ("x/001.png", "")])
        with pytest.raises(UserError, match=r"“label” of labels\.csv has no class in any row \(rows 2, 3\)"):
            collect(recipe(tmp_path, source="table"), tmp_path)

    def test_a_column_that_is_not_there_lists_the_others(self, tmp_path: Path) -> None:
        photos(tmp_path, {"x": 2})
        table(tmp_path, [("file", "label"), ("x/000.png", "a")])
        with pytest.raises(UserError, match=r"no column “species”") as raised:
            collect(recipe(tmp_path, source="table", label_column="species"), tmp_path)
        assert "file, label" in raised.value.hint

    def test_a_missing_table_is_a_sentence(self, tmp_path: Path) -> None:
        photos(tmp_path, {"x": 2})
        with pytest.raises(UserError, match=r"labels.csv is not there"):
            collect(recipe(tmp_path, source="table"), tmp_path)
        with pytest.raises(UserError, match=r"outside the data folder"):
            collect(recipe(tmp_path, source="table", table="../labels.csv"), tmp_path)

    def test_a_column_decides_who_validates(self, tmp_path: Path) -> None:
        photos(tmp_path, {"x": 3})
        rows = [("x/000.png", "a", "True"), ("x/001.png", "b", "False"), ("x/002.png", "b", "?")]
        table(tmp_path, [("file", "label", "is_valid"), *rows])
        split = Split(kind="column", column="is_valid")
        dataset = collect(recipe(tmp_path, split, source="table"), tmp_path)
        assert {item.key: item.valid for item in dataset.items} == {"x/000.png": True, "x/001.png": False}
        assert dataset.left_out[0][0] == "x/002.png"
        with pytest.raises(UserError, match=r"no validation column “fold”.*file, label, is_valid"):
            collect(recipe(tmp_path, Split(kind="column", column="fold"), source="table"), tmp_path)


class TestPattern:
    def test_the_first_group_is_the_class(self, tmp_path: Path) -> None:
        for name in ("great_pyrenees_173.jpg", "great_pyrenees_9.jpg", "pug_1.jpg", "other.jpg"):
            photo(tmp_path / "images" / name)
        dataset = collect(recipe(tmp_path, source="pattern"), tmp_path)
        assert dataset.classes == ("great_pyrenees", "pug")
        assert dataset.left_out == (("images/other.jpg", "its name does not match the pattern"),)

    @pytest.mark.parametrize(
        ("pattern", "words"), [("(", "is wrong"), ("abc", "has no group"), ("^(zz)", "matches none")]
    )
    def test_a_wrong_pattern_is_a_sentence(self, tmp_path: Path, pattern: str, words: str) -> None:
        photo(tmp_path / "pug_1.jpg")
        with pytest.raises(UserError, match=words):
            collect(recipe(tmp_path, source="pattern", pattern=pattern), tmp_path)


class TestTrainable:
    def refused(self, root: Path, split: Split | None = None) -> UserError:
        made = recipe(root, split)
        with pytest.raises(UserError) as raised:
            require_trainable(collect(made, root), made.data.split)
        return raised.value

    def test_one_class_is_named(self, tmp_path: Path) -> None:
        error = self.refused(photos(tmp_path, {"ants": 3}))
        assert error.message == "There is only one class, “ants”."

    def test_a_class_only_in_validation_is_named(self, tmp_path: Path) -> None:
        photos(tmp_path, {"train/a": 2, "train/b": 2, "val/a": 1, "val/c": 1})
        error = self.refused(tmp_path, BY_FOLDER)
        assert "“c” is only in the validation set" in error.message
        assert error.fix == "split=stratified"

    def test_nothing_to_judge_by_says_why(self, tmp_path: Path) -> None:
        error = self.refused(photos(tmp_path, {"a": 1, "b": 1}), Split(kind="random", valid_pct=0.1))
        assert "10% of 2 items is less than one" in error.message

    def test_an_empty_validation_folder_is_named(self, tmp_path: Path) -> None:
        photos(tmp_path, {"train/a": 2, "train/b": 2})
        (tmp_path / "val").mkdir()
        assert "the folder “val” holds no usable photo" in self.refused(tmp_path, BY_FOLDER).message

    @pytest.mark.parametrize("seed", range(20))
    def test_a_stratified_split_always_trains(self, tmp_path: Path, seed: int) -> None:
        made = recipe(photos(tmp_path, {"a": 5, "b": 2, "lone": 1}), seed=seed)
        require_trainable(collect(made, tmp_path), made.data.split)


def test_a_relabelled_file_belongs_in_the_other_folder() -> None:
    assert relabelled_key("train/ants/x/1.jpg", "ants", "bees") == "train/bees/x/1.jpg"
    assert relabelled_key("images/1.jpg", "ants", "bees") == "images/1.jpg"
