"""Texts, labels and sets are read from tables and folders, whatever their letters are written in."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from studio.errors import UserError
from studio.problems.text.answers import find
from studio.problems.text.guessing import guess_at
from studio.problems.text.items import EMPTY, NO_LABEL, collect, plan_of
from studio.problems.text.sources import NO_TEXT
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


def test_files_are_read_whatever_their_letters_are_written_in(tmp_path: Path) -> None:
    french = "Un café déjà fermé, où l’été était très léger; voilà."
    russian = "Это очень хороший фильм, и я его люблю."
    written = {
        "a": (french, "utf-8"),
        "b": (french, "cp1252"),
        "c": (russian, "cp1251"),
        "d": (french, "utf-16"),
    }
    for name, (text, encoding) in written.items():
        (tmp_path / name).mkdir()
        for n in range(2):
            (tmp_path / name / f"{n}.txt").write_bytes(f"{text} {n}".encode(encoding))
    (tmp_path / "a" / "picture.txt").write_bytes(b"\x89PNG\0\0\x01")
    given = recipe(tmp_path, source="folders")
    plan = plan_of(given, tmp_path)
    assert plan.texts() == {
        f"{name}/{n}.txt": f"{text} {n}" for name, (text, _) in written.items() for n in range(2)
    }
    assert dict(collect(given, tmp_path).left_out) == {"a/picture.txt": NO_TEXT}
    assert [case.text for case in find([tmp_path / "c" / "0.txt"])] == [f"{russian} 0"]


def test_a_latin_1_table_and_cells_without_a_text_are_read(tmp_path: Path) -> None:
    rows = [
        "label,text",
        *(f"{('oui', 'non')[n % 2]},Un café très léger {n}" for n in range(12)),
        "oui,",
        "non, ",
    ]
    (tmp_path / "t.csv").write_bytes("\n".join(rows).encode("latin-1"))
    dataset = collect(recipe(tmp_path), tmp_path)
    assert len(dataset.items) == 12 and [why for _, why in dataset.left_out] == [EMPTY] * 2
    assert plan_of(recipe(tmp_path), tmp_path).texts()["2"] == "Un café très léger 0"


def test_typed_tables_with_missing_texts_are_read(tmp_path: Path) -> None:
    texts = [f"A text number {n}" for n in range(8)]
    frame = pd.DataFrame({"text": [*texts, None, float("nan")], "label": ["a", "b"] * 4 + ["a", None]})
    frame.to_parquet(tmp_path / "t.parquet")
    dataset = collect(recipe(tmp_path), tmp_path)
    assert len(dataset.items) == 8 and [why for _, why in dataset.left_out] == [EMPTY] * 2


def test_labels_are_put_together_as_the_recipe_says(tmp_path: Path) -> None:
    root = table_of(tmp_path, [(("good", "Good", "bad")[n % 3], f"Text {n}") for n in range(12)])
    assert collect(recipe(root, merge="Good:good"), root).classes == ("bad", "good")
