"""What the Ship page says: commands as they are typed, the rows of a proof sheet, answers. No widgets."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.engine import messages as m
from studio.project import RunRecord
from studio.project.scores import percent
from studio.ui.widgets.words import plural

_NAME = 80  # letters of an input's name
COLUMNS = ("Input", "Answer", "Sure", "To know")
USABLE = ("finished", "stopped")


@dataclass(frozen=True)
class ProofRow:
    """One line of a proof sheet; `good` None where it is no question of good or bad."""

    name: str
    value: str
    good: bool | None = None


def usable_run(runs: list[RunRecord], shown: int | None) -> int | None:
    """The run that is shipped: the one that Results shows, else the newest that ended well."""
    if shown is not None:
        return shown
    done = [r.number for r in runs if r.status in USABLE and not r.broken]
    return done[-1] if done else None


def default_folder(project: Path, run: int, format: str) -> Path:
    """Where an export goes unless a person says otherwise: into the run's own folder."""
    return project / "runs" / f"{run:04d}" / "export" / format


def export_command(project: Path, format: str, folder: Path, run: int | None = None) -> str:
    """``thaw export PROJECT --format onnx --to FOLDER``; names the run where it is not the newest."""
    words = ["thaw", "export", str(project), "--format", format, "--to", str(folder)]
    if run is not None:
        words += ["--run", str(run)]
    return shlex.join(words)


def predict_command(bundle: Path) -> str:
    """``thaw predict BUNDLE photos/``."""
    return f"{shlex.join(['thaw', 'predict', str(bundle)])} FILE_OR_FOLDER"


def proof_rows(proof: m.Proof) -> tuple[ProofRow, ...]:
    """The proof sheet line by line."""
    return (
        ProofRow("Compared", plural(proof.items, "item")),
        ProofRow("Agreement", percent(proof.agreement), proof.agreement >= 1.0 or proof.passed),
        ProofRow("Largest difference", _small(proof.largest_difference), proof.passed),
        ProofRow("Time on the CPU", f"{_ms(proof.latency_ms)} per item"),
        ProofRow("Size", size(proof.size_bytes)),
    )


def size(count: int) -> str:
    """``4.8 MB``."""
    if count < 1024:
        return f"{count} bytes"
    return f"{count / 1024:.0f} KB" if count < 1024**2 else f"{count / 1024**2:.1f} MB"


def input_name(given: str) -> str:
    """What an input is called: a file's name without its folder, ``new.csv row 3``, the beginning of a text."""
    text = " ".join(given.split())
    short = text if "\n" in given else text.replace("\\", "/").rpartition("/")[2]
    return short if len(short) <= _NAME else f"{short[:_NAME]}…"


def answer_lines(answer: str) -> str:
    """Each part of an answer that lists several things on a line of its own."""
    return answer.replace("; ", "\n")


def answer_rows(
    found: Sequence[m.Prediction],
) -> tuple[tuple[str, ...], tuple[tuple[str | int | float | None, ...], ...]]:
    """Columns and rows of answers: the input, the answer (a number as one), how sure, what there is to know."""
    numbers = [_number(p.answer) for p in found]
    good = [n for n, p in zip(numbers, found, strict=True) if not p.problem]
    is_number = bool(good) and all(n is not None for n in good) and not any(p.scores for p in found)
    rows = tuple(
        (
            input_name(p.input),
            (None if p.problem else n) if is_number else (p.answer or "no answer"),
            None if is_number else dict(p.scores).get(p.answer),
            p.problem or p.note,
        )
        for p, n in zip(found, numbers, strict=True)
    )
    keep = [at for at in range(4) if at < 2 or any(row[at] not in (None, "") for row in rows)]
    return tuple(COLUMNS[at] for at in keep), tuple(tuple(row[at] for at in keep) for row in rows)


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def answers_words(found: m.Predicted) -> str:
    """``12 answers · 41 ms per item on the CPU``."""
    good = sum(1 for p in found.predictions if not p.problem)
    bad = len(found.predictions) - good
    parts = [plural(good, "answer"), f"{_ms(found.latency_ms)} per item on the CPU" if good else ""]
    parts.append(f"{bad:,} could not be read" if bad else "")
    return " · ".join(p for p in parts if p)


def _ms(value: float) -> str:
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def _small(value: float) -> str:
    return "none" if value == 0 else f"{value:.1e}" if value < 0.001 else f"{value:.3g}"
