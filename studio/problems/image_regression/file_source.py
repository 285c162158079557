"""One target file for every photo: numbers or points as text or JSON. No torch, no Qt.

Text holds numbers; a line of two is a point, and may begin with its name. JSON is a number, a list of numbers or of
pairs, an object of names with either, or labelme's shapes. All files of a folder must agree in number and names.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.dataset.paths import folder_key, is_below, stays_below
from studio.errors import UserError
from studio.problems.image_classification.sources import Labelled, LeftOut
from studio.problems.image_regression.options import Options
from studio.problems.image_regression.table_source import Source, photos_below
from studio.problems.image_regression.targets import (
    NO_NUMBER,
    OTHER_COUNT,
    TEXT,
    Bad,
    Kind,
    Schema,
    Target,
    known_points,
)
from studio.problems.tabular.cells import is_empty, number
from studio.problems.tabular.options import listed

NO_FILE = "it has no target file"
NOT_READ = "its target file cannot be read"
MOST_BYTES = 1_000_000
LOOKED_AT = 200
BETWEEN = re.compile(r"[,;\s]+")


@dataclass(frozen=True)
class Read:
    """What one file says: rows of one number or of two each, and their names where it has any."""

    rows: tuple[tuple[float, ...], ...]
    names: tuple[str, ...]

    @property
    def is_points(self) -> bool:
        """Whether every row is a pair."""
        return all(len(row) == 2 for row in self.rows)


def from_files(root: Path, options: Options) -> Source:
    """Find every photo with a target file.

    Raises
    ------
    UserError
        Where there is no photo, or none with a target file.
    """
    keys, unread = photos_below(root, options)
    read: dict[str, Read] = {}
    left_out: list[LeftOut] = list(unread)
    for key in keys:
        try:
            read[key] = read_file(root, file_of(root, key, options))
        except Bad as bad:
            left_out.append((key, str(bad)))
    if not read:
        raise _none_read(root, options, left_out)
    schema = schema_of(list(read.values()), options)
    targets: dict[str, Target] = {}
    for key, one in read.items():
        try:
            targets[key] = target_in(one, schema)
        except Bad as bad:
            left_out.append((key, str(bad)))
    labelled = tuple(Labelled(key, "") for key in sorted(targets))
    return Source(schema, labelled, targets, tuple(sorted(left_out)))


def file_of(root: Path, key: str, options: Options) -> str:
    """The key of a photo's target file: in the same folder below the target folder, or right in it.

    Raises
    ------
    Bad
        Where there is none.
    """
    folder, photos = folder_key(options.labels), folder_key(options.images)
    stem = key.rpartition(".")[0]
    below = stem[len(photos) :].lstrip("/") if photos and is_below(stem, photos) else stem
    ways = [f"{folder}/{below}", f"{folder}/{stem.rpartition('/')[2]}"] if folder else [stem]
    for way in ways:
        found = f"{way}{options.label_suffix}"
        if (root / found).is_file() and stays_below(root, found):
            return found
    raise Bad(NO_FILE)


def read_file(root: Path, key: str) -> Read:
    """Read a target file; raises `Bad`."""
    path = root / key
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Bad(f"{NOT_READ} (it is far too large)")
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        found = from_json(json.loads(text)) if path.suffix.lower() == ".json" else from_text(text)
    except (OSError, ValueError, RecursionError) as error:
        raise Bad(f"{NOT_READ} ({type(error).__name__})") from error
    if not found.rows:
        raise Bad(NO_NUMBER)
    return found


def from_text(text: str) -> Read:
    """Numbers between spaces, commas or semicolons; a line may begin with a name. Raises `Bad`."""
    rows: list[tuple[float, ...]] = []
    names: list[str] = []
    for line in text.splitlines():
        words = [word for word in BETWEEN.split(line.strip()) if word]
        if not words or words[0].startswith(("#", "{", "}")) or words[0].endswith(":"):
            continue  # an empty line, a remark, or what some formats put around the points
        name = words.pop(0) if len(words) > 1 and _value(words[0]) is None else ""
        values = [_value(word) for word in words]
        if None in values:
            raise Bad(f"{TEXT} ({line.strip()[:40]})")
        rows.append(tuple(v for v in values if v is not None))
        names.append(name)
    if len(rows) == 1 and len(rows[0]) != 2:
        rows, names = [(value,) for value in rows[0]], []
    return Read(tuple(rows), tuple(names) if all(names) else ())


def _value(word: str) -> float | None:
    if is_empty(word):
        return math.nan
    found = number(word)
    return None if found is None or math.isinf(found) else found


def from_json(told: Any) -> Read:
    """What a JSON document says; raises `Bad`."""
    if isinstance(told, dict) and isinstance(told.get("shapes"), list):
        shapes = [one for one in told["shapes"] if isinstance(one, dict) and one.get("shape_type") == "point"]
        told = {str(one.get("label")): next(iter(one.get("points") or []), None) for one in shapes}
    if isinstance(told, dict) and len(told) == 1 and isinstance(next(iter(told.values())), list | dict):
        inner = next(iter(told.values()))
        told = inner if not _is_pair(inner) else told
    if isinstance(told, dict):
        return Read(tuple(_row(value) for value in told.values()), tuple(map(str, told)))
    return Read(tuple(_row(value) for value in (told if isinstance(told, list) else [told])), ())


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(v, int | float) for v in value)


def _row(value: Any) -> tuple[float, ...]:
    if isinstance(value, dict) and {"x", "y"} <= value.keys():
        value = [value["x"], value["y"]]
    values = value if isinstance(value, list) else [value]
    if values == [None]:
        return (math.nan, math.nan)
    if not all(v is None or (isinstance(v, int | float) and not isinstance(v, bool)) for v in values):
        raise Bad(f"{TEXT} ({str(value)[:40]})")
    return tuple(math.nan if v is None else float(v) for v in values)


def schema_of(read: Sequence[Read], options: Options) -> Schema:
    """What most files hold, and how it is called: by the recipe, by the files, or by number."""
    some = read[:: max(1, len(read) // LOOKED_AT)]
    kind: Kind = "points" if all(one.is_points for one in some) else "numbers"
    if options.kind != "auto":
        kind = options.kind
    count = Counter(len(_pairs(one)) if kind == "points" else len(_flat(one)) for one in some).most_common(1)[
        0
    ][0]
    names = listed(options.targets) or Counter(one.names for one in some).most_common(1)[0][0]
    if len(names) == count and len(set(names)) == count:
        return Schema(kind, tuple(names))
    word = "point" if kind == "points" else "number"
    return Schema(kind, (word,) if count == 1 else tuple(f"{word} {at}" for at in range(1, count + 1)))


def target_in(one: Read, schema: Schema) -> Target:
    """The target in a file; raises `Bad` where it does not have what most have."""
    order = one.names
    if set(order) == set(schema.names) and order != schema.names:
        one = Read(tuple(one.rows[order.index(name)] for name in schema.names), schema.names)
    values = _pairs(one) if schema.kind == "points" else _flat(one)
    if len(values) != len(schema.names):
        raise Bad(f"{OTHER_COUNT} ({len(values)} instead of {len(schema.names)})")
    if schema.kind == "points":
        return known_points(_pairs(one))
    flat = _flat(one)
    if any(math.isnan(value) for value in flat):
        raise Bad(NO_NUMBER)
    return flat[0] if len(flat) == 1 else flat


def _flat(one: Read) -> tuple[float, ...]:
    return tuple(value for row in one.rows for value in row)


def _pairs(one: Read) -> list[tuple[float, float]]:
    """Rows of two as points; numbers in a row are taken two by two."""
    if one.is_points:
        return [(row[0], row[1]) for row in one.rows]
    flat = _flat(one)
    return list(zip(flat[::2], flat[1::2], strict=False))


def _none_read(root: Path, options: Options, left_out: Sequence[LeftOut]) -> UserError:
    example = next((f" {key}: {why}." for key, why in left_out), "")
    where = f"in {options.labels}" if options.labels else "beside its photo"
    return UserError(
        f"No photo in {root} has a target file {where} called like it, ending in {options.label_suffix}.{example}",
        "Name the folder and the ending of the target files, or take the targets from a table.",
        fix="label_suffix",
    )
