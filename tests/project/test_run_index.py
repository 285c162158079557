"""The list of runs: quick for thousands, true after every change, and one damaged record hides no other."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import msgspec
import pytest

from studio.project import record
from studio.project.record import RunRecord
from studio.project.run_index import RunIndex
from studio.project.seeds import spreads, verdict


def make(folder: Path, number: int, **changes: object) -> Path:
    path = folder / "runs" / f"{number:04d}"
    path.mkdir(parents=True)
    made = RunRecord(number=number, started="2026-03-10T12:00:00+00:00", status="finished", score=0.5)
    (path / record.NAME).write_bytes(msgspec.json.encode(msgspec.structs.replace(made, **changes)))
    return path


def folders(folder: Path) -> list[tuple[int, Path]]:
    return [(int(p.name), p) for p in sorted((folder / "runs").iterdir())]


def test_what_changed_is_read_again_and_the_rest_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        make(tmp_path, number)
    RunIndex(tmp_path, True).read(folders(tmp_path))
    (tmp_path / "runs" / "0002" / record.NAME).write_bytes(
        msgspec.json.encode(RunRecord(number=2, status="finished", note="a longer record"))
    )
    opened: list[Path] = []
    real = record.read

    def counted(folder: Path, *rest: object) -> RunRecord:
        opened.append(folder)
        return real(folder, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(record, "read", counted)
    found = RunIndex(tmp_path, True).read(folders(tmp_path))
    assert [one.record.note for one in found] == ["", "a longer record"]
    assert [path.name for path in opened] == ["0002"]


def test_a_damaged_record_hides_no_other(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        make(tmp_path, number)
    (tmp_path / "runs" / "0002" / record.NAME).write_bytes(b"{")
    index = RunIndex(tmp_path, True)
    for _ in range(2):
        found = [one.record for one in index.read(folders(tmp_path))]
        assert [bool(r.broken) for r in found] == [False, True, False]


def test_a_damaged_index_is_made_anew(tmp_path: Path) -> None:
    make(tmp_path, 1)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "runs.json").write_text("nonsense")
    assert len(RunIndex(tmp_path, True).read(folders(tmp_path))) == 1
    assert RunIndex(tmp_path, True)._loaded().keys() == {1}


def test_a_thousand_runs_that_are_known_are_listed_at_once(tmp_path: Path) -> None:
    for number in range(1, 1001):
        make(tmp_path, number)
    RunIndex(tmp_path, True).read(folders(tmp_path))
    began = perf_counter()
    assert len(RunIndex(tmp_path, True).read(folders(tmp_path))) == 1000
    assert perf_counter() - began < 0.3


def scored(number: int, score: float, group: int | None = None) -> RunRecord:
    return RunRecord(number=number, status="finished", score=score, group=group)


def words(value: float) -> str:
    return f"{100 * value:.1f} %"


def test_a_difference_is_judged_by_the_spread_over_seeds() -> None:
    repeated = [scored(1, 0.90), scored(2, 0.91, 1), scored(3, 0.92, 1)]
    known = spreads([*repeated, scored(4, 0.97), scored(5, 0.92)])
    assert known[1].runs == (1, 2, 3)
    assert known[1].deviation == pytest.approx(0.01)
    assert "a real difference" in verdict(repeated[0], scored(4, 0.97), known, words)
    assert "noise" in verdict(repeated[0], scored(5, 0.92), known, words)
    assert "luck" in verdict(repeated[0], repeated[2], known, words)
    assert "once one of them was repeated" in verdict(scored(7, 0.9), scored(8, 0.8), {}, words)
    assert verdict(scored(7, 0.9), RunRecord(number=8), {}, words) == ""
