"""Text: a language model on all texts, whose encoder then feeds a classifier; or a language model alone."""

from studio.problems.base import Problem
from studio.problems.text.options import Options, guess, stages

PROBLEM: Problem[Options] = Problem(
    name="text",
    title="Text",
    sentence="A class for every text: what a review thinks, what a message is about. Or how a text goes on.",
    icon="text",
    sample="text",
    score="accuracy",
    score_up=True,
    options=Options,
    guess=guess,
    stages=stages,
    package=__name__,
    other_scores=(("perplexity", False),),
    usual_batch=16,
)
