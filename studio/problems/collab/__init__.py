"""Collaborative filtering: what a user would rate an item, from what others have rated."""

from studio.problems.base import Problem
from studio.problems.collab.options import Options, guess, stages

PROBLEM: Problem[Options] = Problem(
    name="collab",
    title="Recommendations",
    sentence="What a person would think of a thing, from ratings of many: films, books, products.",
    icon="star",
    sample="rating",
    score="mse",
    score_up=False,
    options=Options,
    guess=guess,
    stages=stages,
    package=__name__,
    usual_batch=1024,
    shipping=("people",),
    splits=("random", "stratified", "column", "group", "time", "hash"),
)
