"""What every group of intentions works with, and how a complaint reaches the person.

Must not import torch, pandas or numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from studio.errors import UserError
from studio.project import Project
from studio.ui.client import EngineClient
from studio.ui.notices import Notices
from studio.ui.settings import Settings
from studio.ui.store import Store
from studio.ui.updates import Updates

F = TypeVar("F", bound=Callable[..., None])


@dataclass(frozen=True)
class Context:
    """The writers' shared parts."""

    store: Store
    client: EngineClient
    updates: Updates
    notices: Notices
    settings: Settings

    def project(self) -> Project:
        """The open project; `UserError` where there is none."""
        if self.store.project is None:
            raise UserError(
                "No project is open.", "Open one from the start page, or drop a folder of data there."
            )
        return self.store.project

    def own_project(self) -> Project:
        """The open project, to be changed; `UserError` where another window has it."""
        project = self.project()
        if project.read_only:
            raise UserError("This project is open for reading only.", project.locked_by)
        return project

    def training(self) -> bool:
        """Whether a fit is running, or held."""
        return self.store.job is not None and self.store.job.what == "Train"


def reported(method: F) -> F:
    """Turn a `UserError` of a method (of something with a `context`) into a notice."""

    @wraps(method)
    def guarded(self: Any, *args: Any, **named: Any) -> None:
        try:
            method(self, *args, **named)
        except UserError as error:
            self.context.notices.complain(error)

    return cast(F, guarded)
