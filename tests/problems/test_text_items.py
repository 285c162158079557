"""Texts, labels and sets are read from tables and folders, and the doctor says what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.errors import UserError
from studio.problems.text.checks import check
from studio.problems.text.guessing import guess_at
from studio.problems.text.items import NO_LABEL, collect, plan_of
from tests.problems.texts_made import recipe, write_texts


def folder_of(root: Path, texts: dict[str, str]) -> Path:
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def table_of(root: Path, rows: list[tuple[str, str]]) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    lines = ["label,text", *(f'{label},"{text}"' for label, text in rows)]
    (root / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    return root


def codes(root: Path, **options: object) -> dict[str, str]:
    given = recipe(root, **options)
    return {found.code: found.title for found in check(collect(given, root), given, root)}


def test_rows_without_a_label_are_for_the_language_model(tmp_path: Path) -> None:
    given = recipe(write_texts(tmp_path, 20, unlabelled=3))
    dataset = collect(given, tmp_path)
    assert (len(dataset.items), dataset.classes) == (20, ("bad", "good"))
    assert [why for _, why in dataset.left_out] == [NO_LABEL] * 3
    assert len(plan_of(given, tmp_path).unlabelled()) == 3


def test_folders_are_classes_and_unsup_is_not(tmp_path: Path) -> None:
    names = [f"{kind}/{n}.txt" for kind in ("pos", "neg", "unsup") for n in range(3)]
    folder_of(tmp_path, {name: f"A text of {name}" for name in names})
    dataset = collect(recipe(tmp_path, source="folders"), tmp_path)
    assert dataset.classes == ("neg", "pos") and len(dataset.items) == 6


def test_a_language_model_needs_no_labels(tmp_path: Path) -> None:
    folder_of(tmp_path, {f"{n}.txt": "Some words" for n in range(8)})
    dataset = collect(recipe(tmp_path, source="folders", task="language_model"), tmp_path)
    assert dataset.classes == () and len(dataset.items) == 8
    with pytest.raises(UserError, match="no class folders"):
        collect(recipe(tmp_path, source="folders"), tmp_path)


def test_what_is_dropped_is_recognised(tmp_path: Path) -> None:
    long = "A sentence that is long enough to be taken for a whole text, not for a name."
    table = table_of(tmp_path / "a", [("good", f"{long} {n}") for n in range(9)] + [("bad", long)] * 9)
    guessed = guess_at(table)
    assert (
        guessed is not None
        and guessed.options["text_column"] == "text"
        and guessed.options["label_column"] == "label"
    )
    folders = folder_of(tmp_path / "b", {f"train/{k}/{n}.txt": long for k in "xy" for n in range(3)})
    folder_of(tmp_path / "b", {f"test/{k}/{n}.txt": long for k in "xy" for n in range(3)})
    found = guess_at(folders)
    assert found is not None and (found.split.kind, found.split.valid) == ("folders", "test")
    assert guess_at(tmp_path / "nothing") is None


def test_the_doctor_finds_what_would_spoil_a_run(tmp_path: Path) -> None:
    rows = [("good", f"Text number {n} is good and long enough") for n in range(12)]
    rows += [("bad", f"Text number {n} is of no worth") for n in range(12)]
    rows += [
        ("Bad", "same words"),
        ("bad", "same words"),
        ("good", "CafÃ© <br /> good"),
        ("bad", " "),
        ("good", "good"),
    ]
    found = codes(table_of(tmp_path, rows), most_tokens=16)
    wanted = {
        "empty_texts",
        "near_empty_classes",
        "mixed_labels",
        "broken_letters",
        "html",
        "contradicting_labels",
    }
    assert wanted | {"short_texts", "label_in_text", "lengths"} <= set(found)


def test_one_class_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    given = recipe(table_of(tmp_path, [("good", f"Text {n}") for n in range(8)]))
    found = {f.code: f for f in check(collect(given, tmp_path), given, tmp_path)}
    assert found["one_class"].severity == "error" and found["one_class"].fix is not None


def test_copies_across_the_sets_are_named(tmp_path: Path) -> None:
    root = table_of(tmp_path, [(("good", "bad")[n % 2], f"Copy {n % 2}") for n in range(16)])
    assert "copies_across_sets" in codes(root)
