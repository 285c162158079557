"""Names that mean one class, as a recipe writes them: `Ant:ant, ANT:ant`. No torch, no Qt."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from studio.errors import UserError


def read_merges(text: str) -> dict[str, str]:
    """Read what each name becomes; a name with a comma in it stands in double quotes.

    Raises
    ------
    UserError
        Where an entry is not name:class.
    """
    found: dict[str, str] = {}
    for entry in next(csv.reader([text], skipinitialspace=True), []):
        name, colon, meaning = (part.strip() for part in entry.rpartition(":"))
        if entry.strip() and not (colon and name and meaning):
            raise UserError(
                f"“{entry.strip()}” cannot be read (merge).",
                "Write name:class for each name, such as Ant:ant, parted by commas.",
                fix="merge",
            )
        if entry.strip():
            found[name] = meaning
    return {name: _end(name, found) for name in found}


def _end(name: str, merges: Mapping[str, str]) -> str:
    """Where a chain of names ends; a name that leads back to itself stays."""
    seen = {name}
    while (following := merges.get(name, name)) not in seen:
        name = following
        seen.add(name)
    return name


def with_merges(text: str, groups: Sequence[Sequence[str]]) -> str:
    """A recipe's merges and more: in each group all names become the first."""
    merges = {**read_merges(text), **{name: group[0] for group in groups for name in group[1:]}}
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow([f"{name}:{meaning}" for name, meaning in merges.items()])
    return written.getvalue()
