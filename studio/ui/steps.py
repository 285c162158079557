"""The pages of the window, in order. To add one: a module in `pages/` and a line here.

A page's module is imported when it is first shown, so that the window paints before any of them.
Must not import a page, torch, pandas, numpy or pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from PySide6.QtWidgets import QWidget

from studio.ui.actions import Actions
from studio.ui.store import Store
from studio.ui.window import PageSpec


@dataclass(frozen=True)
class Step:
    """One page: where its class is, and the note shown when it comes to the front."""

    key: str
    title: str
    icon: str
    page: str
    note: str = ""


STEPS = (
    Step("home", "Home", "home", "home.HomePage", "welcome"),
    Step("data", "Data", "data", "data.DataPage", "why-data"),
    Step("rate", "Rate", "rate", "rate.RatePage", "learning-rate"),
    Step("train", "Train", "train", "train.TrainPage", "train"),
    Step("results", "Results", "results", "results.ResultsPage", "results-confusion"),
    Step("clean", "Clean", "clean", "clean.CleanPage", "top-losses-clean"),
    Step("ship", "Ship", "ship", "ship.ShipPage", "ship-cpu"),
    Step("runs", "Runs", "runs", "runs.RunsPage", "runs-compare"),
    Step("notes", "Notes", "notes", "notes.NotesPage"),
    Step("settings", "Settings", "settings", "settings.SettingsPage"),
)
NEEDS_PROJECT = frozenset({"data", "rate", "train", "results", "clean", "ship", "runs"})


def module_of(step: Step) -> Any:
    """Import the page's module."""
    return import_module(f"studio.ui.pages.{step.page.split('.')[0]}")


def page_specs(
    store: Store, actions: Actions, made: Callable[[QWidget], None] | None = None
) -> tuple[PageSpec, ...]:
    """For the window: every page with how to build it; `made` gets each page once it is built."""
    return tuple(
        PageSpec(step.key, step.title, step.icon, _Factory(step, store, actions, made), step.note)
        for step in STEPS
    )


@dataclass(frozen=True)
class _Factory:
    step: Step
    store: Store
    actions: Actions
    made: Callable[[QWidget], None] | None

    def __call__(self) -> QWidget:
        page_class = getattr(module_of(self.step), self.step.page.split(".")[1])
        page: QWidget = page_class(self.store, self.actions)
        if self.made is not None:
            self.made(page)
        return page
