"""Intentions that the engine carries out: look at the data, find a rate, train, and what steers a running job.

Must not import torch, pandas or numpy.
"""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QObject, QTimer

from studio.engine import messages as m
from studio.errors import UserError
from studio.hardware import cards
from studio.ui.actions.context import Context

RESCAN_MS = 250
REFRESH_MS = 800  # after marks: several follow each other quickly
_BACKGROUND = ("Scan", "Check", "Preview", "Estimate")


class Jobs(QObject):
    """Commands to the engine. Looking at the data is background work: it gives way to what a person asks for."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self.context = context
        self._rescan = QTimer(self)
        self._rescan.setSingleShot(True)
        self._rescan.timeout.connect(self.scan)
        self._estimate = QTimer(self)
        self._estimate.setSingleShot(True)
        self._estimate.setInterval(RESCAN_MS)
        self._estimate.timeout.connect(self.estimate)

    def scan_soon(self, delay_ms: int = RESCAN_MS) -> None:
        """Look at the data again when no further edit comes for `delay_ms`."""
        self._rescan.start(delay_ms)

    def estimate_soon(self) -> None:
        """Predict the memory again when no further edit comes."""
        self._estimate.start()

    def forget(self) -> None:
        """The project is going: what was to be done soon is not wanted any more."""
        self._rescan.stop()
        self._estimate.stop()

    def scan(self) -> None:
        """Read the data, check it, draw a batch, predict the memory."""
        if self.context.store.project is None:
            return
        self._stop_looking()
        for command in (m.Scan(), m.Preview(), m.Check(), m.Estimate()):
            self.context.client.submit(command, background=True)

    def preview(self, stage: int) -> None:
        """Another augmented batch."""
        self.context.project()
        self.context.client.submit(m.Preview(stage=stage), background=True)

    def estimate(self) -> None:
        """Memory for every stage."""
        self.context.project()
        self.context.client.submit(m.Estimate(), background=True)

    def find_rate(self, stage: int) -> None:
        """Run the finder, for a thawed stage on the weights of the newest run."""
        self.context.own_project()
        self._free_for("find a rate")
        self.context.client.submit(m.FindRate(stage=stage, run=self._starting_run(stage)))

    def try_rates(self, stage: int, lr_max: float, lr_min: float | None) -> None:
        """Three short fits around a rate, on the same weights as the finder."""
        self.context.own_project()
        self._free_for("try rates")
        run = self._starting_run(stage)
        self.context.client.submit(m.TryRates(max=lr_max, min=lr_min, stage=stage, run=run))

    def train(self) -> None:
        """A new run."""
        self.context.own_project()
        self._free_for("train")
        self.context.client.submit(m.Train())

    def resume(self, run: int) -> None:
        """Go on with a run whose curves are already shown."""
        self.context.own_project()
        self._free_for("resume a run")
        self.context.client.submit(m.Train(resume=run))

    def train_everything(self, run: int) -> None:
        """A last run on training and validation items."""
        self.context.own_project()
        self._free_for("train")
        self.context.client.submit(m.Train(everything=run))

    def curve(self, plan: str, seeds: int) -> None:
        """Train on growing parts of the data."""
        self.context.own_project()
        self._free_for("train on parts of the data")
        self.context.client.submit(m.Curve(plan=plan, seeds=seeds))

    def steer(self, command: m.Command) -> None:
        """Pause, go on with or stop the fit; nothing happens where there is none."""
        store = self.context.store
        if store.job is None or not self.context.training():
            return
        self.context.client.control(command)
        if isinstance(command, m.StopKeep | m.Discard):
            store.job = dataclasses.replace(store.job, stopping=True)
            store.jobChanged.emit()

    def free_memory(self) -> None:
        """Interrupt the fit so that its memory is given back: a checkpoint is written and the engine ends."""
        if self.context.training():
            self.context.client.park()

    def cancel(self) -> None:
        """Cancel the job that is not a fit, and what waits behind it."""
        if not self.context.training():
            self.context.client.drop()
            self.context.client.control(m.Cancel())

    def choose_card(self, card: int) -> None:
        """Remember the card and start an engine that sees it alone."""
        self._free_for("change the card")
        self.context.settings.change(card=card)
        cards.choose(card)
        self.context.client.restart()
        self.scan_soon()

    def _free_for(self, words: str) -> None:
        if self.context.training():
            raise UserError(
                f"A run is training, so the studio cannot {words} now.", "Wait for it, or stop it first."
            )
        if self.context.store.job is not None and self.context.store.job.what in ("FindRate", "TryRates"):
            self.context.client.give_up()

    def _stop_looking(self) -> None:
        """Give up what looks at data as they were before the edit."""
        job = self.context.store.job
        if job is not None and job.what in _BACKGROUND:
            self.context.client.give_up()

    def _starting_run(self, stage: int) -> int | None:
        """The run whose weights a later thawed stage starts from; None for the recipe's own."""
        frozen = self.context.project().recipe.training.stages[stage].freeze
        return None if frozen or stage == 0 else self._newest_trained()

    def _newest_trained(self) -> int | None:
        done = [r.number for r in self.context.store.runs if r.status in ("finished", "stopped")]
        return done[-1] if done else None
