"""The list of formats is complete, and says what a person should know."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.errors import UserError
from studio.exports import EXPORTS, export_named
from studio.exports.manifest import slug


@pytest.mark.parametrize("format", EXPORTS, ids=lambda f: f.name)
def test_every_format_can_write_and_is_described(format: object) -> None:
    found = export_named(format.name)  # type: ignore[attr-defined]
    assert callable(found.part().write)
    assert found.title
    assert found.sentence.endswith(".")
    assert found.extension.startswith(".")


def test_every_format_is_documented() -> None:
    readme = (Path(__file__).parents[2] / "studio" / "exports" / "README.md").read_text()
    for format in EXPORTS:
        assert f"`{format.name}`" in readme


def test_a_pickle_comes_with_a_warning() -> None:
    assert "trust" in export_named("fastai").caveat


def test_an_unknown_format_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UserError, match="onnx, script, fastai"):
        export_named("coreml")


@pytest.mark.parametrize(
    ("name", "expected"), [("Ants & bees", "ants-bees"), ("Käfer", "kafer"), ("✓", "model"), ("../x", "x")]
)
def test_names_become_file_names(name: str, expected: str) -> None:
    assert slug(name) == expected
