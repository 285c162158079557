"""Reads from disk what the store shows of runs, off the window's thread: their list, and the results of one.

Must not import torch or numpy.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot

from studio.engine import messages as m
from studio.project import Project, RunRecord
from studio.project.run_index import Known
from studio.ui.background import in_background
from studio.ui.client import EngineClient
from studio.ui.notices import Notices
from studio.ui.store import Store


class Reading(QObject):
    """Reads, and writes the store."""

    def __init__(self, store: Store, client: EngineClient, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._client, self._notices = store, client, notices
        self._reading_runs = False
        self._runs_stale = False

    def read_runs(self) -> None:
        """Read the runs' records again; requests while reading are joined into one."""
        if self._reading_runs:
            self._runs_stale = True
            return
        project = self._store.project
        if project is None:
            return
        self._reading_runs, self._runs_stale = True, False
        in_background(self, lambda: records_of(project), self._runs_read, self._runs_unread)

    @Slot(object)
    def _runs_read(self, answer: tuple[Project, list[Known]]) -> None:
        self._reading_runs = False
        project, known = answer
        if project is self._store.project:
            take_runs(self._store, known)
            self._store.runsChanged.emit()
        if self._runs_stale or project is not self._store.project:
            self.read_runs()

    @Slot(object)
    def _runs_unread(self, error: Exception) -> None:
        self._reading_runs = False
        self._notices.say("warning", "The list of runs could not be read.", detail=repr(error))

    def judge(self, run: int) -> None:
        """Let a new model answer for every item; nothing is left to judge one that was trained on everything."""
        live = self._store.live
        if live is not None and live.run == run and live.everything:
            self.read_results(run)
        else:
            self._client.submit(m.Evaluate(run=run))

    def read_results(self, run: int) -> None:
        """Read a run's results and show them; they are made first where there are none."""
        project = self._store.project
        if project is not None:
            folder = project.run(run)
            in_background(
                self,
                lambda: (project, folder.record(), folder.results()),
                self._results_read,
                self._results_unread,
            )

    @Slot(object)
    def _results_read(self, answer: tuple[Project, RunRecord, Any]) -> None:
        project, record, results = answer
        if project is not self._store.project:
            return
        if results is None and record.everything is None:
            self._client.submit(m.Evaluate(run=record.number))
            return
        self._store.results, self._store.results_run = results, None if results is None else record.number
        self._store.resultsChanged.emit()

    @Slot(object)
    def _results_unread(self, error: Exception) -> None:
        self._notices.say("error", "The results could not be read.", "Evaluate the run again.", repr(error))


def take_runs(store: Store, known: list[Known]) -> None:
    """Put the list of runs into the store."""
    store.runs = [one.record for one in known]
    store.plans = {one.record.number: one.plan for one in known}
    store.sparks = {one.record.number: one.spark for one in known}


def records_of(project: Project) -> tuple[Project, list[Known]]:
    """What the list shows of the runs."""
    return project, project.overview()
