"""The layers hold in a fresh process: what may start without torch, and what may start without Qt."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "torchvision", "fastai", "pandas", "timm", "sklearn", "onnxruntime")
LIGHT_MODULES = (
    "studio.recipe.schema",
    "studio.recipe.io",
    "studio.recipe.edit",
    "studio.recipe.new",
    "studio.problems",
    "studio.project",
    "studio.hardware",
    "studio.engine.messages",
    "studio.engine.control",
    "studio.exports",
    "studio.__main__",
)


def loaded_after(statement: str) -> set[str]:
    """Top-level modules loaded in a fresh process after `statement`."""
    code = f"import sys\n{statement}\nprint(' '.join(sorted({{m.split('.')[0] for m in sys.modules}})))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("module", LIGHT_MODULES)
def test_plain_data_needs_neither_torch_nor_qt(module: str) -> None:
    loaded = loaded_after(f"import {module}")
    assert not loaded & {*HEAVY, "PySide6"}


def test_the_window_and_every_page_need_no_torch() -> None:
    pages = "home, data, rate, train, results, clean, ship, runs, notes, settings"
    loaded = loaded_after(f"import studio.ui.app\nfrom studio.ui.pages import {pages}")
    assert not loaded & set(HEAVY)
    assert "PySide6" in loaded


def test_the_window_starts_without_the_plotting_library() -> None:
    loaded = loaded_after("import studio.ui.app, studio.ui.window, studio.ui.pages.home")
    assert not loaded & {"pyqtgraph", "numpy", *HEAVY}


def test_the_engine_needs_no_qt() -> None:
    loaded = loaded_after("import studio.engine.session, studio.engine.server, studio.engine.training")
    assert "PySide6" not in loaded
    assert "shiboken6" not in loaded


def test_predicting_with_a_bundle_needs_no_torch() -> None:
    loaded = loaded_after("import studio.exports.bundle, studio.problems.image_classification.answers")
    assert not loaded & {"torch", "torchvision", "fastai", "pandas", "PySide6"}
