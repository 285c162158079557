"""The crash matrix: every problem type, with 0 and 2 loader processes, killed at many moments; prints a table.

`python -m tests.faults.matrix [--types A B] [--workers 0 2] [--moments 5] [--calls 3] [--every A B] [--seed 0]`

A row is one killed run: where it was killed, what was left, and whether it ended bit for bit like the run that was
left alone. The last row of a type goes through every call that touches a file: whatever a kill there leaves is gone on
from. The exit status says whether all ended alike.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from studio.project import Project
from tests.faults import doomed
from tests.problems import made

NOT_KILLED = "was not killed"
TITLE = f"{'problem type':22}{'loaders':^9}{'killed':34}{'left behind':36}ended"


@dataclass(frozen=True)
class Row:
    """One killed run."""

    problem: str
    workers: int
    moment: str
    left: str
    verdict: str

    def __str__(self) -> str:
        return f"{self.problem:22}{self.workers:^9}{self.moment:34}{self.left:36}{self.verdict}"


class Case:
    """A problem type with a number of loader processes: a project never trained, and how it ends if left alone."""

    def __init__(self, problem: str, workers: int, home: Path, **training: Any) -> None:
        self.problem, self.workers, self.home = problem, workers, home
        with made.project(problem, home, workers=workers, **training) as project:
            self.fresh = project.folder
        self.whole = self.copy("whole")
        began = time.monotonic()
        ended = doomed.train(self.whole)
        assert ended.status == 0, ended.words
        self.seconds = time.monotonic() - began
        self.wanted = doomed.outcome(self.whole)

    def copy(self, name: str) -> Path:
        """A copy of the project as it was before its first run."""
        target = self.home / f"{name}.thaw"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.fresh, target)
        return target

    def killed(self, moment: str, doom: doomed.Doom, minutes: float) -> Row:
        """Kill a run, go on from what is left, and compare."""
        folder = self.copy("killed")
        first = doomed.train(folder, doom, minutes=minutes)
        left = _left(folder)
        verdict = NOT_KILLED if first.status == 0 else self.again(folder, minutes)
        return Row(self.problem, self.workers, moment, left, verdict)

    def again(self, folder: Path, minutes: float) -> str:
        """Go on, where there is anything left to train, and say whether the end is the one that was wanted."""
        ended = doomed.Ended(0) if _is_over(folder) else doomed.train(folder, resume=True, minutes=minutes)
        if ended.status != 0:
            return f"FAILED: {ended.words.strip().splitlines()[-1] if ended.words else ended.status}"
        weights, batches, epochs = doomed.outcome(folder)
        same = (weights == self.wanted[0], batches == self.wanted[1], epochs == self.wanted[2])
        return "same" if all(same) else f"DIFFERS (weights, batches, epochs: {same})"


def _is_over(folder: Path) -> bool:
    with Project.open(folder, lock=False) as project:
        runs = project.runs()
        return bool(runs) and runs[-1].status == "finished"


def _left(folder: Path) -> str:
    """What a kill left: the newest run and whether it can go on."""
    with Project.open(folder, lock=False) as project:
        runs = project.runs()
        if not runs:
            return "no run"
        checkpoints = [path.stem.rsplit("-", 1)[1] for path in project.run(runs[-1].number).checkpoints()]
        at = f", checkpoint {int(checkpoints[0])}" if checkpoints else ", no checkpoint"
        return f"{runs[-1].status}{at}"


def rows(case: Case, moments: int, calls: int, draw: random.Random) -> Iterator[Row]:
    """Kill at random moments of a run with and without a checkpoint after every batch, then at calls spread evenly."""
    for number in range(moments):
        yield _killed_at_random(case, draw.uniform(0.0, case.seconds), bool(number % 2))
    if calls:
        total = doomed.calls_of(case.copy("counted"), 0.0)
        for number in sorted({round(at * (total - 1) / max(1, calls - 1)) for at in range(calls)}):
            yield _killed_at_call(case, number, total)


def every(case: Case) -> Iterator[Row]:
    """Go on from what a kill leaves at each call that touches a file: what did not end alike, or that all did."""
    folder, left, bad = case.copy("watched"), Counter[str](), list[Row]()

    def look(number: int) -> None:
        found = _left(case.home / "killed.thaw")
        verdict = case.again(case.home / "killed.thaw", 5.0)
        left[found.split(",")[0]] += 1
        if verdict != "same":
            bad.append(Row(case.problem, case.workers, f"at file call {number}", found, verdict))

    total = doomed.states(folder, case.home / "killed.thaw", look)
    yield from bad
    yield Row(
        case.problem,
        case.workers,
        f"at each of {total} file calls",
        ", ".join(f"{count} {what}" for what, count in sorted(left.items())),
        f"{len(bad)} not" if bad else "same",
    )


def _killed_at_call(case: Case, number: int, total: int) -> Row:
    """Kill at a call; a little earlier where the run made fewer calls this time."""
    while True:
        row = case.killed(f"at file call {number} of {total}", doomed.at_call(number), 0.0)
        if row.verdict != NOT_KILLED or not number:
            return row
        number = number * 19 // 20


def _killed_at_random(case: Case, seconds: float, all_kept: bool) -> Row:
    """Kill after so many seconds; earlier where the run was quicker this time."""
    while True:
        words = f"after {seconds:.2f} s{', all kept' if all_kept else ''}"
        row = case.killed(words, doomed.after_s(seconds), 0.0 if all_kept else 5.0)
        if row.verdict != NOT_KILLED:
            return row
        seconds /= 2


def main() -> int:
    """Print the table; 0 where every run ended as it would have."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.matrix", description=__doc__)
    parser.add_argument("--types", nargs="*", default=list(made.MADE))
    parser.add_argument("--workers", nargs="*", type=int, default=[0, 2])
    parser.add_argument("--moments", type=int, default=5, help="random moments for each case")
    parser.add_argument("--calls", type=int, default=3, help="calls that touch files for each case")
    parser.add_argument(
        "--every", nargs="*", default=list(made.MADE), help="types to be looked at at every file call"
    )
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    import fastai.vision.all  # noqa: F401

    draw, bad = random.Random(given.seed), 0
    print(TITLE, flush=True)
    for problem in given.types:
        for workers in given.workers:
            with tempfile.TemporaryDirectory(prefix="thaw-matrix-") as home:
                case = Case(problem, workers, Path(home))
                found = rows(case, given.moments, given.calls, draw)
                if problem in given.every and workers == given.workers[0]:
                    found = chain(found, every(case))
                for row in found:
                    print(row, flush=True)
                    bad += row.verdict != "same"
    print("All ended alike." if not bad else f"{bad} did not end alike.")
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())
