"""Carrying the marks out in the data, and taking that back.

Class folders: removed files move to the project's trash, relabelled ones to the folder of the other class.
Tables: the table stays as it is; a corrected copy is written into the project and the recipe points to it.
Every step is journalled before it is taken, so that `recover` can finish what a crash interrupted. Only files
below the data root and the project are ever touched. No torch, no Qt.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from studio.errors import UserError
from studio.project import cleaned_table, ledger, trash
from studio.project.hashing import sha256_of
from studio.project.ledger import Apply, Step
from studio.project.moves import free_name, move
from studio.project.plan import planned

if TYPE_CHECKING:
    from studio.project.project import Project

Skipped = tuple[tuple[str, str], ...]
DRAWN = ("random", "stratified")
UNREACHABLE = "A cleaning was interrupted and cannot be finished: the data folder {root} is not there."


class Applied(Struct, frozen=True):
    """What was carried out or taken back; `skipped` with the reason, `table` the corrected table if any."""

    number: int
    removed: int
    relabelled: int
    skipped: Skipped
    sentence: str
    table: str = ""


def apply_marks(project: Project) -> Applied:
    """Carry out the removals and relabels of the journal.

    Raises
    ------
    UserError
        Where there is nothing to carry out, the data is not there, or the disk is full.
    """
    marks = {k: m for k, m in project.journal.marks().items() if m.action != "keep"}
    if not marks:
        raise UserError("There are no marks to carry out.", "Mark items as removed or relabelled first.")
    recipe, root = project.recipe, project.data_root
    if not root.is_dir():
        raise UserError(
            f"The data folder {root} is not there.", "Plug in the drive, or link the data's new place."
        )
    source = getattr(project.problem.options_of(recipe), "source", None)
    if source is None:
        raise UserError(
            f"Marks of {project.problem.title.lower()} cannot be carried out in the data.",
            "They are used in training as they are, and the data stays untouched.",
        )
    if source == "table":
        number, steps, left, table = cleaned_table.apply(project, marks)
        return _said(number, steps, left, recipe.data.split.kind, table)
    dataset = project.problem.part("items").collect(recipe, root)
    targets = {item.key: item.target for item in dataset.items}
    bin_ = trash.folder_of(project.folder, ledger.next_number(project.journal))
    moves, skipped = planned(marks, targets, root, bin_, source == "folders")
    if not moves:
        return _said(0, [], tuple(skipped), recipe.data.split.kind)
    begun = ledger.begun(project.journal, str(root), moves, {})
    steps, left = _carry_out(project, begun, recovering=False)
    return _said(begun.id, steps, (*skipped, *left), recipe.data.split.kind)


def undo_apply(project: Project) -> Applied:
    """Put back what the last `apply_marks` moved.

    Raises
    ------
    UserError
        Where nothing was carried out, or the data is not there.
    """
    last = ledger.last_done(project.journal)
    if last is None:
        raise UserError("No marks were carried out, so there is nothing to put back.")
    if "table" in last.detail:
        return _put_back(last.id, *cleaned_table.undo(project, last))
    if not Path(last.root).is_dir():
        raise UserError(f"The data folder {last.root} is not there.", "Plug in the drive and try again.")
    ledger.set_status(project.journal, last.id, "undoing")
    return _put_back(last.id, *_take_back(project, last))


def recover(project: Project) -> list[str]:
    """Finish what a crash interrupted; return a notice for each."""
    notices = []
    for left in ledger.unfinished(project.journal):
        if "table" in left.detail:
            cleaned_table.recover(project, left)
        elif not Path(left.root).is_dir():
            notices.append(UNREACHABLE.format(root=left.root))
            continue
        elif left.status == "doing":
            _carry_out(project, left, recovering=True)
        else:
            _take_back(project, left)
        notices.append("A cleaning that was interrupted has been finished; every file is accounted for.")
    return notices


def _carry_out(project: Project, begun: Apply, recovering: bool) -> tuple[list[Step], Skipped]:
    """Take every planned step; return the steps as they stand and what was skipped."""
    journal, skipped = project.journal, []
    steps = ledger.steps(journal, begun.id)
    trash.write_manifest(project.folder, begun.id, steps)
    for step in steps:
        if step.state == "planned":
            why = _step(project, begun.id, step, recovering)
            skipped += [(step.move.key, why)] if why else []
    ledger.concluded(journal, begun.id)
    after = ledger.steps(journal, begun.id)
    trash.write_manifest(project.folder, begun.id, after)
    return after, tuple(skipped)


def _step(project: Project, apply_id: int, step: Step, recovering: bool) -> str:
    """Take one step; return why it was skipped, or nothing."""
    source, target = Path(step.move.source), Path(step.move.target)
    why = ""
    try:
        if recovering and _is(target, step.move.sha256):
            if _is(source, step.move.sha256):
                source.unlink()
        elif _is(source, step.move.sha256):
            target = _move_to_free(project, apply_id, step, source, target)
        else:
            why = "it changed or went away before it could be moved"
    except OSError as error:
        why = f"it could not be moved ({error.strerror or error})"
    ledger.set_state(project.journal, apply_id, step, "skipped" if why else "moved", str(target))
    return why


def _move_to_free(project: Project, apply_id: int, step: Step, source: Path, target: Path) -> Path:
    """Move to the planned name, or to a free one that is written down first."""
    while True:
        free = free_name(target)
        if free != Path(step.move.target):
            ledger.set_state(project.journal, apply_id, step, "planned", str(free))
        with suppress(FileExistsError):
            move(source, free)
            return free


def _take_back(project: Project, done: Apply) -> tuple[list[Step], Skipped]:
    """Move everything back, last first; return the steps as they stand and what could not be."""
    journal, skipped = project.journal, []
    for step in reversed(ledger.steps(journal, done.id)):
        if step.state == "moved":
            why = _step_back(project, done, step)
            skipped += [(step.move.key, why)] if why else []
    ledger.taken_back(journal, done.id)
    after = ledger.steps(journal, done.id)
    trash.write_manifest(project.folder, done.id, after)
    return after, tuple(skipped)


def _step_back(project: Project, done: Apply, step: Step) -> str:
    source, target = Path(step.move.source), Path(step.move.target)
    why, state = "", "back"
    try:
        if not os.path.lexists(target):
            finished = _is(source, step.move.sha256)
            why, state = ("", "back") if finished else ("it is no longer where it was moved to", "lost")
        elif os.path.lexists(source) and source.samefile(target):
            target.unlink()
        else:
            free = free_name(source)
            why = "" if free == source else f"its name was taken; it is now {free.name}"
            move(target, free)
            _drop_empty(target.parent, Path(done.root), project.folder / "trash")
    except OSError as error:
        why, state = f"it could not be put back ({error.strerror or error})", "moved"
    ledger.set_state(project.journal, done.id, step, state)
    return why


def _is(path: Path, sha256: str) -> bool:
    try:
        return not path.is_symlink() and sha256_of(path) == sha256
    except OSError:
        return False


def _drop_empty(folder: Path, root: Path, bin_: Path) -> None:
    """Remove folders that putting a file back left empty, up to the data root or the trash."""
    while folder not in (root, bin_) and (root in folder.parents or bin_ in folder.parents):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _said(number: int, steps: list[Step], skipped: Skipped, split: str, table: str = "") -> Applied:
    moved = [s.move.action for s in steps if s.state == "moved"]
    removed, relabelled = moved.count("remove"), moved.count("relabel")
    sentence = _sentence(removed, relabelled, len(skipped))
    if table:
        sentence += (
            f" The table itself was not changed: the corrected copy is {table}, and the recipe uses it now."
        )
    if moved and split in DRAWN:
        sentence += (
            " The validation set is drawn anew from what is there now: compare only runs made from here on."
        )
    return Applied(number, removed, relabelled, skipped, sentence, table)


def _put_back(number: int, steps: list[Step], skipped: Skipped) -> Applied:
    back = [s.move.action for s in steps if s.state == "back"]
    sentence = f"Put back: {_count(len(back))}."
    if skipped:
        sentence += f" Needs a look: {_count(len(skipped))}."
    return Applied(number, back.count("remove"), back.count("relabel"), skipped, sentence)


def _sentence(removed: int, relabelled: int, skipped: int) -> str:
    parts = [f"Removed: {_count(removed)}.", f"Relabelled: {_count(relabelled)}."]
    return " ".join(parts + ([f"Left as they were: {_count(skipped)}."] if skipped else []))


def _count(number: int) -> str:
    return "1 item" if number == 1 else f"{number} items"
