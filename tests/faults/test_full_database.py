"""A disk that is full while the cleaning journal is written: said in a sentence, and no earlier mark is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.errors import UserError
from studio.project import Project
from tests.faults.test_checkpoint_faults import disk_full


def test_marks_made_before_the_disk_was_full_are_there_after_it(make: Callable[..., Project]) -> None:
    project = make()
    project.journal.mark(["00001"], "remove")
    with disk_full(100), pytest.raises(UserError, match=r"disk|written|space"):
        project.journal.mark([f"{n:05d}" for n in range(2, 60)], "remove")
    assert set(project.journal.marks()) == {"00001"}
    project.journal.mark(["00002"], "remove")
    folder = project.folder
    project.close()
    with Project.open(folder) as again:
        assert set(again.journal.marks()) == {"00001", "00002"}
