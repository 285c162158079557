"""The project's recipe on disk, read again when it changed, checked down to the problem's options."""

from __future__ import annotations

from pathlib import Path

import msgspec

from studio.errors import UserError
from studio.problems import problem_named
from studio.recipe import io
from studio.recipe.complaints import complaint, place
from studio.recipe.lines import line_of
from studio.recipe.schema import Recipe

NAME = "recipe.toml"
Stamp = tuple[int, int, int]


class RecipeFile:
    """`recipe.toml` of a project."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: Stamp | None = None
        self._recipe: Recipe | None = None

    def get(self) -> Recipe:
        """Return the recipe, read again where the file changed; raises like `checked`."""
        stamp = self._stamp_now()
        if self._recipe is None or stamp is None or stamp != self._stamp:
            self._recipe, self._stamp = checked(self.path), stamp
        return self._recipe

    def last(self) -> Recipe:
        """The recipe, or where it was broken by hand the last that could be read; raises like `checked` without one."""
        try:
            return self.get()
        except UserError:
            if self._recipe is None:
                raise
            return self._recipe

    def put(self, recipe: Recipe) -> None:
        """Replace the file; raises like `io.save`."""
        io.save(self.path, recipe)
        self._recipe = None

    def _stamp_now(self) -> Stamp | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return (stat.st_mtime_ns, stat.st_size, stat.st_ino)


def checked(path: Path) -> Recipe:
    """Read a recipe whose problem exists and whose options are of its fields.

    Raises
    ------
    UserError
        Naming the file, the line and the field.
    """
    text = io.read(path)
    recipe = io.loads(text, str(path))
    try:
        options = problem_named(recipe.problem).options
    except UserError as error:
        where = place(str(path), line_of(text, ("problem",)))
        raise UserError(f"{where}: {error.message}", error.hint, error.fix) from error
    try:
        msgspec.convert(recipe.options, options)
    except msgspec.ValidationError as error:
        raise complaint(error, options, text, str(path), ("options",)) from error
    return recipe
