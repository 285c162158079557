"""The shell on sample values: `python -m studio.ui.window [--shot FILE] [--dark] [--size 1280x720]`.

The environment variable THAW_SHOT names a picture as `--shot` does.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget

from studio.ui import theme
from studio.ui.shell import GaugeView, Notice, RunState
from studio.ui.shell.rail import STEPS
from studio.ui.widgets import EmptyState, gallery, page_layout
from studio.ui.window import PageSpec, StudioWindow

GAUGE = GaugeView(
    name="GPU 0 · RTX 4090",
    kind="gpu",
    total_mib=24 * 1024,
    others_mib=2.1 * 1024,
    ours_mib=11.3 * 1024,
    predicted_mib=14.6 * 1024,
    ticks=((16, 5.9 * 1024, True), (32, 8.4 * 1024, True), (64, 13.4 * 1024, True), (128, 22.5 * 1024, True)),
    chosen_batch=64,
    reason="64 is the largest batch that leaves a tenth of the memory free.",
    stages=(("Frozen, 224 px", 1.9 * 1024, 5.2 * 1024), ("Thawed, 224 px", 2.4 * 1024, 11.3 * 1024)),
)
NOTICES = (
    Notice(1, "good", "Checkpoint written", "Run 7 can go on from epoch 3 after a power cut."),
    Notice(2, "warning", "2 near-duplicates across the split", "The score would lie.", "", "Show them"),
    Notice(
        3, "error", "The engine stopped", "The system ended it with signal 9: memory ran out.",
        "The last checkpoint is 40 seconds old.", "Resume",
    ),
)  # fmt: skip


def _empty() -> QWidget:
    page = QWidget()
    sentence = "Train once, and what the model gets right and wrong stands here."
    page_layout(page).addWidget(EmptyState("results", "No results yet", sentence, "Go to Train"))
    return page


def sample_window() -> StudioWindow:
    """The window with a project that trains."""
    factories = {"data": gallery.data_page, "train": gallery.kit_page}
    pages = [PageSpec(step.key, step.title, step.icon, factories.get(step.key, _empty)) for step in STEPS]
    window = StudioWindow(pages)
    window.header.set_project("ants and bees", "image classification")
    text = "Training · stage 2 of 2 · thawed · 3:12 left"
    window.header.set_state(RunState("training", text, frozen=False, can_pause=True, can_stop=True))
    window.gauge.set_gauge(GAUGE)
    window.gauge.set_saved("saved · checkpoint 40 s ago")
    window.set_notices(NOTICES)
    window.rail.set_mark("data", "done")
    window.rail.set_mark("rate", "attention", "Stage 2 waits for its rate")
    window.rail.set_mark("train", "running")
    return window


def main(argv: Sequence[str] | None = None) -> int:
    """Show the shell, or write a picture of it."""
    parser = argparse.ArgumentParser(description="The shell on sample values.")
    parser.add_argument("--shot", default=os.environ.get("THAW_SHOT", ""))
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--page", default="data")
    parser.add_argument("--open", choices=("", "gauge", "notices"), default="")
    options = parser.parse_args(argv)
    app = QApplication([])
    theme.install(app, "dark" if options.dark else "light")
    window = sample_window()
    width, height = (int(part) for part in options.size.split("x"))
    window.resize(QSize(width, height))
    window.show()
    window.show_page(options.page)
    app.processEvents()
    if options.open == "gauge":
        window.gauge.open_panel()
    elif options.open == "notices":
        window.gauge.notices.click()
    if not options.shot:
        return app.exec()
    app.processEvents()
    return 0 if window.grab().save(str(Path(options.shot))) else 1
