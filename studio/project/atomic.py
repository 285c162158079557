"""Writes that replace a file whole or not at all; see `studio.atomic`, which the recipe shares."""

from __future__ import annotations

from studio.atomic import disk_error, replacing, sync_folder, write_bytes, write_text

__all__ = ["disk_error", "replacing", "sync_folder", "write_bytes", "write_text"]
