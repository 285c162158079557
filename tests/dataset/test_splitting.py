"""The recipe's split over items: what it may look at, what has no side, what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from studio.dataset.moments import camera_moments, column_moments, named_moment
from studio.dataset.splitting import IN_NO_LIST, NO_TIME, NOT_LISTED, Splittable, groups_of, split_sides
from studio.errors import UserError
from studio.recipe.schema import Split

KEYS = tuple(f"xray/patient{p:02d}_{n}.png" for p in range(10) for n in range(3))


def items(root: Path, keys: tuple[str, ...] = KEYS, **columns: list[str]) -> Splittable:
    return Splittable(keys, root, (), lambda name: columns.get(name), tuple(columns))


class TestGroups:
    def test_a_pattern_in_the_name_keeps_patients_whole(self, tmp_path: Path) -> None:
        split = Split(kind="group", group=r"patient(\d+)_", valid_pct=0.3)
        sides, left_out = split_sides(items(tmp_path), split, 1)
        assert groups_of(items(tmp_path), split)[:4] == ("00", "00", "00", "01")
        assert sum(map(bool, sides)) == 9 and left_out == []
        assert all(len(set(sides[at : at + 3])) == 1 for at in range(0, 30, 3))

    def test_a_folder_or_a_column_does_too(self, tmp_path: Path) -> None:
        keys = tuple(f"{folder}/{n}.png" for folder in "abcde" for n in range(2))
        by_folder, _ = split_sides(items(tmp_path, keys), Split(kind="group", group="folder"), 3)
        made = items(tmp_path, keys, nurse=["x"] * 8 + ["y"] * 2)
        by_column, _ = split_sides(made, Split(kind="group", group="nurse"), 3)
        assert sum(map(bool, by_folder)) == 2
        assert set(by_column[:8]) != set(by_column[8:])

    def test_items_without_a_group_are_drawn_one_by_one(self, tmp_path: Path) -> None:
        keys = ("patient1_a.png", "patient1_b.png", "lost.png", "found.png")
        groups = groups_of(items(tmp_path, keys), Split(kind="group", group=r"patient(\d+)"))
        assert groups == ("1", "1", "alone: lost.png", "alone: found.png")

    @pytest.mark.parametrize(
        ("group", "said"), [("p(", "is wrong"), ("doctor", "no column"), ("", "no column")]
    )
    def test_what_means_no_group_is_refused_in_a_sentence(
        self, tmp_path: Path, group: str, said: str
    ) -> None:
        with pytest.raises(UserError, match=said):
            split_sides(items(tmp_path), Split(kind="group", group=group), 1)


class TestTime:
    def test_dates_in_names_keep_the_latest_for_validation(self, tmp_path: Path) -> None:
        keys = (*(f"cam_2024{m:02d}15_101500.jpg" for m in range(1, 11)), "undated.jpg")
        sides, left_out = split_sides(items(tmp_path, keys), Split(kind="time", valid_pct=0.3), 1)
        assert sides == (*[False] * 7, *[True] * 3, None)
        assert left_out == [("undated.jpg", NO_TIME)]

    def test_a_column_of_dates_or_numbers_does_too(self, tmp_path: Path) -> None:
        for cells in (["3.1.2024", "1.2.2024", "2.1.2023", "1.1.2020"], ["7", "8", "6", "5"]):
            made = items(tmp_path, KEYS[:4], when=cells)
            sides, _ = split_sides(made, Split(kind="time", time="when", valid_pct=0.25), 1)
            assert sides == (False, True, False, False)

    def test_the_cameras_note_is_read(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x0132] = "2024:05:06 07:08:09"
        Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg", exif=exif)
        Image.new("RGB", (8, 8)).save(tmp_path / "b.jpg")
        noted = camera_moments(tmp_path, ["a.jpg", "b.jpg", "gone.jpg"])
        assert noted == [named_moment("20240506_070809"), None, None]

    def test_without_any_date_there_is_nothing_to_split_by(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="no dates"):
            split_sides(items(tmp_path), Split(kind="time"), 1)
        made = items(tmp_path, KEYS[:2], when=["2024-01-01", "2024-01-01"])
        with pytest.raises(UserError, match="same date"):
            split_sides(made, Split(kind="time", time="when"), 1)

    @pytest.mark.parametrize("name", ["IMG_1234.jpg", "2024-02-31.jpg", "120240131.jpg", "20241301.jpg"])
    def test_a_number_that_is_no_date_is_none(self, name: str) -> None:
        assert named_moment(name) is None

    def test_a_column_of_words_has_no_times(self) -> None:
        assert column_moments("note", ["ill", "well"]) == [None, None]


class TestLists:
    def test_a_line_may_be_a_path_a_name_or_a_stem(self, tmp_path: Path) -> None:
        lines = f"{KEYS[0]}\n./xray/patient01_0.png 3\nC:\\old\\patient02_1.png\npatient03_2\nlost.png\n"
        (tmp_path / "valid.txt").write_text(lines, encoding="utf-8")
        sides, left_out = split_sides(items(tmp_path), Split(kind="list"), 1)
        chosen = [key for key, side in zip(KEYS, sides, strict=True) if side]
        assert chosen == [KEYS[0], "xray/patient01_0.png", "xray/patient02_1.png", "xray/patient03_2.png"]
        assert left_out == [("lost.png", NOT_LISTED)]

    def test_with_both_lists_the_others_are_in_no_set(self, tmp_path: Path) -> None:
        (tmp_path / "valid.txt").write_text(KEYS[0], encoding="utf-8")
        (tmp_path / "train.txt").write_text(f"{KEYS[1]}\n{KEYS[0]}", encoding="utf-8")
        sides, left_out = split_sides(items(tmp_path), Split(kind="list", train_list="train.txt"), 1)
        assert sides[:3] == (True, False, None)
        assert ("xray/patient00_2.png", IN_NO_LIST) in left_out

    def test_a_list_that_is_missing_or_names_nothing_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="is not in"):
            split_sides(items(tmp_path), Split(kind="list"), 1)
        (tmp_path / "valid.txt").write_text("other.png\n", encoding="utf-8")
        with pytest.raises(UserError, match="names none of the 30 items"):
            split_sides(items(tmp_path), Split(kind="list"), 1)

    def test_a_list_outside_the_data_is_never_read(self, tmp_path: Path) -> None:
        data = tmp_path / "data"
        data.mkdir()
        (tmp_path / "valid.txt").write_text(KEYS[0], encoding="utf-8")
        for name in ("../valid.txt", os.fspath(tmp_path / "valid.txt")):
            with pytest.raises(UserError, match="names none"):
                split_sides(items(data), Split(kind="list", valid_list=name), 1)


def test_rows_of_a_table_have_no_folders_and_no_names(tmp_path: Path) -> None:
    rows = Splittable([str(n) for n in range(2, 9)], tmp_path, files=False)
    for split in (
        Split(kind="folders"),
        Split(kind="group"),
        Split(kind="time"),
        Split(kind="hash", hash_key="name"),
    ):
        with pytest.raises(UserError):
            split_sides(rows, split, 1)
    assert len(split_sides(rows, Split(kind="hash"), 1)[0]) == 7
