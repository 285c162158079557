"""The recipe and the table brought together: the target, the task, and the role of every column.

Everything that reads the table (items, checks, batches, the exported script, the bundle) starts from here, so that
nothing is guessed twice. No torch, no pandas, no Qt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from studio.dataset.merging import read_merges
from studio.dataset.table_reading import reading_of
from studio.dataset.tables import Table
from studio.errors import UserError
from studio.problems.table_memory import require_room
from studio.problems.tabular import features, source
from studio.problems.tabular.options import Options, listed
from studio.problems.tabular.profiles import Profile, profile
from studio.problems.tabular.roles import Guessed, Role, Task, guess_target, guess_task, roles_of
from studio.recipe.schema import Recipe, Split


@dataclass(frozen=True)
class Plan:
    """A table with a role for every column.

    Attributes
    ----------
    profiles, roles : mapping
        By column, in the table's order.
    merges : mapping
        Classes that are another one by the recipe's word.
    """

    table: Table
    target: str
    task: Task
    profiles: Mapping[str, Profile]
    roles: Mapping[str, Guessed]
    merges: Mapping[str, str] = field(default_factory=dict)

    def named(self, *roles: Role) -> tuple[str, ...]:
        """Columns of these roles, in the table's order."""
        return tuple(name for name, guessed in self.roles.items() if guessed.role in roles)

    @property
    def inputs(self) -> tuple[dict[str, Any], ...]:
        """The columns that the network sees, as `features.py` reads them."""
        return tuple(self._input(name) for name in self.named("categorical", "continuous", "date"))

    def _input(self, name: str) -> dict[str, Any]:
        seen, role = self.profiles[name], self.roles[name].role
        given = {"name": name, "kind": seen.kind, "role": role, "decimal": seen.decimal, "form": seen.form}
        return {**given, "parts": list(_parts(self.table, seen)) if role == "date" else []}


def plan_of(recipe: Recipe, root: Path) -> Plan:
    """Read the table of a recipe and decide what each column is for.

    Raises
    ------
    UserError
        Where the table cannot be read, or the recipe names a column that it does not have.
    """
    from studio.problems.tabular import PROBLEM

    options = PROBLEM.options_of(recipe)
    path, reading = source.table_path(root, options.table), reading_of(options)
    require_room(path, reading)
    return planned(source.read(path, reading=reading), options, recipe.data.split)


@lru_cache(maxsize=4)
def planned(table: Table, options: Options, split: Split) -> Plan:
    """Decide what each column of a table is for; raises like `plan_of`."""
    if len(table.columns) < 2 or not table.rows:
        raise UserError(
            f"{table.path.name} has no columns to learn from.",
            "It needs a header row, rows, and two columns or more.",
        )
    profiles = _profiles(table, reading_of(options).decimal_sign)
    target = table.columns[table.index(options.target)] if options.target else guess_target(table.columns)
    by = {"column": split.column, "group": split.group}.get(split.kind, "").strip().casefold()
    reserved = [column for column in table.columns if by and column.casefold() == by]
    roles = roles_of(profiles, target, _named(table, options, target), reserved)
    task = guess_task(profiles[target]) if options.task == "auto" else options.task
    plan = Plan(table, target, task, profiles, roles, read_merges(options.merge))
    if not plan.inputs:
        raise UserError(
            "No column is left for the model to see.",
            "Take back some of “ignore”, or name columns as categories or numbers.",
            fix="ignore",
        )
    return plan


def _profiles(table: Table, decimal: str) -> dict[str, Profile]:
    columns = source.column_cells(table, table.columns)
    return {name: profile(name, cells, decimal) for name, cells in columns.items()}


def _named(table: Table, options: Options, target: str) -> dict[str, Role]:
    """Roles that the recipe gives; a column named twice is left out before it is anything else."""
    given: tuple[tuple[Role, str], ...] = (
        ("continuous", options.continuous),
        ("categorical", options.categorical),
        ("ignored", options.ignore),
    )
    return {table.columns[table.index(name)]: role for role, text in given for name in listed(text)}


def _parts(table: Table, seen: Profile) -> Sequence[str]:
    """The parts of a date that differ from row to row."""
    whole = {"name": seen.name, "kind": "date", "role": "date", "decimal": ".", "form": seen.form}
    parts = [*features.CATEGORY_PARTS, *features.NUMBER_PARTS]
    asked, cells = {**whole, "parts": parts}, table.values(seen.name)
    values: dict[str, Sequence[object]] = {
        **features.categories(asked, cells),
        **features.numbers(asked, cells),
    }
    differ = {
        name for name, found in values.items() if len({v for v in found if v not in ("",) and v == v}) > 1
    }
    return [part for part in parts if features.part_name(seen.name, part) in differ]
