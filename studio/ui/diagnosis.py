"""How a run is judged in words, in the window and on the command line: the rules are in `studio/project/diagnosis.py`.

Must not import Qt, numpy.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from studio.problems.base import Problem
from studio.project.judge import Judge
from studio.project.live_run import LiveRun
from studio.project.scores import is_share, metric_title, score_words


def judge_of(problem: Problem[Any] | None, run: LiveRun) -> Judge:
    """What a run is scored by, with its words and the items that judge it."""
    if problem is None:
        return Judge()
    metric, up = problem.judged_by(run.metrics)
    words = partial(score_words, metric)
    return Judge(metric, up, run.n_valid, metric_title(metric), is_share(metric), words, run.class_sizes)
