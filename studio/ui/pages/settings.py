"""Settings: few, each with what it means; kept at once. And what this program is made of.

Must not import torch, pandas, numpy, pyqtgraph or another page.
"""

from __future__ import annotations

import platform
from functools import lru_cache
from importlib import metadata
from typing import ClassVar

from PySide6.QtCore import QUrl, Slot, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from studio import __version__, log
from studio.ui.actions import Actions
from studio.ui.pages.base import Page
from studio.ui.preview import preview
from studio.ui.settings import Values
from studio.ui.store import Store
from studio.ui.theme import SIZES
from studio.ui.widgets import (
    Card,
    DimLabel,
    IntSpin,
    SecondaryButton,
    SegmentedControl,
    SelectableLabel,
    SmallLabel,
    row,
    scrolled,
)

_THEMES = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))
_PARTS = (
    "torch",
    "torchvision",
    "fastai",
    "timm",
    "PySide6-Essentials",
    "pyqtgraph",
    "msgspec",
    "onnx",
    "onnxruntime",
)
_WIDEST = 720
_NARROW = 160
_LONGEST = 44


class SettingsPage(Page):
    """The page of settings."""

    key: ClassVar[str] = "settings"
    title: ClassVar[str] = "Settings"
    listens: ClassVar[tuple[str, ...]] = ("engineChanged", "projectChanged")

    def __init__(self, store: Store, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(store, actions, parent)
        self.set_subtitle("Kept at once, on this machine only")
        values = self._values()
        content = QWidget()
        content.setMaximumWidth(_WIDEST)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.gap)
        for card in (self._look(values), self._training(values), self._cache(), self._help(), self._about()):
            layout.addWidget(card)
        layout.addStretch(1)
        self.body.addWidget(scrolled(content), 1)

    def _values(self) -> Values:
        context = getattr(self.do, "context", None)
        return context.settings.values if context is not None else Values()

    def _look(self, values: Values) -> Card:
        card = Card("Look")
        self._theme = SegmentedControl(list(_THEMES), values.theme)
        self._theme.setAccessibleName("Theme")
        self._theme.keyChosen.connect(self.do.choose_theme)
        card.body.addLayout(row(DimLabel("Theme"), self._theme, None, gap=SIZES.gap))
        return card

    def _training(self, values: Values) -> Card:
        card = Card("Training")
        self._minutes = IntSpin(1, 120, values.checkpoint_minutes, unit="min")
        self._minutes.setFixedWidth(_NARROW)
        self._minutes.setAccessibleName("Minutes between checkpoints")
        self._minutes.edited.connect(self._choose_minutes)
        card.body.addLayout(row(DimLabel("Checkpoint every"), self._minutes, None, gap=SIZES.gap))
        words = (
            "A run can go on from its last checkpoint after a crash. One is also written after every epoch."
        )
        card.body.addWidget(SmallLabel(words, wrap=True))
        card.body.addWidget(SmallLabel("This holds from the next start of the engine."))
        return card

    def _cache(self) -> Card:
        card = Card("Prepared data")
        self._place = SelectableLabel("")
        self._open_cache = SecondaryButton("Open the folder", "folder")
        self._open_cache.clicked.connect(self._show_cache)
        words = "What the studio prepares from your files to be faster. It may be deleted at any time."
        card.body.addWidget(DimLabel(words, wrap=True))
        card.body.addWidget(self._place)
        card.body.addLayout(row(self._open_cache, None))
        return card

    def _help(self) -> Card:
        card = Card("When something goes wrong")
        open_ = SecondaryButton("Open the log folder", "folder")
        open_.clicked.connect(self._open_logs)
        restart = SecondaryButton("Restart the engine", "refresh")
        restart.clicked.connect(self.do.restart_engine)
        words = "The log has what a report needs. It names files of yours, so look at it before you send it."
        card.body.addWidget(DimLabel(words, wrap=True))
        card.body.addLayout(row(open_, restart, None))
        return card

    def _about(self) -> Card:
        card = Card("About", f"Thaw Studio {__version__}")
        words = (
            "Free software under the Apache License 2.0. Nothing leaves this machine unless a button says so."
        )
        card.body.addWidget(DimLabel(words, wrap=True))
        self._engine = SelectableLabel("")
        card.body.addWidget(self._engine)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SIZES.page_margin)
        grid.setVerticalSpacing(SIZES.half)
        for line, (name, version, licence) in enumerate(parts()):
            for column, text in enumerate((name, version, licence)):
                grid.addWidget(DimLabel(text), line, column)
        grid.setColumnStretch(2, 1)
        card.body.addLayout(grid)
        return card

    def refresh(self) -> None:
        """Say what the engine runs on, and where prepared data are."""
        self._show_place()
        greeting = self.store.greeting
        python = f"Python {platform.python_version()}, Qt {qVersion()}"
        engine = (
            f", engine on {greeting.device_name} with torch {greeting.torch}" if greeting is not None else ""
        )
        self._engine.setText(f"{python}{engine}")

    def _show_place(self) -> None:
        project = self.store.project
        self._place.setText(
            str(project.cache) if project is not None else "In each project, once one is open."
        )
        self._open_cache.setVisible(project is not None)

    @Slot()
    def _show_cache(self) -> None:
        if self.store.project is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.store.project.cache)))

    @Slot(int)
    def _choose_minutes(self, minutes: int) -> None:
        self.do.change_settings(checkpoint_minutes=minutes)

    @Slot()
    def _open_logs(self) -> None:
        folder = log.folder()
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


@lru_cache(maxsize=1)
def parts() -> tuple[tuple[str, str, str], ...]:
    """Name, version and licence of the main parts that are installed; nothing of them is imported."""
    found = []
    for name in _PARTS:
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        licence = _field(about, "License-Expression") or _short(_field(about, "License"))
        found.append((about["Name"], about["Version"], _cut(licence)))
    return tuple(found)


def _field(about: metadata.PackageMetadata, name: str) -> str:
    return about[name] if name in about else ""  # noqa: SIM401 - it has no get


def _cut(licence: str) -> str:
    """A licence that is a long list of licences ends after the first ones."""
    return licence if len(licence) <= _LONGEST else licence[:_LONGEST].rsplit(" ", 1)[0] + " and others"


def _short(licence: str) -> str:
    first = licence.strip().splitlines()
    return first[0] if first else ""


def fill_sample(store: Store) -> None:
    """Nothing is needed."""


if __name__ == "__main__":
    raise SystemExit(preview(SettingsPage, fill_sample))
