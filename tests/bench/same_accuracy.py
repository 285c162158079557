"""The same accuracy, sooner: the quick way against the recipe `exact` (plain fastai), three seeds each.

Needs the development data and the weights file beside it; without them there is nothing to show.
"""

from __future__ import annotations

import os
import statistics
from pathlib import Path

from tests.bench.tables import DATA, trained
from tests.bench.timing import Row

TITLE = "Seconds of training, and the score after it (middle of three seeds; plain fastai = 1)"
SEEDS = (1, 2, 3)
WEIGHTS = Path(os.environ.get("THAW_WEIGHTS", DATA.parent / "weights")) / "squeezenet1_0-deepcomp-folded.pth"
CASES: tuple[tuple[str, str, str, dict[str, object]], ...] = (
    ("tabular", "adult_sample", "accuracy", {"epochs": 1, "batch_size": 64}),
    ("collab", "ml_100k", "rmse", {"epochs": 1, "batch_size": 64}),
    (
        "image_classification",
        "hymenoptera",
        "accuracy",
        {"arch": "squeezenet1_0", "weights": str(WEIGHTS), "epochs": 2, "size": 160, "batch_size": 16},
    ),
)


def run() -> list[Row]:
    found: list[Row] = []
    for problem, name, score, values in CASES:
        if not (DATA / name).exists():
            continue
        runs: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
        for seed in SEEDS:
            for exact in runs:
                epochs = trained(problem, DATA / name, {**values, "exact": exact, "seed": seed})
                runs[exact].append((sum(e.seconds for e in epochs), epochs[-1].metrics[score] or 0.0))
        base = statistics.median(s for s, _ in runs[True])
        for exact, said in ((True, "plain fastai"), (False, "studio")):
            seconds, scores = zip(*runs[exact], strict=True)
            middle = statistics.median(seconds)
            remark = f"{score} {statistics.mean(scores):.4f} ({min(scores):.4f} to {max(scores):.4f})"
            found.append(
                Row(f"{name}, {said}", "s", middle, min(seconds), max(seconds), middle / base, remark)
            )
    return found
