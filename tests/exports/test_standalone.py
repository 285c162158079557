"""The modules that go with a bundle lie side by side: none may hide another, or one of Python's own."""

from __future__ import annotations

import sys

import pytest

from studio.exports import standalone
from studio.problems import PROBLEMS


@pytest.mark.parametrize("name", [problem.name for problem in PROBLEMS])
def test_no_module_of_a_bundle_has_the_name_of_another(name: str) -> None:
    answers = f"studio.problems.{name}.answers"
    modules = standalone.imported("studio.exports.runner") | {answers} | standalone.imported(answers)
    stems = [module.rpartition(".")[2] for module in modules]
    assert len(set(stems)) == len(stems) and not {*stems, "predict"} & sys.stdlib_module_names
