"""The problem types, one package each.

To add one: copy the shape of `image_classification/` (the table in `base.py` says what each module gives),
define its `PROBLEM`, and name it in the tuple below. Nothing else in the studio needs to change, unless its
items are a new *kind of picture*: then `studio/ui/samples` gets one module too.
"""

from __future__ import annotations

from typing import Any

from studio.errors import UserError
from studio.problems.base import Problem
from studio.problems.collab import PROBLEM as collab
from studio.problems.image_classification import PROBLEM as image_classification
from studio.problems.image_regression import PROBLEM as image_regression
from studio.problems.multi_label import PROBLEM as multi_label
from studio.problems.segmentation import PROBLEM as segmentation
from studio.problems.tabular import PROBLEM as tabular
from studio.problems.text import PROBLEM as text

PROBLEMS: tuple[Problem[Any], ...] = (
    image_classification,
    multi_label,
    segmentation,
    image_regression,
    tabular,
    collab,
    text,
)


def problem_named(name: str, problems: tuple[Problem[Any], ...] | None = None) -> Problem[Any]:
    """Return the problem type called `name`.

    Raises
    ------
    UserError
        Where there is none, listing those that exist.
    """
    known = PROBLEMS if problems is None else problems
    for problem in known:
        if problem.name == name:
            return problem
    names = ", ".join(p.name for p in known)
    raise UserError(f"There is no problem type called “{name}”.", f"Use one of: {names}.")
