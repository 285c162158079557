"""The explainers tell the truth: their figures are those of the formulas, and every moment can be drawn."""

from __future__ import annotations

import math
from dataclasses import fields
from itertools import islice

import pytest

from studio.ui.explainers import EXPLAINERS, descent, explainers_of, losses, optimizers
from studio.ui.explainers.base import Box, Dot, Drawing, Explainer, Words
from studio.ui.explainers.lookup import product
from studio.ui.shell.why_panel import note_names
from studio.ui.theme import Theme

TOKENS = {field.name for field in fields(Theme)}
STEPS = 30


@pytest.mark.parametrize("explainer", EXPLAINERS, ids=lambda e: e.key)
def test_every_moment_is_drawn_within_its_span_in_colours_of_the_theme(explainer: Explainer):
    assert explainer.note in note_names()
    for control in explainer.controls:
        assert control.low <= control.value <= control.high
    captions = set()
    for frame in range(explainer.frames):
        drawing = explainer.draw(explainer.at_start(), frame)
        captions.add(drawing.caption)
        for mark in drawing.marks:
            assert mark.token in TOKENS
            assert inside(drawing, mark)
    assert len(captions) > 1 or explainer.frames == 1


def inside(drawing: Drawing, mark: object) -> bool:
    left, right, bottom, top = drawing.span
    places = []
    if isinstance(mark, Dot | Words):
        places = [mark.at]
    elif isinstance(mark, Box):
        places = [mark.low, mark.high]
    return all(left <= x <= right and bottom <= y <= top for x, y in places)


def test_keys_are_unique_and_found_by_their_note():
    assert len({e.key for e in EXPLAINERS}) == len(EXPLAINERS)
    assert [e.key for e in explainers_of("momentum-adam")] == ["sgd", "momentum", "rmsprop", "adam"]
    assert explainers_of("seed") == ()


def test_momentum_comes_nearer_than_plain_sgd_at_its_usual_rate():
    explainer = explainers_of("momentum-adam")[1]
    values = explainer.at_start()
    rolled = list(islice(optimizers.momentum(values["rate"], values["beta"]), explainer.frames))[-1]
    bounced = list(islice(optimizers.plain(0.9), explainer.frames))[-1]
    assert math.hypot(*rolled) < math.hypot(*bounced) / 2


def test_a_line_finds_the_points_at_a_fair_rate_and_flies_off_at_a_wild_one():
    fair, wild = descent.path(0.15, 60)[-1], descent.path(2.0, 60)[-1]
    assert descent.loss(fair) < 0.05
    assert descent.loss(wild) > descent.loss(descent.path(2.0, 0)[0])


def test_softmax_adds_up_and_does_not_overflow():
    assert sum(losses.softmax((2.0, -1.0, 0.5))) == pytest.approx(1.0)
    assert losses.softmax((1000.0, 0.0, -1000.0)) == (1.0, 0.0, 0.0)


def test_a_lookup_equals_the_product():
    assert product((0, 0, 1, 0, 0)) == (0.1, -0.2, 0.9, 0.4)
