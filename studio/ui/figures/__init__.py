"""The figures of a run's results: one module per kind, each a view of plain data.

To add a kind: a struct in `studio/project/results.py`, a module here with `View` (see README.md), a line in `KINDS`.
A view's module is imported with its first figure, so that a page without plots never loads pyqtgraph.
Must not import: pages, the store, torch, pandas.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from studio.project.results import Bars, Figure, Grid, Pictures, Samples, Scatter
from studio.ui.figures.base import FigureCard, FigureView

KINDS: tuple[tuple[type[Figure], str], ...] = (
    (Grid, "grid"),
    (Bars, "bars"),
    (Scatter, "scatter"),
    (Samples, "samples"),
    (Pictures, "pictures"),
)


def figure_card(figure: Figure, folder: Path | None = None) -> FigureCard:
    """Make the card of a figure; `folder` is the run's, where files of `Pictures` lie."""
    module = next(name for kind, name in KINDS if isinstance(figure, kind))
    view: FigureView = import_module(f"studio.ui.figures.{module}").View(figure, folder)
    return FigureCard(figure.title, view)


__all__ = ["KINDS", "FigureCard", "FigureView", "figure_card"]
