"""One run on disk: its recipe, record, events, results, checkpoints and model. No torch, no Qt.

```
runs/0007/  recipe.toml  run.json  edits.json  events.jsonl  results.json
            checkpoint-120.safetensors + .json (two kept)  model.safetensors
```
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from studio.engine.messages import AnyEvent, Event, decode_event, encode
from studio.project import atomic, record
from studio.project.marks import Mark
from studio.project.processes import myself
from studio.project.record import RunRecord
from studio.project.results import Results
from studio.recipe import io
from studio.recipe.schema import Recipe

_CHECKPOINT = re.compile(r"checkpoint-(\d+)\.safetensors")


class RunFolder:
    """A run's folder; cheap to make, reads the disk when asked.

    Attributes
    ----------
    number : int
        The run's number, which is never used again.
    path : Path
        The folder.
    """

    def __init__(self, path: Path, number: int, writable: bool = True) -> None:
        self.path = path
        self.number = number
        self._writable = writable
        self._is_torn: bool | None = None

    @property
    def recipe(self) -> Recipe:
        """The recipe as it was run."""
        return io.load(self.path / "recipe.toml")

    def save_recipe(self, recipe: Recipe) -> None:
        """Replace the recipe: stages to come were changed while it trained. Raises like `io.save`."""
        io.save(self.path / "recipe.toml", recipe)

    def record(self) -> RunRecord:
        """Read the record; a damaged one comes back with a sentence in `broken`."""
        return record.read(self.path, self.number, bool(self.checkpoints()), self._writable)

    def update_record(self, **changes: Any) -> RunRecord:
        """Change fields of the record at once; who sets `status` to training becomes its writer."""
        updated = record.changed(self.record(), changes, myself())
        record.write(self.path, updated)
        return updated

    def append(self, event: Event) -> None:
        """Keep an event; it survives the end of this process.

        Raises
        ------
        UserError
            Where the disk is full or the folder cannot be written.
        """
        path = self.path / "events.jsonl"
        line = encode(event)
        try:
            with path.open("ab", buffering=0) as file:
                file.write(b"\n" + line if self._ends_torn(path) else line)
        except OSError as error:
            self._is_torn = None
            raise atomic.disk_error(error, path) from error
        self._is_torn = False

    def events(self) -> Iterator[AnyEvent]:
        """Read the events; a torn last line and lines of other versions are left out."""
        try:
            file = (self.path / "events.jsonl").open("rb")
        except FileNotFoundError:
            return
        with file:
            for line in file:
                with suppress(msgspec.DecodeError, UnicodeDecodeError):
                    yield decode_event(line)

    @property
    def marks_snapshot(self) -> dict[str, Mark]:
        """The cleaning marks that this run was trained with."""
        path = self.path / "edits.json"
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Mark]) if path.exists() else {}

    def save_marks(self, marks: dict[str, Mark]) -> None:
        """Keep the marks that this run is trained with."""
        atomic.write_bytes(self.path / "edits.json", msgspec.json.encode(marks))

    def results(self) -> Results | None:
        """Read the results; None where there are none yet. Damaged ones are moved aside, to be made again."""
        path = self.path / "results.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=Results)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError:
            if self._writable:
                path.replace(path.with_name("results.json.broken"))
            return None

    def save_results(self, results: Results) -> None:
        """Replace the results; raises like `atomic.write_bytes`."""
        atomic.write_bytes(self.path / "results.json", msgspec.json.encode(results))

    @property
    def model_path(self) -> Path:
        """Where the trained weights are, or will be."""
        return self.path / "model.safetensors"

    def checkpoints(self) -> list[Path]:
        """The weights of whole checkpoints (those with their `.json` beside them), newest first."""
        found = [
            (int(m[1]), p)
            for p in self.path.glob("checkpoint-*.safetensors")
            if (m := _CHECKPOINT.fullmatch(p.name))
        ]
        return [p for _, p in sorted(found, reverse=True) if p.with_suffix(".json").exists()]

    def _ends_torn(self, path: Path) -> bool:
        """Whether the file ends within a line, as a crash leaves it; looked at once."""
        if self._is_torn is None:
            with path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(size - 1, 0))
                self._is_torn = size > 0 and file.read(1) != b"\n"
        return self._is_torn
