"""Answers for new items, and exports. Must not import torch, pandas or numpy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from studio.engine import messages as m
from studio.errors import UserError
from studio.ui.actions.context import Context


class Ship(QObject):
    """Both work with the run that Results shows, else with the newest one that has a model."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self.context = context

    def predict(self, inputs: Sequence[Path | str]) -> None:
        """Answer for files, folders, or items as typed."""
        if inputs:
            self.context.client.submit(m.Predict(run=self._run(), inputs=tuple(str(path) for path in inputs)))

    def export(self, format: str, folder: Path) -> None:
        """Write the run's model."""
        self.context.client.submit(m.Export(run=self._run(), format=format, folder=str(folder)))

    def _run(self) -> int:
        project = self.context.project()
        shown = self.context.store.results_run
        if shown is not None:
            return shown
        for record in reversed(self.context.store.runs):
            if not record.broken and project.run(record.number).model_path.exists():
                return record.number
        raise UserError("There is no trained model yet.", "Train first.")
