"""How the window's words judge a run: the rules are in `studio/project/diagnosis.py`. Must not import Qt, numpy."""

from __future__ import annotations

from functools import partial
from typing import Any

from studio.engine import messages as m
from studio.problems.base import Problem
from studio.project.diagnosis import Judge
from studio.project.live_run import LiveRun
from studio.ui.scores import is_share, metric_title, score_words


def judge_of(problem: Problem[Any] | None, run: LiveRun, scan: m.Scanned | None) -> Judge:
    """What a run is scored by, with its words and the items that judge it."""
    if problem is None:
        return Judge()
    metric, up = problem.judged_by(run.metrics)
    return Judge(
        metric,
        up,
        scan.n_valid if scan is not None else 0,
        metric_title(metric),
        is_share(metric),
        partial(score_words, metric),
        {c.name: c.train for c in scan.classes} if scan is not None else {},
    )
