"""The data root as a recipe writes it; see `studio.recipe.paths`."""

from __future__ import annotations

from studio.recipe.paths import read_root, written_root

__all__ = ["read_root", "written_root"]
