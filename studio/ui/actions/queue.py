"""The queue of runs: what waits is kept in the project, what is due is trained as soon as the engine is free.

A run that failed stays with its reason and the next one begins; the person is told once all is done. Where the engine
ends under a run, a fresh one goes on with it, once; where it ends again, that run has failed.
Must not import torch, pandas or numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from studio.engine import messages as m
from studio.errors import UserError
from studio.project import Project
from studio.project.differences import variation
from studio.project.queue import Entry
from studio.ui.actions.context import Context
from studio.ui.widgets.words import plural

_ENDED_WELL = ("finished", "stopped")


class QueueOfRuns(QObject):
    """Lines runs up, and trains them one after the other while `store.queue_going`."""

    def __init__(self, context: Context, did: Any, parent: QObject) -> None:
        super().__init__(parent)
        self.context, self._did = context, did
        self._entry: Entry | None = None
        self._job = 0
        self._counts = [0, 0]  # done, failed since it was started
        self._cut_off: set[int] = set()  # entries under which the engine ended
        self._before: tuple[Entry, ...] | None = None
        context.client.eventsArrived.connect(self._heard)
        context.store.jobChanged.connect(self._look)
        context.store.projectChanged.connect(self._read_anew)
        context.client.stateChanged.connect(self._engine_changed)

    # -- edits
    def add(self, values: dict[str, Any]) -> None:
        """Put the project's recipe, with some fields changed, at the end."""
        from studio.recipe import edit

        project = self.context.own_project()
        base = project.recipe
        recipe = edit.with_values(base, project.problem, values)
        project.problem.options_of(recipe)
        title = variation(recipe, base)
        project.queue.add(title, recipe=recipe)
        self._read()
        self._did(f"Added to the queue: {title}.", "")

    def repeat(self, run: int, times: int) -> None:
        """Train a run again from other seeds, so that luck can be told from gain."""
        project = self.context.own_project()
        base = project.run(run).recipe.seed
        for number in range(1, times + 1):
            project.queue.add(f"Run {run} again, seed {base + number}", repeat=run, seed=base + number)
        self._read()
        self.start()

    def remove(self, number: int) -> None:
        """Take an entry out; can be undone."""
        queue = self.context.own_project().queue
        before, title = queue.entries(), queue.entry(number).title
        queue.remove(number)
        self._before = before
        self._read()
        self._did(f"Taken from the queue: {title}.", "undo_queue")

    def move(self, number: int, place: int) -> None:
        """Put an entry at a place."""
        self.context.own_project().queue.move(number, place)
        self._read()

    def again(self, number: int) -> None:
        """Let a failed entry wait anew."""
        self.context.own_project().queue.again(number)
        self._read()
        self._look()

    def undo(self) -> None:
        """Put back what was taken out last."""
        if self._before is not None:
            self.context.own_project().queue.restore(self._before)
            self._before = None
            self._read()

    # -- going
    def start(self) -> None:
        """Train what waits, one after the other."""
        if self.context.own_project().queue.next() is None:
            raise UserError("No run waits in the queue.", "Add one first.")
        self._counts, self._cut_off = [0, 0], set()
        self._set_going(True)
        self._look()

    def pause(self) -> None:
        """Begin no further run; the one that trains goes on."""
        self._set_going(False)

    def _set_going(self, going: bool) -> None:
        self.context.store.queue_going = going
        self.context.store.queueChanged.emit()

    @Slot()
    def _look(self) -> None:
        """Begin the next run where the engine is free for it."""
        store = self.context.store
        if not store.queue_going or self._entry is not None or store.busy or store.project is None:
            return
        entry = store.project.queue.next()
        if entry is None:
            self._all_done()
            return
        self._entry = entry
        store.project.queue.change(entry.id, status="running")
        self._job = self.context.client.submit(self._command(entry))
        self._read()

    def _command(self, entry: Entry) -> m.Command:
        """Go on with a run that was cut off, else a new one."""
        project = self.context.project()
        if entry.run is not None and _goes_on(project, entry.run):
            return m.Train(resume=entry.run)
        if entry.repeat is not None:
            return m.Train(repeat=entry.repeat, seed=entry.seed)
        return m.Train(recipe=entry.recipe or project.recipe)

    @Slot(object)
    def _heard(self, events: Sequence[m.Event]) -> None:
        for event in events:
            if self._entry is not None and event.job == self._job:
                self._follow(event, self._entry)
        self._look()  # the run and its job may have ended at once

    def _follow(self, event: m.Event, entry: Entry) -> None:
        if isinstance(event, m.RunStarted):
            self._change(entry, run=event.run)
        elif isinstance(event, m.RunDone) and event.status == "failed":
            self._failed(entry, event.message)
        elif isinstance(event, m.RunDone) and event.status != "interrupted":
            self._leave(entry, well=event.status in _ENDED_WELL)
        elif isinstance(event, m.Failed):
            self._failed(entry, event.message)
        elif isinstance(event, m.Cancelled):
            self._change(entry, status="waiting")
            self._let_go()

    def _leave(self, entry: Entry, well: bool) -> None:
        project = self.context.store.project
        if project is not None and any(e.id == entry.id for e in project.queue.entries()):
            project.queue.done(entry.id)
        self._counts[0] += well
        self._let_go()

    def _failed(self, entry: Entry, why: str) -> None:
        self._change(entry, status="failed", error=why)
        self._counts[1] += 1
        self._let_go()

    def _change(self, entry: Entry, **changes: Any) -> None:
        project = self.context.store.project
        if project is not None and any(e.id == entry.id for e in project.queue.entries()):
            project.queue.change(entry.id, **changes)
            self._read()

    def _let_go(self) -> None:
        self._entry, self._job = None, 0
        self._read()

    def _all_done(self) -> None:
        self._set_going(False)
        done, failed = self._counts
        words = f"The queue is done: {plural(done, 'run')} trained" + (
            f", {failed} failed." if failed else "."
        )
        self.context.notices.say("warning" if failed else "info", words)
        self.context.store.queue_words = words
        self.context.store.queueDone.emit()

    @Slot()
    def _engine_changed(self) -> None:
        if self.context.client.state in ("died", "off") and self._entry is not None:
            QTimer.singleShot(0, self, self._engine_gone)  # whoever starts a fresh one has then done so

    @Slot()
    def _engine_gone(self) -> None:
        """The engine ended under a run: by itself, or because somebody wanted it to."""
        entry, state = self._entry, self.context.client.state
        if entry is None or self._goes_on_elsewhere(entry):
            return
        if state != "died":
            self._let_go()
            self._set_going(False)
        elif entry.id in self._cut_off:
            self._failed(entry, self.context.client.words)
        else:
            self._cut_off.add(entry.id)
            self._let_go()
        self._look()

    def _goes_on_elsewhere(self, entry: Entry) -> bool:
        """Whether the run of an entry that ran out of memory is to be resumed in a fresh engine already."""
        client, project = self.context.client, self.context.store.project
        if project is None or (run := project.queue.entry(entry.id).run) is None:
            return False
        for command in (client.job, *client.waiting()):
            if isinstance(command, m.Train) and command.resume == run:
                self._job = command.job
                return True
        return False

    @Slot()
    def _read_anew(self) -> None:
        self._entry, self._job, self._before = None, 0, None
        if self.context.store.queue_going:
            self._set_going(False)
        self._read()

    def _read(self) -> None:
        store = self.context.store
        queue = store.project.queue if store.project is not None else None
        store.queue = queue.entries() if queue is not None else ()
        if queue is not None and queue.notice:
            self.context.notices.say("warning", queue.notice)
        store.queueChanged.emit()


def _goes_on(project: Project, run: int) -> bool:
    """Whether a run was cut off and can be resumed."""
    try:
        return project.run(run).record().resumable
    except UserError:  # it was thrown away
        return False
