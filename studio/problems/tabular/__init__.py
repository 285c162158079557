"""Tabular data: a class or a number for every row of a table."""

from studio.problems.base import Problem
from studio.problems.tabular.options import Options, guess, stages

PROBLEM: Problem[Options] = Problem(
    name="tabular",
    title="Tabular data",
    sentence="A class or a number for every row of a table: which customer leaves, what a house costs.",
    icon="table",
    sample="row",
    score="accuracy",
    score_up=True,
    options=Options,
    guess=guess,
    stages=stages,
    package=__name__,
    other_scores=(("rmse", False),),
    usual_batch=1024,
    splits=("random", "stratified", "column", "group", "time", "hash"),
)
