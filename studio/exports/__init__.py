"""The export formats, one module each; `EXPORTS` lists them. README.md says how to add one.

The engine asks a format's module to write::

    write(learner, dataset, recipe, run, folder, progress) -> studio.engine.messages.Exported

`learner` is the trained fastai Learner: it is copied, never changed. `dataset` is what it was trained and
judged on, edits applied; `recipe` is the recipe as run; `run` is the run's `RunFolder` (`number`, `path`,
`events()`); `folder` is where the person wants the export, made where it does not exist yet.
`progress(text, done, total)` is called between steps (`total` 0 where unknown) and may raise to cancel.
Whatever is raised, an earlier export in `folder` is still whole.

This module must not import torch or Qt: the window reads the tuple too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from studio.errors import UserError

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Format:
    """One export format in words.

    Attributes
    ----------
    name : str
        The name on the command line.
    title, sentence : str
        For people.
    extension : str
        How the main file ends.
    caveat : str
        What a person should know before choosing it; empty where there is nothing.
    module : str
        Import path of the module with `write`.
    """

    name: str
    title: str
    sentence: str
    extension: str
    caveat: str
    module: str

    def part(self) -> ModuleType:
        """Import the module that writes the format; those with torch only in the engine."""
        return import_module(self.module)


EXPORTS: tuple[Format, ...] = (
    Format(
        name="onnx",
        title="ONNX bundle",
        sentence="Runs on any CPU, preprocessing and class names inside, without PyTorch or Thaw Studio.",
        extension=".onnx",
        caveat="",
        module="studio.exports.onnx",
    ),
    Format(
        name="script",
        title="Python script",
        sentence="The same run as readable fastai code, with the list of its items beside it.",
        extension=".py",
        caveat="It trains again from the start, and needs fastai and your data to do so.",
        module="studio.exports.script",
    ),
    Format(
        name="fastai",
        title="fastai learner",
        sentence="The whole learner, for fastai's load_learner.",
        extension=".pkl",
        caveat="A .pkl file is a pickle: opening one runs whatever code is inside it. Give it only to people "
        "who trust you, and open only files that you trust. It needs the same versions of Python and fastai.",
        module="studio.exports.fastai_pkl",
    ),
)


def export_named(name: str) -> Format:
    """Return the format called `name`.

    Raises
    ------
    UserError
        Where there is none, listing those that exist.
    """
    for known in EXPORTS:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in EXPORTS)
    raise UserError(f"There is no export format called “{name}”.", f"Use one of: {names}.")
