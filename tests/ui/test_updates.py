"""What the engine says becomes what pages show; each signal at most once a tick."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from studio.engine import messages as m
from studio.ui.app import Studio
from studio.ui.store import JobView


@pytest.fixture
def opened(studio: Studio, project_folder: Path, wait_for) -> Studio:
    studio.actions.open_project(project_folder)
    wait_for(lambda: studio.store.findings is not None and studio.store.job is None)
    return studio


def counted(signal_) -> list[int]:
    calls: list[int] = []
    signal_.connect(lambda: calls.append(1))
    return calls


def batches(first: int) -> m.Batches:
    return m.Batches(
        run=1, stage=0, epoch=0, first=first, losses=(1.0,), smooth=(1.0,), lrs=(1e-3,), momentums=(0.9,),
        items_per_second=10.0, seconds_left=3.0,
    )  # fmt: skip


def test_many_events_of_a_tick_make_one_signal(studio: Studio):
    drawn = counted(studio.store.runChanged)
    started = m.RunStarted(run=1, stages=(), metrics=(), device="cpu", precision="fp32")
    studio.updates.take_in((started, *(batches(n) for n in range(500))))
    assert len(drawn) == 1
    assert len(studio.store.live.steps) == 500


def test_progress_belongs_to_the_running_job_only(studio: Studio):
    studio.store.job = JobView(7, "Check")
    studio.updates.take_in(
        (m.Progress(job=6, text="old", done=1, total=2), m.Progress(job=7, text="new", done=1, total=2))
    )
    assert studio.store.job.text == "new"


def test_a_failure_is_shown_on_its_page_and_as_a_notice_until_it_works_again(studio: Studio):
    studio.updates._what[3] = "Scan"
    studio.updates.take_in(
        (m.Failed(job=3, message="No photos.", hint="Choose another folder.", detail="Traceback"),)
    )
    assert studio.store.scan_error.message == "No photos."
    assert [(n.text, n.hint) for n in studio.store.notices] == [("No photos.", "Choose another folder.")]
    studio.updates._what[4] = "Scan"
    studio.updates.take_in((m.Scanned(job=4, n_train=1, n_valid=1, classes=(), samples=()), m.Done(job=4)))
    assert studio.store.scan_error is None
    assert studio.store.notices == []


def test_the_finder_grows_and_keeps_earlier_curves(studio: Studio):
    points = m.RatePoints(stage=0, lrs=(1e-6, 1e-5), losses=(1.0, None), smooth=(1.0, 1.0))
    studio.updates._job_sent(m.FindRate(job=1))
    studio.updates.take_in((points, points))
    assert len(studio.store.rate.lrs) == 4 and studio.store.rate.running
    found = m.RateFound(
        stage=0, freeze=True, batch_size=8, size=64, lrs=(1e-6,), losses=(1.0,), smooth=(1.0,), suggestions=(),
        groups=("body",), trainable=(True,),
    )  # fmt: skip
    studio.updates.take_in((found, m.Done(job=1)))
    assert studio.store.rate.found == found and not studio.store.rate.running
    studio.updates._job_sent(m.FindRate(job=2))
    assert studio.store.rate.earlier == (found,) and studio.store.rate.found is None


def test_results_are_asked_for_when_a_run_ends_well(opened: Studio, wait_for):
    sent: list[m.Command] = []
    opened.client.jobSent.connect(sent.append)
    opened.actions.train()
    wait_for(lambda: any(isinstance(command, m.Evaluate) for command in sent))
    assert opened.store.live.done.status == "finished"


def test_an_engine_killed_in_training_leaves_the_run_interrupted_and_offers_to_go_on(
    opened: Studio, wait_for
):
    project = opened.store.project
    run = project.new_run(project.recipe)
    (run.path / "checkpoint-20.safetensors").write_bytes(b"")
    (run.path / "checkpoint-20.json").write_text("{}")
    opened.actions.train()
    wait_for(lambda: opened.store.live is not None and len(opened.store.live.steps) > 3)
    os.kill(opened.store.greeting.pid, signal.SIGKILL)
    wait_for(lambda: opened.store.engine_state == "died")
    notice = opened.store.notices[0]
    assert notice.text.startswith("The engine stopped: killed by signal 9")
    assert notice.hint.startswith("The last checkpoint is from ")
    assert notice.wanted == ("resume", 1)
    assert opened.store.live.state == "interrupted"
    assert opened.store.job is None
    assert opened.window.header.state().kind == "lost"
    opened.actions.mend(0)
    wait_for(lambda: opened.store.engine_state in ("ready", "busy") and opened.store.live.active)
    assert opened.store.live.resumes == [10]


def test_an_engine_killed_between_jobs_can_be_started_again(opened: Studio, wait_for):
    os.kill(opened.store.greeting.pid, signal.SIGKILL)
    wait_for(lambda: opened.store.engine_state == "died")
    assert opened.store.notices[0].wanted == ("restart_engine",)
    opened.actions.mend(0)
    wait_for(lambda: opened.store.engine_state == "ready")


def test_three_fits_grow_point_by_point_and_keep_their_answer(studio: Studio):
    asked = m.TryRates(job=5, stage=1, max=1e-3, min=1e-5)
    studio.updates._job_sent(asked)
    assert studio.store.trials.running
    points = [m.TrialPoints(job=5, stage=1, trial=n % 3, steps=20, losses=(float(n),)) for n in range(4)]
    drawn = counted(studio.store.rateChanged)
    studio.updates.take_in(tuple(points))
    assert studio.store.trials.losses == ([0.0, 3.0], [1.0], [2.0])
    assert len(drawn) == 1
    studio.updates.take_in((m.Cancelled(job=5),))
    assert not studio.store.trials.running
    assert studio.store.trials.tried is None
