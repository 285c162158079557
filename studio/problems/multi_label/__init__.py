"""Multi-label image classification: several tags, or none, for every photo."""

from studio.problems.base import Problem
from studio.problems.multi_label.options import Options, guess, stages

PROBLEM: Problem[Options] = Problem(
    name="multi_label",
    title="Multi-label images",
    sentence="Several tags for every photo: cloud, river and road in one satellite picture.",
    icon="relabel",
    sample="image",
    score="fbeta_score",
    score_up=True,
    options=Options,
    guess=guess,
    stages=stages,
    package=__name__,
)
