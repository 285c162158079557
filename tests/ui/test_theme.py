"""The look: tokens readable in both themes, one stylesheet, icons and notes that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QFontDatabase, QFontMetricsF
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from studio.ui import theme
from studio.ui.shell.why_panel import note_names, note_text
from studio.ui.theme import DARK, LIGHT, Theme
from studio.ui.widgets.icons import ICON_NAMES, icon, pixmap

STUDIO = Path(theme.__file__).parents[1]
BOTH = pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])


@pytest.fixture
def switch(qapp: QApplication) -> Iterator[theme.ThemeSwitch]:
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # widgets of the test before
    made = theme.install(qapp, "light")
    yield made
    made.set_choice("light")


def sources() -> list[tuple[Path, str]]:
    return [(path, path.read_text(encoding="utf-8")) for path in (STUDIO / "ui").rglob("*.py")]


@BOTH
@pytest.mark.parametrize("ground", ["background", "panel"])
@pytest.mark.parametrize("ink", ["text", "dim", "accent", "good", "warning", "error"])
def test_text_can_be_read_on_every_ground(look: Theme, ground: str, ink: str) -> None:
    assert theme.contrast(getattr(look, ink), getattr(look, ground)) >= 4.5


@BOTH
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("ice_text", "ice_bg"),
        ("ember_text", "ember_bg"),
        ("dim", "ice_bg"),
        ("text", "ember_bg"),
        ("warning", "warning_bg"),
        ("error", "error_bg"),
        ("good", "good_bg"),
        ("accent", "accent_bg"),
        ("on_accent", "accent"),
        ("text", "hover"),
        ("text", "track"),
    ],
)
def test_words_can_be_read_on_their_tint(look: Theme, ink: str, ground: str) -> None:
    needed = 4.2 if ink == "dim" else 4.5
    assert theme.contrast(getattr(look, ink), getattr(look, ground)) >= needed


def test_contrast_follows_the_definition() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@BOTH
def test_every_token_is_a_colour(look: Theme) -> None:
    values = [getattr(look, field.name) for field in fields(look) if field.name not in ("name", "dark")]
    assert all(re.fullmatch(r"#[0-9A-F]{6}", value) for value in values)


@BOTH
def test_the_stylesheet_knows_all_its_tokens(look: Theme) -> None:
    sheet = theme.stylesheet(look)
    assert look.panel in sheet
    assert "$" not in sheet.split("*/", 1)[1]


def test_no_colour_is_written_outside_the_theme() -> None:
    for path, text in sources():
        if path.name not in ("theme.py", "sample.py"):  # samples draw invented photos
            assert not re.search(r"[\"']#[0-9A-Fa-f]{6}[\"']", text), path
    sheet = (theme.resources_dir() / "style" / "studio.qss").read_text(encoding="utf-8")
    assert not re.search(r"#[0-9A-Fa-f]{3,8}\b(?=[;\s])", sheet.split("*/", 1)[1])


def test_a_choice_overrides_the_system_and_is_told(switch: theme.ThemeSwitch, qtbot: QtBot) -> None:
    with qtbot.waitSignal(switch.themeChanged) as told:
        switch.set_choice("dark")
    assert told.args == [DARK]
    assert theme.theme_of() is DARK
    assert DARK.panel in QApplication.instance().styleSheet()


def test_an_unknown_choice_is_refused(switch: theme.ThemeSwitch) -> None:
    with pytest.raises(ValueError, match="system, light or dark"):
        switch.set_choice("blue")  # type: ignore[arg-type]
    assert switch.choice == "light"


def test_installing_again_keeps_one_switch(qapp: QApplication, switch: theme.ThemeSwitch) -> None:
    assert theme.install(qapp, "dark") is switch
    assert switch.current is DARK


def test_figures_have_one_width(switch: theme.ThemeSwitch) -> None:
    assert "Inter" in QFontDatabase.families()
    for weight in (400, 600):
        metrics = QFontMetricsF(theme.font(13, weight))
        assert metrics.horizontalAdvance("1111") == pytest.approx(metrics.horizontalAdvance("0000"))


def test_figures_have_one_width_in_styled_widgets(switch: theme.ThemeSwitch, qtbot: QtBot) -> None:
    button = QPushButton("1")
    qtbot.addWidget(button)
    button.ensurePolished()
    metrics = QFontMetricsF(button.font())
    assert metrics.horizontalAdvance("1111") == pytest.approx(metrics.horizontalAdvance("0000"))


@pytest.mark.parametrize("name", ICON_NAMES)
def test_every_icon_is_drawn(name: str, switch: theme.ThemeSwitch) -> None:
    image = pixmap(name, "accent", 24, 2.0).toImage()
    assert image.width() == 48
    drawn = [image.pixelColor(x, y) for x in range(48) for y in range(48)]
    solid = {colour.name() for colour in drawn if colour.alpha() > 250}
    assert LIGHT.accent.lower() in solid


def test_icon_files_and_names_agree() -> None:
    assert {path.stem for path in (theme.resources_dir() / "icons").glob("*.svg")} == set(ICON_NAMES)


def test_an_unknown_icon_is_refused(switch: theme.ThemeSwitch) -> None:
    with pytest.raises(KeyError, match="no icon is called"):
        icon("unicorn")


def test_icons_named_in_the_code_exist() -> None:
    pattern = re.compile(
        r"(?:Icon(?:Label|Button)|EmptyState|paint_icon)\(\s*(?:painter, [^\"\n]*)?\"([a-z]+)\""
    )
    used = {name for _path, text in sources() for name in pattern.findall(text)}
    assert used and used <= set(ICON_NAMES)


def test_notes_named_in_the_code_exist() -> None:
    pattern = re.compile(r"(?:note=|set_note\([\w.]+, |show_note\()\"([a-z-]+)\"")
    texts = [path.read_text(encoding="utf-8") for path in STUDIO.rglob("*.py")]
    used = {name for text in texts for name in pattern.findall(text)}
    assert "learning-rate" in used
    assert used <= set(note_names())


@pytest.mark.parametrize("name", note_names())
def test_every_note_has_a_heading_and_is_short(name: str) -> None:
    text = note_text(name)
    assert text.startswith("# ")
    assert 20 < len(text.split()) < 180
