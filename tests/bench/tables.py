"""Tables: an epoch of a classifier of rows and of a recommender, against fastai's own loaders and optimizer.

The real tables where the development data is there, made ones elsewhere. "Plain fastai" is the same run `exact`, which
does to the last bit what a fastai script does (the parity tests hold it to that). Batches of fastai's default, 64.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.session import Session
from studio.problems import problem_named
from studio.project import Project
from studio.recipe.new import new_recipe
from tests.bench.timing import Row, interleaved

TITLE = "Seconds an epoch of tables, batches of 64, validation included (plain fastai = 1)"
REPEATS, EPOCHS = 3, 1
DATA = Path(os.environ.get("THAW_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
SETS = (("tabular", "adult_sample"), ("collab", "ml_100k"))


def run() -> list[Row]:
    found: list[Row] = []
    for problem, name in SETS:
        if (DATA / name).exists():
            cases: dict[str, Callable[[], float]] = {
                f"{name}, plain fastai": lambda p=problem, n=name: epoch_s(p, DATA / n, True),
                f"{name}, studio": lambda p=problem, n=name: epoch_s(p, DATA / n, False),
            }
            found += interleaved(cases, "s", REPEATS)
    return found


def trained(problem: str, data: Path, values: dict[str, object]) -> list[m.EpochDone]:
    """Train in this process; what every epoch said."""
    events: list[m.Event] = []
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "bench.thaw"
        recipe = new_recipe(problem_named(problem), "bench", data, project, values)
        with Project.create(project, recipe) as made:
            Session(made, events.append, Control()).train()
    return [event for event in events if isinstance(event, m.EpochDone)]


def epoch_s(problem: str, data: Path, exact: bool) -> float:
    values: dict[str, object] = {"exact": exact, "epochs": EPOCHS, "batch_size": 64}
    return trained(problem, data, values)[-1].seconds
