"""What lasts: recipe, runs, events, cleaning journal, trash, lock. No torch, no Qt."""

from studio.project.project import Project, project_folder
from studio.project.record import RunRecord
from studio.project.run_folder import RunFolder

__all__ = ["Project", "RunFolder", "RunRecord", "project_folder"]
