"""What an apply moved, kept beside the removed files: `trash/0003/manifest.json`. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from studio.project import atomic
from studio.project.ledger import Step


def folder_of(project: Path, apply_id: int) -> Path:
    """The trash folder of an apply."""
    return project / "trash" / f"{apply_id:04d}"


def write_manifest(project: Path, apply_id: int, steps: Sequence[Step]) -> None:
    """Replace the list of an apply's moves by how they stand; raises like `atomic.write_bytes`."""
    folder = folder_of(project, apply_id)
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{**msgspec.structs.asdict(step.move), "state": step.state} for step in steps]
    text = msgspec.json.format(msgspec.json.encode({"apply": apply_id, "files": rows}), indent=1)
    atomic.write_bytes(folder / "manifest.json", text + b"\n")
