"""Processes that die: the engine under SIGKILL, and the window under SIGKILL with its pipe still held open."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import psutil
import pytest

from studio.engine import messages as m
from studio.engine.control import Control
from studio.engine.session import Session
from studio.project import Project
from tests.engine.conftest import Told, recipe
from tests.engine.process import REPO, Engine

SLOW = {"slow_s": 0.02}

PARENT = """
import subprocess, sys, time
engine = subprocess.Popen([sys.executable, "-m", "tests.engine.toy_engine"], stdin=0, stdout=1)
print(engine.pid, file=sys.stderr, flush=True)
time.sleep(600)
"""


def test_a_killed_engine_leaves_a_run_that_goes_on_as_if_nothing_had_happened(
    make: Callable[..., Project], told: Told
) -> None:
    project, plain = make(recipe(**SLOW)), make(name="plain.thaw")
    engine = Engine("0")
    try:
        engine.send(m.Open(job=1, project=str(project.folder)), m.Train(job=2))
        engine.until(m.Batches, lambda e: e.first > 7)
        engine.process.kill()
        assert engine.process.wait(5) == -signal.SIGKILL
    finally:
        engine.close()
    record = project.runs()[0]
    assert (record.status, record.resumable) == ("interrupted", True)
    done = Session(project, told, Control()).train(resume=record.number)
    Session(plain, Told(), Control()).train()
    assert done.status == "finished"
    assert told.of(m.RunStarted)[0].resumed_step > 7
    assert project.run(1).model_path.read_bytes() == plain.run(1).model_path.read_bytes()


@pytest.mark.skipif(sys.platform != "linux", reason="the system's word that a parent is gone")
def test_an_engine_does_not_outlive_a_killed_window_that_left_its_pipe_open(
    make: Callable[..., Project],
) -> None:
    """Another process may have inherited the window's end of the pipe, so that no end of file comes."""
    project = make(recipe(**SLOW, points=600))
    commands_read, commands = os.pipe()
    events, events_write = os.pipe()
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdin=commands_read,
        stdout=events_write,
        stderr=subprocess.PIPE,
        cwd=REPO,
        env={**os.environ, "PYTHONPATH": str(REPO)},
    )
    os.close(commands_read)
    os.close(events_write)
    try:
        assert parent.stderr is not None
        engine = psutil.Process(int(parent.stderr.readline()))
        os.write(commands, m.encode(m.Open(job=1, project=str(project.folder))) + m.encode(m.Train(job=2)))
        with os.fdopen(events, "rb") as lines:
            for line in lines:
                if b'"Batches"' in line:
                    break
            parent.kill()
            began = time.monotonic()
            engine.wait(10)
            assert time.monotonic() - began < 5
    finally:
        parent.kill()
        parent.wait()
        parent.stderr.close() if parent.stderr else None
        os.close(commands)
    assert project.runs()[0].resumable
