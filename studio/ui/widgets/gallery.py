"""Every widget of the kit on sample values: `python -m studio.ui.widgets.gallery [--shot FILE] [--dark]`.

For looking at, never shown to a person who trains.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.widgets import (
    ICON_NAMES,
    Card,
    ClassBars,
    Combo,
    EmptyState,
    FieldRow,
    FindingCard,
    FloatSpin,
    FlowLayout,
    GhostButton,
    IconButton,
    IconLabel,
    IntSpin,
    KeyHint,
    LinkButton,
    MenuButton,
    PageHeader,
    PathEdit,
    Pill,
    PrimaryButton,
    ProgressLine,
    SecondaryButton,
    SegmentedControl,
    StageTimeline,
    StageView,
    ThumbGrid,
    Toggle,
    columns,
    page_layout,
    row,
    scrolled,
)

_TOKENS = ("good", "warning", "ember", "ice", "metric", "rate", "valid_loss", "train_loss")
STAGES = (
    StageView("Frozen · 3 epochs", True, ("224 px · batch 64 · slice(1e-2)", "done in 1:46 · 5.2 GB"), 3),
    StageView(
        "Thawed · 6 epochs",
        False,
        ("224 px · batch 64 · slice(1e-5, 5e-4)", "epoch 4 of 6 · 3:12 left · 11.3 GB"),
        5,
        0.62,
    ),
)


def sample_picture(number: int) -> QImage:
    """A gradient in place of a photo."""
    made = QImage(280, 220, QImage.Format.Format_RGB32)
    gradient = QLinearGradient(0, 0, 280, 220 if number % 2 else 0)
    gradient.setColorAt(0, theme.LIGHT.colour(_TOKENS[number % len(_TOKENS)]).darker(130))
    gradient.setColorAt(1, QColor(theme.DARK.background))
    painter = QPainter(made)
    painter.fillRect(made.rect(), gradient)
    painter.end()
    return made


def fields() -> Card:
    """A column of editors."""
    card = Card()
    card.body.setSpacing(14)
    photos = PathEdit("folder")
    photos.set_path(Path("/home/ada/data/hymenoptera"))
    labels, network = Combo(), Combo()
    labels.set_options([("folders", "the folder's name"), ("table", "a table")])
    network.set_options([("resnet34", "resnet34"), ("squeezenet", "squeezenet 1.0")])
    card.body.addWidget(FieldRow("Photos", photos, "398 found in 4 folders", note="why-data"))
    card.body.addWidget(FieldRow("Labels", labels))
    card.body.addWidget(
        FieldRow("Network", network, "21 M weights · pretrained on ImageNet", note="architecture")
    )
    card.body.addWidget(FieldRow("Size", IntSpin(32, 512, 224, 32, "px"), note="size"))
    card.body.addWidget(FieldRow("Weight decay", FloatSpin(0, 1, 1e-2), note="weight-decay"))
    bad = FieldRow("Seed", IntSpin(0, 10, 3))
    bad.set_error("The seed must be a whole number above zero.")
    card.body.addWidget(bad)
    card.body.addWidget(Toggle("Balance the classes", True))
    card.body.addWidget(LinkButton("More: pixels, seed, weighting"))
    card.body.addStretch(1)
    return card


def samples() -> QWidget:
    """Bars, a batch and findings."""
    made = QWidget()
    layout = QVBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme.SIZES.gap)
    classes, bars = Card("Classes", "balanced"), ClassBars()
    bars.set_rows([("ants", 123, 70), ("bees", 121, 83)])
    classes.body.addWidget(bars)
    batch, grid = Card("One batch, as the model sees it"), ThumbGrid(96, 80)
    batch.head.addWidget(LinkButton("Another"))
    grid.set_tiles([(sample_picture(n), "bee" if n % 2 else "ant") for n in range(12)])
    grid.choose(2)
    batch.body.addWidget(grid)
    layout.addWidget(classes)
    layout.addWidget(batch)
    for card in findings():
        layout.addWidget(card)
    layout.addStretch(1)
    return made


def findings() -> tuple[FindingCard, ...]:
    """One card of each severity."""
    return (
        FindingCard(
            "error",
            "3 photos cannot be opened",
            "They are cut off; training would stop at them.",
            fix="Leave out",
        ),
        FindingCard(
            "warning",
            "2 near-duplicates across the split",
            "A model could remember them: validation would look too good.",
            fix="Keep them in train",
        ),
        FindingCard("good", "396 photos are fine", "All open, sizes 500 × 333 and the like, colour."),
    )


def data_page() -> QWidget:
    """A page as the Data page arranges it."""
    page = QWidget()
    layout = page_layout(page)
    header = PageHeader("Data", "two folders of photos: image classification")
    header.add_action(PrimaryButton("Continue to the rate"))
    layout.addWidget(header)
    layout.addWidget(columns(scrolled(fields()), scrolled(samples()), 280), 1)
    return page


def kit_page() -> QWidget:
    """The rest of the kit."""
    page = QWidget()
    layout = page_layout(page)
    header = PageHeader("The kit", "every widget once")
    for button in (
        GhostButton("Ghost"),
        SecondaryButton("Find again", "refresh"),
        PrimaryButton("Train", "play"),
    ):
        header.add_action(button)
    layout.addWidget(header)
    timeline = StageTimeline()
    timeline.set_stages(STAGES)
    timeline.choose(1)
    layout.addWidget(timeline)
    layout.addLayout(_buttons())
    layout.addWidget(_pills())
    layout.addWidget(_progress())
    layout.addWidget(_icons())
    empty = Card()
    empty.body.addWidget(
        EmptyState(
            "chart", "No run yet", "Train once, and its curves stand here beside the next ones.", "Train"
        )
    )
    layout.addWidget(empty, 1)
    return page


def _buttons() -> QHBoxLayout:
    menu = MenuButton("All classes")
    menu.set_entries([("all", "All classes"), ("ants", "ants")])
    segments = SegmentedControl([("loss", "Loss"), ("class", "Class"), ("name", "Name")], "loss")
    off = PrimaryButton("Not yet")
    off.setEnabled(False)
    quiet = SecondaryButton("Not yet", "lock")
    quiet.setEnabled(False)
    danger = SecondaryButton("Remove for good", danger=True)
    return row(
        menu, segments, off, quiet, danger, IconButton("trash", "Remove"), Toggle("On", True), Toggle("Off"),
        KeyHint("K"), KeyHint("Del"), None,
    )  # fmt: skip


def _pills() -> QWidget:
    made = QWidget()
    flow = FlowLayout(made)
    for text, tone in (
        ("Idle · run 7 · 93.7 %", "idle"), ("Frozen", "ice"), ("Training · thawed · 3:12 left", "ember"),
        ("Fitting well", "good"), ("Paused", "warning"), ("The engine stopped", "error"),
        ("Checking", "accent"),
    ):  # fmt: skip
        flow.addWidget(Pill(text, tone))
    return made


def _progress() -> Card:
    card, line = Card("Checking the photos"), ProgressLine()
    line.set_progress(0.41, "164 of 398 opened", 12)
    card.body.addWidget(line)
    return card


def _icons() -> Card:
    card, body = Card("Icons"), QWidget()
    flow = FlowLayout(body, gap=16)
    for name in ICON_NAMES:
        label = IconLabel(name, "text", 24)
        label.setToolTip(name)
        flow.addWidget(label)
    card.body.addWidget(body)
    return card


def main(argv: Sequence[str] | None = None) -> int:
    """Show the gallery, or write a picture of it."""
    parser = argparse.ArgumentParser(description="The kit on sample values.")
    parser.add_argument("--shot", type=Path)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--page", choices=("kit", "data"), default="kit")
    options = parser.parse_args(argv)
    app = QApplication([])
    theme.install(app, "dark" if options.dark else "light")
    page = kit_page() if options.page == "kit" else data_page()
    page.resize(1000, 812)
    page.show()
    if options.shot is None:
        return app.exec()
    app.processEvents()
    return 0 if page.grab().save(str(options.shot)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
