"""Curves for other tools: the table, and event files that TensorBoard's own format reads back."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from studio.engine import messages as m
from studio.errors import UserError
from studio.project import RunFolder
from studio.project.curves_export import export
from studio.project.record import RunRecord, write
from studio.project.tensorboard_file import crc32c


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = tmp_path / "runs" / "0003"
    folder.mkdir(parents=True)
    write(folder, RunRecord(number=3, started="2026-03-10T12:00:00+00:00", status="finished"))
    made = RunFolder(folder, 3)
    plan = (m.StagePlan(0, True, 1, 224, 8, 3, None, 1e-2),)
    made.append(m.RunStarted(run=3, stages=plan, metrics=("accuracy",), device="cpu", precision="fp32"))
    made.append(
        m.Batches(
            run=3, stage=0, epoch=0, first=0, losses=(1.0, None, 0.5), smooth=(1.0, 0.9, 0.75), lrs=(1e-3, 1e-2, 1e-4),
            momentums=(0.95, 0.85, 0.95), items_per_second=10.0, seconds_left=0.0,
        )
    )  # fmt: skip
    made.append(
        m.EpochDone(
            run=3,
            stage=0,
            epoch=0,
            step=3,
            train_loss=0.75,
            valid_loss=0.6,
            metrics={"accuracy": 0.875},
            seconds=6.0,
        )
    )
    return made


def test_the_table_has_a_line_for_each_batch_and_the_epoch_on_its_last(
    run: RunFolder, tmp_path: Path
) -> None:
    lines = export(run, "csv", tmp_path / "out").read_text().splitlines()
    assert lines[0].startswith("batch,training loss,smoothed loss,rate,momentum")
    assert lines[2] == "2,,0.9,0.01,0.85,,,"
    assert lines[3] == "3,0.5,0.75,0.0001,0.95,0.75,0.6,0.875"


def records(path: Path) -> list[bytes]:
    """The messages of an event file, their check sums verified."""
    data, found = path.read_bytes(), []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        message = data[12 : 12 + length]
        for part, at in ((data[:8], 8), (message, 12 + length)):
            value = crc32c(part)
            masked = ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF
            assert struct.unpack("<I", data[at : at + 4])[0] == masked
        found.append(message)
        data = data[16 + length :]
    return found


def test_event_files_are_read_by_the_formats_own_definition(run: RunFolder, tmp_path: Path) -> None:
    event_pb2 = pytest.importorskip("tensorboardX.proto.event_pb2")
    path = export(run, "tensorboard", tmp_path / "out")
    assert path.parent.name == "run-0003" and "tfevents" in path.name
    events = [event_pb2.Event.FromString(message) for message in records(path)]
    assert events[0].file_version == "brain.Event:2"
    told = {(e.step, v.tag): v.simple_value for e in events[1:] for v in e.summary.value}
    assert told[1, "loss/train_batch"] == 1.0
    assert (2, "loss/train_batch") not in told
    assert told[3, "metric/accuracy"] == 0.875
    assert told[3, "loss/valid"] == pytest.approx(0.6)
    times = [e.wall_time for e in events[1:]]
    assert times == sorted(times) and times[-1] - times[0] == pytest.approx(4.0)


def test_the_check_sum_is_that_of_the_standard() -> None:
    assert crc32c(b"123456789") == 0xE3069283


def test_a_run_without_curves_and_an_unknown_format_are_refused(run: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be exported"):
        export(run, "xml", tmp_path)
    (run.path / "events.jsonl").unlink()
    with pytest.raises(UserError, match="no curves"):
        export(run, "csv", tmp_path)
