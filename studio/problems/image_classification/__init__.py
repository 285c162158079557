"""Image classification: one class for every photo."""

from studio.problems.base import Problem
from studio.problems.image_classification.options import Options, guess, stages

PROBLEM: Problem[Options] = Problem(
    name="image_classification",
    title="Image classification",
    sentence="One class for every photo: which bird, which part, which disease.",
    icon="image",
    sample="image",
    score="accuracy",
    score_up=True,
    options=Options,
    guess=guess,
    stages=stages,
    package=__name__,
)
