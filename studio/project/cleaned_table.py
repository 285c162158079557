"""Carrying marks out for labels that stand in a table: a corrected copy in the project.

The table itself never changes. The copy names every file by its key, since it lies in another folder than the
table. The recipe then points to the copy; taking it back points it to the table again. No torch, no Qt.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from studio.errors import UserError
from studio.project import atomic, ledger, trash
from studio.project.ledger import Apply, Step
from studio.project.marks import Mark
from studio.project.plan import Move

if TYPE_CHECKING:
    from studio.project.project import Project

MARK = "\ufeff"
"""Says that a copy is in UTF-8, where the recipe says something else of the table."""
Skipped = tuple[tuple[str, str], ...]


def apply(project: Project, marks: Mapping[str, Mark]) -> tuple[int, list[Step], Skipped, str]:
    """Write the corrected copy and point the recipe to it.

    Returns
    -------
    number, steps, skipped, table
        As the studio's apply reports them; `table` is the path of the copy.

    Raises
    ------
    UserError
        Where the table cannot be read, the copy cannot be written, or nothing in it is marked.
    """
    old = str(project.problem.options_of(project.recipe).table)
    keys = _keys_of_lines(project, old)
    moves, skipped = _planned(project, marks, set(keys.values()))
    if not moves:
        return 0, [], skipped, ""
    copy = _free_copy(project.folder, Path(old).name)
    detail = {"table": old, "copy": copy.name}
    begun = ledger.begun(project.journal, str(project.data_root), moves, detail)
    try:
        atomic.write_text(copy, _corrected(project, old, keys, {m.key: marks[m.key] for m in moves}))
        _point_to(project, _name_for_recipe(project, copy))
    except UserError:
        copy.unlink(missing_ok=True)
        ledger.set_status(project.journal, begun.id, "undone")
        raise
    return begun.id, _conclude(project, begun), skipped, str(copy)


def undo(project: Project, done: Apply) -> tuple[list[Step], Skipped]:
    """Point the recipe to the table as it was; the corrected copy goes to the project's trash."""
    ledger.set_status(project.journal, done.id, "undoing")
    return _undone(project, done), ()


def recover(project: Project, left: Apply) -> None:
    """Finish what a crash interrupted: what the recipe points to decides."""
    copy = project.folder / str(left.detail["copy"])
    pointed = project.recipe.options.get("table") == _name_for_recipe(project, copy)
    if left.status == "undoing":
        _undone(project, left)
    elif pointed and copy.is_file():
        _conclude(project, left)
    else:
        copy.unlink(missing_ok=True)
        ledger.set_status(project.journal, left.id, "undone")


def _conclude(project: Project, begun: Apply) -> list[Step]:
    for step in ledger.steps(project.journal, begun.id):
        ledger.set_state(project.journal, begun.id, step, "moved")
    ledger.concluded(project.journal, begun.id)
    steps = ledger.steps(project.journal, begun.id)
    trash.write_manifest(project.folder, begun.id, steps)
    return steps


def _undone(project: Project, done: Apply) -> list[Step]:
    copy = project.folder / str(done.detail["copy"])
    if project.recipe.options.get("table") == _name_for_recipe(project, copy):
        _set_table(project, str(done.detail["table"]))
    if copy.exists():
        folder = trash.folder_of(project.folder, done.id)
        folder.mkdir(parents=True, exist_ok=True)
        copy.replace(folder / copy.name)
    for step in ledger.steps(project.journal, done.id):
        ledger.set_state(project.journal, done.id, step, "back")
    ledger.taken_back(project.journal, done.id)
    return ledger.steps(project.journal, done.id)


def _planned(project: Project, marks: Mapping[str, Mark], there: set[str]) -> tuple[list[Move], Skipped]:
    moves = [Move(k, m.action, k, "", m.sha256) for k, m in marks.items() if k in there]
    return moves, tuple((key, "no row of the table names it any more") for key in marks if key not in there)


def _point_to(project: Project, name: str) -> None:
    """Point the recipe to the copy; back again where the data cannot be read that way."""
    before = project.recipe.options.get("table")
    _set_table(project, name)
    try:
        project.problem.part("items").collect(project.recipe, project.data_root)
    except UserError:
        _set_table(project, before)
        raise


def _set_table(project: Project, name: Any) -> None:
    recipe = project.recipe
    options = {k: v for k, v in recipe.options.items() if k != "table"}
    if name is not None:
        options["table"] = name
    project.save_recipe(msgspec.structs.replace(recipe, options=options))


def _name_for_recipe(project: Project, copy: Path) -> str:
    """The copy as seen from the data folder, so that both can move together; absolute on another drive."""
    try:
        return Path(os.path.relpath(os.path.realpath(copy), project.data_root)).as_posix()
    except ValueError:
        return copy.as_posix()


def _free_copy(folder: Path, name: str) -> Path:
    stem = Path(name).stem.removesuffix(".cleaned")
    count = 1
    while True:
        tail = "" if count == 1 else f"-{count}"
        copy = folder / f"{stem}{tail}.cleaned.csv"
        if not copy.exists():
            return copy
        count += 1


def _keys_of_lines(project: Project, name: str) -> dict[int, str]:
    """The key of the file that each line of the table names, for the lines that name one."""
    from studio.dataset.images import find_images
    from studio.dataset.paths import key_below
    from studio.dataset.table_reading import reading_of
    from studio.dataset.tables import read_table

    root, source = project.data_root, project.problem.part("table_source")
    options = project.problem.options_of(project.recipe)
    table, beside = read_table(root / name, reading=reading_of(options)), _folder_of(name)
    index = source.FileIndex.of(find_images(root).keys)
    column, _ = source.columns_of(root, table, options, index, beside)
    at = table.index(column)
    named = ((row.line, key_below(root, row.cells[at])) for row in table.rows if row.cells[at])
    found = ((line, index.find(key, beside)) for line, key in named if key)
    return {line: keys[0] for line, keys in found if len(keys) == 1}


def _corrected(project: Project, name: str, keys: Mapping[int, str], marks: Mapping[str, Mark]) -> str:
    """The table's text with the marks carried out; rows that name nothing stay as they are."""
    from studio.dataset.letter_encodings import AUTO
    from studio.dataset.table_reading import reading_of
    from studio.dataset.tables import read_table

    options = project.problem.options_of(project.recipe)
    table = read_table(project.data_root / name, reading=reading_of(options))
    source = project.problem.part("table_source")
    index = source.FileIndex.of(tuple(set(keys.values())))
    columns = source.columns_of(project.data_root, table, options, index, _folder_of(name))
    item, label = (table.index(column) for column in columns)
    write = getattr(source, "relabelled", None)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=table.dialect.delimiter, lineterminator="\n")
    with table.path.open(encoding=table.dialect.encoding, errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=table.dialect.delimiter)
        for cells in reader:
            key = keys.get(reader.line_num)
            row = _row(cells, key, marks, item, label)
            if row and write is not None and key is not None and key in marks:
                row = write(row, table, options, columns[0], marks[key].value)
            if row:
                writer.writerow(row)
    return out.getvalue() if options.encoding == AUTO else MARK + out.getvalue()


def _folder_of(name: str) -> str:
    """The folder of a table below the data root; empty for the root itself."""
    return "/".join(Path(name).parts[:-1])


def _row(cells: list[str], key: str | None, marks: Mapping[str, Mark], item: int, label: int) -> list[str]:
    """The cells to write; none for a removed row."""
    if key is None:
        return cells
    mark = marks.get(key)
    if mark is not None and mark.action == "remove":
        return []
    cells = list(cells)
    cells[item] = key
    if mark is not None:
        cells[label] = str(mark.value)
    return cells
