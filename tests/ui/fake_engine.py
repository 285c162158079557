"""An engine without torch: a real process that speaks the protocol, answers quickly and misbehaves on request.

`python fake_engine.py [behaviour]`: "normal", "garbage" (lines that are no events between the answers), "protocol"
(greets with another version), "deaf" (never leaves by itself), "failing" (every job fails), "flood" (2,000 events
a second while it trains). A recipe with the seed `FAILS` fails, one with `TOO_LARGE` runs out of memory at first.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from studio.engine import messages as m

STEP_S = 0.01
EPOCHS, BATCHES = 2, 20
FAILS, TOO_LARGE = 13, 14  # seeds of recipes


class FakeEngine:
    def __init__(self, behaviour: str) -> None:
        self.behaviour = behaviour
        self.commands: queue.Queue[m.AnyCommand | None] = queue.Queue()
        self.job: Iterator[m.Event] | None = None
        self.number = 0
        self.asked: list[str] = []
        self.project: Path | None = None
        threading.Thread(target=self.read, daemon=True).start()

    def read(self) -> None:
        for line in sys.stdin.buffer:
            self.commands.put(m.decode_command(line))
        self.commands.put(None)

    def say(self, event: m.Event) -> None:
        if self.behaviour == "garbage":
            sys.stdout.buffer.write(b"Warning: a library printed this\n{\n")
        sys.stdout.buffer.write(m.encode(event))
        sys.stdout.buffer.flush()

    def run(self) -> None:
        protocol = m.PROTOCOL + 1 if self.behaviour == "protocol" else m.PROTOCOL
        greeting = m.Greeting(
            protocol=protocol,
            studio="0",
            python="3",
            torch="none",
            device="cpu",
            device_name="CPU",
            pid=os.getpid(),
        )
        self.say(greeting)
        print("a line on stderr", file=sys.stderr, flush=True)
        while self.turn():
            pass

    def turn(self) -> bool:
        """One command or one step of the job; False to leave."""
        try:
            command = self.commands.get(timeout=STEP_S)
        except queue.Empty:
            self.step()
            return True
        if command is None or isinstance(command, m.Quit):
            while self.behaviour == "deaf":
                time.sleep(1)
            return False
        self.take(command)
        return True

    def take(self, command: m.AnyCommand) -> None:
        if isinstance(command, m.Open):
            self.project = Path(command.project)
        elif isinstance(command, m.Pause | m.Continue | m.StopKeep | m.Discard | m.Cancel):
            self.asked.append(type(command).__name__)
        else:
            self.asked, self.number = [], command.job
            self.job = self.story(command)

    def step(self) -> None:
        if self.job is None:
            return
        for _ in range(20 if self.behaviour == "flood" else 1):
            event = next(self.job, None)
            if event is None:
                self.job = None
                return
            self.say(_numbered(event, self.number))

    def story(self, command: m.Command) -> Iterator[m.Event]:
        yield m.Started(what=type(command).__name__)
        if self.behaviour == "failing":
            yield m.Failed(
                message="The data could not be read.", hint="Plug in the drive.", detail="Traceback ..."
            )
            return
        yield from STORIES.get(type(command), nothing)(self, command)
        yield m.Cancelled() if "Cancel" in self.asked else m.Done()


def _numbered(event: m.Event, number: int) -> m.Event:
    import msgspec

    return msgspec.structs.replace(event, job=number)


def nothing(engine: FakeEngine, command: m.Command) -> Iterator[m.Event]:
    yield m.Progress(text="Working", done=1, total=1)


def scan(engine: FakeEngine, command: m.Command) -> Iterator[m.Event]:
    classes = (m.ClassCount("ant", 8, 2), m.ClassCount("bee", 8, 2))
    yield m.Scanned(n_train=16, n_valid=4, classes=classes, samples=())


def check(engine: FakeEngine, command: m.Command) -> Iterator[m.Event]:
    yield m.FindingsFound(findings=(m.Finding("tiny", "warning", "Few items", "More would be better."),))


def find_rate(engine: FakeEngine, command: m.FindRate) -> Iterator[m.Event]:
    for i in range(200):
        if "Cancel" in engine.asked:
            return
        lr = (10 ** (-6 + i / 40),)
        yield m.RatePoints(stage=command.stage, lrs=lr, losses=(1.0,), smooth=(1.0,))


def train(engine: FakeEngine, command: m.Train) -> Iterator[m.Event]:
    run = command.resume or 1
    plan = m.StagePlan(
        index=0, freeze=True, epochs=EPOCHS, size=64, batch_size=8, batches=BATCHES, lr_min=None, lr_max=1e-2
    )
    first = 10 if command.resume else 0
    yield m.RunStarted(
        run=run, stages=(plan,), metrics=("accuracy",), device="cpu", precision="fp32", resumed_step=first
    )
    yield m.StageStarted(run=run, stage=0, step=0)
    seed = command.recipe.seed if command.recipe is not None else 0
    if seed == FAILS:
        yield m.RunDone(run=run, status="failed", metrics={}, seconds=1.0, message="The disk is full.")
        return
    if seed == TOO_LARGE:
        yield m.Halved(run=run, stage=0, step=0, batch_size=4, accumulate=2)
        return
    for step in range(first, EPOCHS * BATCHES * (50 if engine.behaviour == "flood" else 1)):
        yield batch(run, step)
        yield from between(engine, run)
        if {"StopKeep", "Discard"} & set(engine.asked):
            break
        if step % BATCHES == BATCHES - 1:
            yield epoch(run, step)
            yield m.Checkpointed(run=run, step=step + 1, seconds=0.1)
    status = (
        "discarded" if "Discard" in engine.asked else "stopped" if "StopKeep" in engine.asked else "finished"
    )
    yield m.RunDone(run=run, status=status, metrics={"valid_loss": 0.2, "accuracy": 0.9}, seconds=1.0)


def between(engine: FakeEngine, run: int) -> Iterator[m.Event]:
    """What happens between two batches: a pause, once."""
    if "Pause" not in engine.asked or "Continue" in engine.asked:
        return
    yield m.RunState(run=run, state="paused")
    while not {"Continue", "StopKeep", "Discard"} & set(engine.asked):
        yield m.Progress(text="Paused")
    yield m.RunState(run=run, state="training")


def batch(run: int, step: int) -> m.Batches:
    loss = (1.0 / (1 + step),)
    return m.Batches(
        run=run, stage=0, epoch=step // BATCHES, first=step, losses=loss, smooth=loss, lrs=(1e-3,), momentums=(0.9,),
        items_per_second=100.0, seconds_left=5.0,
    )  # fmt: skip


def epoch(run: int, step: int) -> m.EpochDone:
    return m.EpochDone(
        run=run, stage=0, epoch=step // BATCHES, step=step + 1, train_loss=0.3, valid_loss=0.2,
        metrics={"accuracy": 0.9}, seconds=0.2,
    )  # fmt: skip


STORIES = {m.Scan: scan, m.Check: check, m.FindRate: find_rate, m.Train: train}

if __name__ == "__main__":
    FakeEngine(sys.argv[1] if len(sys.argv) > 1 else "normal").run()
