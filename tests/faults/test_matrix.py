"""A few rows of the crash matrix for tables, on every commit; `make faults` prints all of it."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.faults import doomed
from tests.faults.matrix import Case, rows
from tests.problems import made

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def test_a_run_killed_anywhere_ends_as_it_would_have(tmp_path: Path) -> None:
    """At a random moment, and at calls that touch files, the first and the last."""
    case = Case("tabular", 0, tmp_path)
    found = list(rows(case, 1, 2, random.Random(os.getpid())))
    assert all(row.verdict == "same" for row in found), "\n".join(map(str, found))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 2])
def test_nothing_is_lost_where_the_best_epoch_is_kept_and_stages_end_early(
    workers: int, tmp_path: Path
) -> None:
    """The weights of the best epoch are one more file to be killed at."""
    case = Case("tabular", workers, tmp_path, keep_best=True, early_stopping=1, monitor="valid_loss")
    found = list(rows(case, 2, 12, random.Random(1)))
    assert all(row.verdict == "same" for row in found), "\n".join(map(str, found))


@pytest.mark.slow
def test_an_earlier_run_is_not_touched_by_a_kill_in_a_later_one(tmp_path: Path) -> None:
    with made.project("collab", tmp_path) as project:
        folder = project.folder
    assert doomed.train(folder).status == 0
    before = {p.name: p.read_bytes() for p in (folder / "runs" / "0001").iterdir() if p.is_file()}
    assert doomed.train(folder, doomed.at_call(60), minutes=0.0).status == 9
    assert {p.name: p.read_bytes() for p in (folder / "runs" / "0001").iterdir() if p.is_file()} == before
