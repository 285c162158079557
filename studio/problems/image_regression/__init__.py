"""Image regression: numbers, or key points, for every photo."""

from studio.problems.base import Problem
from studio.problems.image_regression.options import Options, guess, stages

PROBLEM: Problem[Options] = Problem(
    name="image_regression",
    title="Numbers and key points",
    sentence="Numbers or places in a photo: how many cells, how old, where the eyes are.",
    icon="gauge",
    sample="points",
    score="point_error",
    score_up=False,
    other_scores=(("rmse", False), ("r2", True)),
    options=Options,
    guess=guess,
    stages=stages,
    package=__name__,
    usual_batch=16,
)
