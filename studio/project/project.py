"""A project folder, opened: the recipe, the runs, the journal, the lock. No torch, no Qt.

One process owns a project; others see it read-only with a sentence why. The engine opens without the lock,
since its owner (window or command line) has it. Nothing here writes outside the project folder but
`apply`, which moves files within the data root when asked to.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from studio.errors import UserError
from studio.problems import problem_named
from studio.problems.base import Problem
from studio.project import apply, database, recipe_file, runs
from studio.project.atomic import disk_error
from studio.project.hashing import hashes_of
from studio.project.journal import Journal
from studio.project.lock import Lock
from studio.project.marks import Mark
from studio.project.queue import Queue
from studio.project.recipe_file import RecipeFile
from studio.project.record import RunRecord
from studio.project.run_folder import RunFolder
from studio.project.run_index import Known, RunIndex
from studio.recipe.paths import read_root, written_root
from studio.recipe.schema import Recipe


class Project:
    """See the module's docstring; make one by `create` or `open`, and `close` it.

    Attributes
    ----------
    folder : Path
        Absolute.
    read_only : bool
        True where another process has the project, or its folder cannot be written.
    locked_by : str
        Why it is read-only, in a sentence.
    notices : list of str
        What a person should know about the opening (a damaged journal moved aside, a cleaning finished ...).
    journal : Journal
        The cleaning marks.
    """

    def __init__(self, folder: Path, lock: Lock | None) -> None:
        self.folder = folder
        self._lock = lock
        self._recipe = RecipeFile(folder / recipe_file.NAME)
        self.locked_by = lock.reason if lock is not None and not lock.held else ""
        self.read_only = bool(self.locked_by)
        owns = lock is not None and lock.held
        connection, notice = (database.open_for_writing if owns else database.open_for_reading)(folder)
        self._index = RunIndex(folder, not self.read_only)
        self.journal = Journal(connection, "" if owns else self.locked_by or "Another process has it.")
        self.notices = [notice] if notice else []
        if owns:
            self.notices += apply.recover(self)

    @classmethod
    def create(cls, folder: Path, recipe: Recipe) -> Project:
        """Make a project folder around a recipe and open it.

        Raises
        ------
        UserError
            Where the folder exists and is not empty, or cannot be written.
        """
        folder = Path(folder).absolute()
        existed = folder.exists()
        if existed and (not folder.is_dir() or any(folder.iterdir())):
            raise UserError(
                f"{folder} already exists and is not empty.", "Choose another name; nothing was changed."
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            RecipeFile(folder / recipe_file.NAME).put(recipe)
            return cls.open(folder)
        except (OSError, UserError) as error:
            if not existed:
                shutil.rmtree(folder, ignore_errors=True)
            raise (disk_error(error, folder) if isinstance(error, OSError) else error) from error

    @classmethod
    def open(cls, folder: Path, *, lock: bool = True) -> Project:
        """Open a project by its folder or its `recipe.toml`.

        Parameters
        ----------
        lock : bool
            Own the project. Where another process does, it opens read-only with `locked_by`.

        Raises
        ------
        UserError
            Where there is no project, or its recipe is wrong.
        """
        folder = project_folder(Path(folder))
        recipe_file.checked(folder / recipe_file.NAME)
        held = Lock(folder) if lock else None
        if held is not None:
            held.take()
        try:
            return cls(folder, held)
        except BaseException:
            if held is not None:
                held.release()
            raise

    @property
    def recipe(self) -> Recipe:
        """The recipe as it is on disk now."""
        return self._recipe.get()

    def save_recipe(self, recipe: Recipe) -> None:
        """Replace the recipe.

        Raises
        ------
        UserError
            Where the project is read-only or the disk is full.
        """
        self._writable()
        self._recipe.put(recipe)

    @property
    def name(self) -> str:
        """The project's name."""
        return self._recipe.last().name

    @property
    def problem(self) -> Problem[Any]:
        """The problem type of the recipe."""
        return problem_named(self.recipe.problem)

    @property
    def data_root(self) -> Path:
        """The folder of the data, absolute; it may be missing (an unplugged drive)."""
        return read_root(self._recipe.last().data.root, self.folder)

    def relink(self, new_root: Path) -> None:
        """Point the recipe to the data's new place.

        Raises
        ------
        UserError
            Where that is no folder, or the project is read-only.
        """
        if not new_root.is_dir():
            raise UserError(f"There is no folder {new_root}.", "Choose the folder that holds the data now.")
        recipe = self.recipe
        data = msgspec.structs.replace(recipe.data, root=written_root(new_root, self.folder))
        self.save_recipe(msgspec.structs.replace(recipe, data=data))

    def mark(self, keys: Sequence[str], action: str, value: Any = None) -> int:
        """Mark items with their files' content as it is now, so that changed files are left alone later."""
        return self.journal.mark(keys, action, value, hashes_of(self.data_root, keys))

    def apply_marks(self) -> apply.Applied:
        """Carry the marks out; see `studio.project.apply`."""
        self._writable()
        return apply.apply_marks(self)

    def undo_apply(self) -> apply.Applied:
        """Put back what the last `apply_marks` changed."""
        self._writable()
        return apply.undo_apply(self)

    def runs(self) -> list[RunRecord]:
        """Records of all runs, newest last; a damaged one says so in `broken`."""
        return runs.listed(self.folder, not self.read_only)

    def overview(self) -> list[Known]:
        """What the list of runs shows, newest last: quick for thousands of runs."""
        return self._index.read(runs.folders(self.folder))

    def run(self, number: int) -> RunFolder:
        """Return a run; `UserError` where there is none of that number."""
        return runs.found(self.folder, number, not self.read_only)

    def new_run(self, recipe: Recipe, marks: dict[str, Mark] | None = None, **fields: Any) -> RunFolder:
        """Make the folder of a new run: recipe, marks (else as they stand), this process as its writer.

        `fields` are those of its record.
        """
        self._writable()
        return runs.made(self.folder, recipe, self.journal.marks() if marks is None else marks, **fields)

    def trash_run(self, number: int) -> Path:
        """Move a run to the project's trash; where it is now. `UserError` while it trains."""
        self._writable()
        return runs.trashed(self.folder, number)

    def untrash_run(self, trashed: Path) -> int:
        """Put a run back from the trash; its number."""
        self._writable()
        return runs.untrashed(self.folder, trashed)

    @property
    def queue(self) -> Queue:
        """The runs that wait their turn."""
        return Queue(self.folder, not self.read_only)

    @property
    def cache(self) -> Path:
        """A folder that may be deleted at any time."""
        return self._made("cache")

    @property
    def rates(self) -> Path:
        """The folder of finder curves, JSON of `RateFound`."""
        return self._made("rates")

    def close(self) -> None:
        """Give the project up; safe to call twice."""
        self.journal.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Project:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _writable(self) -> None:
        if self.read_only:
            raise UserError(f"{self.folder.name} is open for reading only. {self.locked_by}")

    def _made(self, name: str) -> Path:
        path = self.folder / name
        if not self.read_only:
            with suppress(OSError):
                path.mkdir(exist_ok=True)
        return path


def project_folder(path: Path) -> Path:
    """Return the absolute project folder that `path` (the folder or its recipe) means.

    Raises
    ------
    UserError
        Where there is no project.
    """
    folder = path.parent if path.name == recipe_file.NAME and not path.is_dir() else path
    folder = folder.expanduser().absolute()
    if not (folder / recipe_file.NAME).is_file():
        raise UserError(
            f"There is no project at {path}: it has no {recipe_file.NAME}.",
            "Check the path, or make one with “thaw new”.",
        )
    return folder
