"""Clean: what the model got most wrong, and keep, relabel or remove by one key each.

Rules: layout only; every mark goes through actions into the journal, so it survives a crash and can be
undone. Originals are untouched until the marks are applied, which is explained in place first. Must not
import: numpy, pyqtgraph.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from studio.project.results import ItemResult, Results
from studio.ui.actions import Actions
from studio.ui.grid import item_words
from studio.ui.grid.tile import TileView
from studio.ui.grid.view import TileGrid
from studio.ui.pages.base import Page
from studio.ui.pages.clean_parts.item_panel import ItemPanel
from studio.ui.pages.clean_parts.marks_bar import MarksBar
from studio.ui.pages.clean_parts.shown import (
    ALL_CLASSES,
    MARKS,
    SETS,
    Filter,
    changed_validation,
    chosen,
    moved,
    nothing_left,
    plan_words,
    relabels,
    shown_words,
    source_of,
    toggled,
    validation_words,
)  # fmt: skip
from studio.ui.pages.nothing_here import NO_ITEMS, no_results
from studio.ui.samples import about, kind_of, painter, reader
from studio.ui.samples.thumbnails import ThumbnailLoader
from studio.ui.store import Store
from studio.ui.theme import SIZES
from studio.ui.widgets import EmptyState, FindingCard, MenuButton, PrimaryButton, row, set_note

_PANEL = 272


class CleanPage(Page):
    """See the module's docstring."""

    key = "clean"
    title = "Clean"
    listens = ("projectChanged", "resultsChanged", "marksChanged", "runsChanged", "jobChanged")

    def __init__(self, store: Store, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(store, actions, parent)
        self._kind = kind_of(store.problem)
        self.which, self.cls, self.marked = (
            MenuButton("Training"),
            MenuButton("All classes"),
            MenuButton("Marked or not"),
        )
        self.retrain = PrimaryButton("Retrain and compare", "refresh")
        self.loader = ThumbnailLoader(parent=self)
        self.grid = TileGrid(self.loader)
        self.panel = ItemPanel(self._kind)
        self.bar = MarksBar()
        self.empty = EmptyState("clean", "Nothing to clean yet", "")
        self.warning: FindingCard | None = None
        self._warned = 0
        self._filter = Filter()
        self._results: Results | None = None
        self._by_key: dict[str, ItemResult] = {}
        self._shown: list[int] = []
        self._relabels = True
        self._nothing = no_results(store, "")
        self._wanted = ""  # the key of an item that was asked for before it could be shown
        self._build()
        self._connect()

    def _build(self) -> None:
        for button in (self.which, self.cls, self.marked, self.retrain):
            self.add_action(button)
        self.which.set_entries(SETS, self._filter.which)
        self.marked.set_entries(MARKS, self._filter.marks)
        self.panel.setFixedWidth(_PANEL)
        work = QWidget()
        line = row(self.grid, self.panel, gap=SIZES.grid)
        line.setStretch(0, 1)
        work.setLayout(line)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(work)
        self.body.setSpacing(SIZES.grid + SIZES.half)
        self.body.addWidget(self._stack, 1)
        self.body.addWidget(self.bar)
        set_note(self.grid, "cleaning")
        set_note(self.panel, "cleaning")

    def _connect(self) -> None:
        self.which.chosen.connect(self._set_which)
        self.cls.chosen.connect(self._set_class)
        self.marked.chosen.connect(self._set_marked)
        self.retrain.clicked.connect(self._retrain)
        for part in (self.grid, self.panel):
            part.keepRequested.connect(self._keep)
            part.removeRequested.connect(self._remove)
        self.grid.relabelRequested.connect(self._relabel_number)
        self.panel.relabelRequested.connect(self._relabel)
        self.grid.undoRequested.connect(self.do.undo_mark)
        self.grid.redoRequested.connect(self.do.redo_mark)
        self.grid.currentChanged.connect(self._show_current)
        self.grid.chosenChanged.connect(self._show_current)
        self.bar.undoRequested.connect(self.do.undo_mark)
        self.bar.applyRequested.connect(self.do.apply_marks)
        self.empty.actionRequested.connect(self._empty_action)

    # -- what is shown
    def refresh(self) -> None:
        found = self.store.results
        if found is not self._results:
            self._take(found)
        elif "marksChanged" in self.changed:
            self._marks_changed()
        some = found is not None and bool(found.items)
        for part in (self.bar, self.which, self.marked):
            part.setVisible(some)
        self.cls.setVisible(found is not None and bool(found.classes))
        self._show_bar()
        self._show_warning()
        self._show_actions()
        self._show_empty()

    def _take(self, found: Results | None) -> None:
        """Other results: another grid, perhaps of another kind of items."""
        self._results, self._shown = found, []
        self._take_kind()
        self._by_key = {item.key: item for item in found.items} if found is not None else {}
        root = self.store.project.data_root if self.store.project is not None else None
        read = reader(self._kind, self.store.recipe, root, found)
        self.loader.set_decode(read)
        self.loader.set_root(root)
        self.loader.set_pack(self.store.thumbnails)
        self.panel.set_decode(read)
        classes = found.classes if found is not None else ()
        known = {"=" + name for name in classes}
        if self._filter.cls not in known:
            self._filter = Filter(self._filter.which, ALL_CLASSES, self._filter.marks)
        self.cls.set_entries(
            [(ALL_CLASSES, "All classes"), *(("=" + name, name) for name in classes)], self._filter.cls
        )
        self._relabels = found is not None and relabels(found)
        several = found is not None and bool(found.thresholds)
        self.panel.set_classes(classes, several, self._relabels)
        self._show_items()
        if self._wanted:
            self.show_item(self._wanted)

    def _take_kind(self) -> None:
        """Items of this project's kind from now on."""
        self._kind = kind_of(self.store.problem)
        spoken = about(self._kind)
        self.grid.set_kind(painter(self._kind), spoken.tile, spoken.shape)
        self.panel.set_kind(self._kind)

    def show_item(self, key: str) -> None:
        """Make an item current, whatever is filtered; where there are no results yet, once they come."""
        self._wanted = key
        item = self._by_key.get(key)
        if item is None:
            return
        self._wanted = ""
        if not any(self._item_at(place) is item for place in range(len(self._shown))):
            self._filter = Filter("all")
            self._show_items()
        self.grid.choose(next(p for p in range(len(self._shown)) if self._item_at(p) is item))
        self.grid.setFocus()

    def _show_items(self) -> None:
        """Filter anew; the current item stays current where it is still shown."""
        if self._results is None:
            self._shown = []
            return
        old = self._current()
        self._shown = chosen(self._results, self.store.marks, self._filter)
        place = (
            next((i for i, index in enumerate(self._shown) if self._results.items[index] is old), -1)
            if old
            else -1
        )
        self.grid.set_items(
            len(self._shown),
            self._key_at,
            self._tile_at,
            place if place >= 0 else min(0, len(self._shown) - 1),
        )
        self.set_subtitle(shown_words(len(self._shown), self._filter, about(self._kind)))
        self._name_filters()
        self._show_empty()

    def _name_filters(self) -> None:
        self.which.set_text(dict(SETS)[self._filter.which])
        self.marked.set_text(dict(MARKS)[self._filter.marks])
        self.cls.set_text("All classes" if self._filter.cls == ALL_CLASSES else self._filter.cls[1:])

    def _marks_changed(self) -> None:
        if self._filter.marks == "any":
            self.grid.refresh()
            self._show_current()
        else:
            self._show_items()

    def _show_bar(self) -> None:
        project = self.store.project
        source: str | None = "folders"
        if self.store.problem is not None and self.store.recipe is not None:
            source = source_of(self.store.problem, self.store.recipe)
        self.bar.set_table(source == "table")
        root = project.data_root if project is not None else None
        trash = project.folder / "trash" if project is not None else None
        marks = self.store.marks
        self.bar.show_marks(
            item_words.mark_counts(marks),
            moved(marks),
            plan_words(marks, root, trash, source),
            not self.store.read_only,
        )

    def _show_warning(self) -> None:
        count = changed_validation(self.store.marks, self._by_key)
        if count == self._warned:
            return
        self._warned = count
        if self.warning is not None:
            self.body.removeWidget(self.warning)
            self.warning.deleteLater()
            self.warning = None
        if count:
            self.warning = FindingCard(
                "warning", "Validation changes", validation_words(count, about(self._kind)), show="Show them"
            )
            self.warning.showRequested.connect(self._show_marked_validation)
            self.body.insertWidget(0, self.warning)

    def _show_actions(self) -> None:
        marks = moved(self.store.marks)
        self.retrain.setVisible(bool(self._by_key))
        self.retrain.setEnabled(not self.store.busy and not self.store.read_only and marks > 0)
        self.retrain.setToolTip(
            "Train a new run with the marks, and compare it on the same validation set"
            if marks
            else "Relabel or remove something first"
            if self._relabels
            else "Remove something first"
        )
        for button in (self.panel.keep, self.panel.relabel, self.panel.remove):
            button.setEnabled(not self.store.read_only)

    def _show_empty(self) -> None:
        """In place of the grid: no results, a model without items, or a filter that leaves none."""
        if self._results is None:
            self._nothing = no_results(self.store, "what it got most wrong")
        elif not self._results.items:
            self._nothing = NO_ITEMS
        else:
            self._nothing = nothing_left(self._filter, about(self._kind))
        said = self._nothing
        self.empty.set("clean", said.title, said.sentence, said.button)
        self._stack.setCurrentIndex(0 if not self._shown else 1)
        if self._results is None or not self._results.items:
            self.set_subtitle("")

    def _show_current(self) -> None:
        item = self._current()
        mark = self.store.marks.get(item.key) if item is not None else None
        root = self.store.project.data_root if self.store.project is not None else None
        self.panel.show_item(item, mark, root, len(self.grid.chosen()))

    # -- items
    def _current(self) -> ItemResult | None:
        place = self.grid.current()
        if self._results is None or not 0 <= place < len(self._shown):
            return None
        return self._results.items[self._shown[place]]

    def _key_at(self, place: int) -> str:
        return self._item_at(place).key

    def _item_at(self, place: int) -> ItemResult:
        assert self._results is not None
        return self._results.items[self._shown[place]]

    def _tile_at(self, place: int) -> TileView:
        item = self._item_at(place)
        mark = self.store.marks.get(item.key)
        corner = "validation" if item.valid and self._filter.which == "all" else ""
        return TileView(
            item.key,
            *item_words.heading(item, self._kind.caption),
            item_words.loss(item),
            mark=mark.action if mark is not None else "",
            badge=item_words.badge(mark, self._kind.caption),
            corner=corner,
            text=item.words,
        )

    # -- marks
    def _keep(self) -> None:
        self._mark("keep")

    def _remove(self) -> None:
        self._mark("remove")

    def _relabel(self, name: str) -> None:
        if self._results is not None and self._results.thresholds:
            self._toggle(name)
        else:
            self._mark("relabel", name)

    def _relabel_number(self, number: int) -> None:
        if self._results is not None and self._relabels and number < len(self._results.classes):
            self._relabel(self._results.classes[number])

    def _toggle(self, name: str) -> None:
        """Where items may have several tags: add one, or take it away; the item stays current for the next."""
        if self.store.read_only:
            return
        items = [self._item_at(place) for place in self.grid.chosen()]
        for action, tags, keys in toggled(items, self.store.marks, name):
            if action == "keep":
                self.do.mark(keys, action)
            else:
                self.do.mark(keys, action, list(tags))

    def _mark(self, action: str, value: Any = None) -> None:
        """Journal a mark for what is chosen; after a single item the next one is current."""
        places = self.grid.chosen()
        if self.store.read_only or not places:
            return
        keys = [self._item_at(place).key for place in places]
        if value is None:
            self.do.mark(keys, action)
        else:
            self.do.mark(keys, action, value)
        if len(places) == 1 and self._filter.marks == "any":
            self.grid.choose(places[0] + 1)

    # -- filters and the rest
    def _set_which(self, key: str) -> None:
        self._refilter(Filter(key, self._filter.cls, self._filter.marks))

    def _set_class(self, key: str) -> None:
        self._refilter(Filter(self._filter.which, key, self._filter.marks))

    def _set_marked(self, key: str) -> None:
        self._refilter(Filter(self._filter.which, self._filter.cls, key))

    def _show_marked_validation(self) -> None:
        self._refilter(Filter("validation", ALL_CLASSES, "marked"))

    def _refilter(self, wanted: Filter) -> None:
        self._filter = wanted
        self._show_items()
        self.grid.setFocus()

    def _retrain(self) -> None:
        self.do.train()
        self.pageRequested.emit("train")

    def _empty_action(self) -> None:
        if self._nothing.run is not None:
            self.do.show_run(self._nothing.run)
        elif self._nothing.page:
            self.pageRequested.emit(self._nothing.page)
        else:
            self._refilter(Filter("all"))


def fill_sample(store: Store) -> None:
    """The results of a good run, with a few marks."""
    from studio.ui.pages.results_parts.sample import fill

    fill(store)


if __name__ == "__main__":
    from studio.ui.preview import preview

    preview(CleanPage, fill_sample)
