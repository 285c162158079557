"""Which colour the n-th of several compared runs has, in the chart and in the table. Must not import Qt or numpy."""

from __future__ import annotations

from typing import Final

TOKENS: Final = ("train_loss", "valid_loss", "metric", "rate", "momentum", "ember", "ice", "dim")


def curve_colour(position: int) -> str:
    """The theme's token for a run by its place among the compared ones."""
    return TOKENS[position % len(TOKENS)]
