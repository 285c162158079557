"""Notices that `recipe.toml` was edited outside the window, and shows it.

The folder is watched, since a careful editor writes beside the file and renames; where a network drive tells nothing,
coming back to the window looks too. What the window itself saved is what the store already shows, so it is no news.
Must not import torch, pandas or numpy.
"""

from __future__ import annotations

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication

from studio.errors import UserError
from studio.ui.actions.context import Context
from studio.ui.actions.recipe import RecipeEdits

SETTLE_MS = 400


class RecipeByHand(QObject):
    """See the module."""

    def __init__(self, context: Context, edits: RecipeEdits, parent: QObject) -> None:
        super().__init__(parent)
        self.context, self._edits = context, edits
        self._complained = ""
        self._watcher = QFileSystemWatcher(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SETTLE_MS)
        self._soon.timeout.connect(self.look)
        self._watcher.directoryChanged.connect(self._soon.start)
        self._watcher.fileChanged.connect(self._soon.start)
        context.store.projectChanged.connect(self._watch)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._came_back)

    @Slot()
    def _watch(self) -> None:
        """Another project, or none."""
        old = [*self._watcher.directories(), *self._watcher.files()]
        if old:
            self._watcher.removePaths(old)
        self._complained = ""
        project = self.context.store.project
        if project is not None:
            self._watcher.addPaths([str(project.folder), str(project.folder / "recipe.toml")])

    @Slot(Qt.ApplicationState)
    def _came_back(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive and self.context.store.project is not None:
            self._soon.start()

    @Slot()
    def look(self) -> None:
        """Read the recipe again where it changed; one that cannot be read is told once, and the old one stays shown."""
        store = self.context.store
        if store.project is None or store.recipe is None:
            return
        path = str(store.project.folder / "recipe.toml")
        if path not in self._watcher.files():  # it was replaced: the watcher followed the old file
            self._watcher.addPath(path)
        try:
            recipe = store.project.recipe
        except UserError as error:
            if error.message != self._complained:
                self._complained = error.message
                self.context.notices.complain(error)
            return
        self._complained = ""
        if recipe != store.recipe:
            self._edits.take_over(recipe)
            self.context.notices.say(
                "info",
                "recipe.toml was edited outside this window; it was read again.",
                "Undo brings back what it was.",
            )
