"""Segmentation: a class for every pixel of a photo."""

from studio.problems.base import Problem
from studio.problems.segmentation.options import Options, guess, stages

PROBLEM: Problem[Options] = Problem(
    name="segmentation",
    title="Segmentation",
    sentence="A class for every pixel of a photo: which part is road, which cell, which crack.",
    icon="mask",
    sample="mask",
    score="iou",
    score_up=True,
    options=Options,
    guess=guess,
    stages=stages,
    package=__name__,
    usual_batch=8,
    splits=("random", "folders", "list", "group", "time", "hash"),
)
