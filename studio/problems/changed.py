"""Which settings differ between two recipes of one problem, in words; stages are left out. No torch, no Qt."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.problems.base import Problem
from studio.recipe.fields import Field, describe
from studio.recipe.schema import Recipe, Training


def changed_words(one: Recipe, other: Recipe, problem: Problem[Any]) -> str:
    """``network, dropout``; empty where nothing but stages, or a name, differs."""
    names = [
        *_differing(describe(problem.options), problem.options_of(one), problem.options_of(other)),
        *_differing(describe(Training), one.training, other.training),
        *(["the data or its split"] if one.data != other.data else []),
        *(["the seed"] if one.seed != other.seed else []),
    ]
    return ", ".join(names)


def _differing(fields: tuple[Field, ...], one: msgspec.Struct, other: msgspec.Struct) -> list[str]:
    return [_said(field.title) for field in fields if getattr(one, field.name) != getattr(other, field.name)]


def _said(title: str) -> str:
    return title[:1].lower() + title[1:]
