"""A run's figures as a terminal can show them: tables, bars of letters, texts. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from studio.project.results import Bars, Figure, Grid, Samples

BAR_WIDTH = 24
SHOWN_BARS = 12
SHOWN_SAMPLES = 6


def figure_parts(figures: Sequence[Figure]) -> list[RenderableType]:
    """What to print for figures, in their order; those that are pictures or clouds of points have no place here."""
    parts: list[RenderableType] = []
    for figure in figures:
        if isinstance(figure, Grid):
            parts += [escape(figure.title), _grid(figure)]
        elif isinstance(figure, Bars) and figure.names:
            parts += [
                escape(f"{figure.title} ({figure.unit})" if figure.unit else figure.title),
                _bars(figure),
            ]
        elif isinstance(figure, Samples):
            parts += [escape(figure.title), _samples(figure)]
        else:
            continue
        if figure.sentence:
            parts.append(escape(figure.sentence))
    return parts


def _cell(value: str | int | float | None) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else escape(str(value))


def _grid(figure: Grid) -> Table:
    table = Table()
    for at, name in enumerate(figure.columns):
        is_number = any(isinstance(row[at], int | float) for row in figure.rows)
        table.add_column(escape(name), justify="right" if is_number else "left", overflow="fold")
    for at, row in enumerate(figure.rows):
        table.add_row(*map(_cell, row), style="bold" if at == figure.best else "")
    return table


def _bars(figure: Bars) -> Table:
    table = Table.grid(padding=(0, 1))
    most = max(map(abs, figure.values), default=0.0) or 1.0
    for name, value in list(zip(figure.names, figure.values, strict=True))[:SHOWN_BARS]:
        table.add_row(escape(name), f"{value:.4g}", "━" * round(abs(value) / most * BAR_WIDTH))
    return table


def _samples(figure: Samples) -> Table:
    table = Table.grid(padding=(0, 1))
    for heading, text in figure.entries[:SHOWN_SAMPLES]:
        table.add_row(escape(heading), escape(text))
    return table
