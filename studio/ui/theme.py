"""The look of the studio: every colour, size and font, once.

Purpose: two themes made of the same tokens, the sizes of the 8-pixel grid, the bundled typeface and the
one stylesheet (`resources/style/studio.qss`, filled in from the tokens).

Rules: no colour and no size is written anywhere else. The theme in use lives in one `ThemeSwitch`, kept as a
property of the QApplication: nothing else is global. Painted widgets ask `theme_of()` each time they paint;
widgets that keep tinted pictures renew them when they get `QEvent.StyleChange` or on `themeChanged`.

Must not import: torch, fastai, pandas, numpy, pyqtgraph, or anything of the studio but this package.
"""

from __future__ import annotations

import logging
import sys
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from string import Template
from typing import Final, Literal, get_args

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

log = logging.getLogger(__name__)

Choice = Literal["system", "light", "dark"]
_PROPERTY: Final = "thawTheme"
_TYPEFACE: Final = "thawTypeface"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths in device-independent pixels; everything sits on a grid of eight."""

    grid: int = 8
    half: int = 4
    gap: int = 16  # between cards
    page_margin: int = 24
    radius: int = 10  # cards, tiles, stage blocks
    radius_control: int = 8  # buttons, editors
    line: int = 1
    ring: int = 2  # keyboard focus
    control: int = 32  # height of buttons and editors
    header: int = 48
    gauge: int = 40
    rail: int = 176
    rail_narrow: int = 56
    why: int = 264
    title: int = 20
    text: int = 13
    small: int = 12
    tick: int = 10  # figures beside ticks and on axes: labels of a drawing, not reading text
    icon: int = 16
    icon_large: int = 40
    bar: int = 10  # gauge and class bars
    underline: int = 3  # progress under a stage block


SIZES: Final = Sizes()


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: every colour by what it means. Values are `#RRGGBB`."""

    name: str
    dark: bool
    background: str
    panel: str
    line: str
    line_strong: str
    text: str
    dim: str
    faint: str
    hover: str  # under the pointer, and the selected row
    pressed: str
    track: str  # the empty part of a bar
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    accent_bg: str
    good: str
    good_bg: str
    warning: str
    warning_bg: str
    error: str
    error_bg: str
    ice: str  # frozen
    ice_bg: str
    ice_text: str
    ember: str  # thawed
    ember_bg: str
    ember_text: str
    train_loss: str
    valid_loss: str
    metric: str
    rate: str
    momentum: str
    others: str  # memory held by other programs
    predicted: str  # memory that training would take

    def colour(self, token: str, alpha: float = 1.0) -> QColor:
        """The QColor of a token by its name.

        Parameters
        ----------
        token : str
            A field of this class, for example ``"ember_bg"``; or a ``#RRGGBB`` value, passed through.
        alpha : float
            0 is see-through, 1 is solid.
        """
        value = QColor(token if token.startswith("#") else getattr(self, token))
        value.setAlphaF(alpha)
        return value


LIGHT: Final = Theme(
    name="light",
    dark=False,
    background="#F6F7F9",
    panel="#FFFFFF",
    line="#E3E6EB",
    line_strong="#CDD3DC",
    text="#1B2330",
    dim="#667085",
    faint="#98A2B3",
    hover="#EFF2F6",
    pressed="#E4E9F0",
    track="#EEF1F6",
    accent="#0B6BCB",
    accent_hover="#0A61B9",
    accent_pressed="#08529D",
    on_accent="#FFFFFF",
    accent_bg="#E9F2FC",
    good="#12805C",
    good_bg="#F0FAF6",
    warning="#B54708",
    warning_bg="#FFFAEB",
    error="#B42318",
    error_bg="#FEF3F2",
    ice="#5AA9E6",
    ice_bg="#EAF4FD",
    ice_text="#1B6AA5",
    ember="#E8743B",
    ember_bg="#FDF0E9",
    ember_text="#B04A14",
    train_loss="#0072B2",
    valid_loss="#D55E00",
    metric="#009E73",
    rate="#CC79A7",
    momentum="#56B4E9",
    others="#98A2B3",
    predicted="#A9CCF0",
)

DARK: Final = Theme(
    name="dark",
    dark=True,
    background="#14181F",
    panel="#1B212B",
    line="#2B3340",
    line_strong="#3C4656",
    text="#E6EAF0",
    dim="#9AA7B8",
    faint="#66738A",
    hover="#242B37",
    pressed="#2C3442",
    track="#252C38",
    accent="#4DA3FF",
    accent_hover="#6BB3FF",
    accent_pressed="#3A90EC",
    on_accent="#08131F",
    accent_bg="#1A2C42",
    good="#3DD598",
    good_bg="#182E28",
    warning="#F5B14C",
    warning_bg="#2E2718",
    error="#FF8A80",
    error_bg="#35201F",
    ice="#5AA9E6",
    ice_bg="#18293A",
    ice_text="#7DBEF0",
    ember="#F0894F",
    ember_bg="#33231B",
    ember_text="#F59B67",
    train_loss="#4AA8E0",
    valid_loss="#FF8A3D",
    metric="#2CC79A",
    rate="#E29AC4",
    momentum="#7CC9F4",
    others="#66738A",
    predicted="#2F5480",
)


class ThemeSwitch(QObject):
    """Holds the theme in use and changes it.

    Signals
    -------
    themeChanged(Theme)
        After the stylesheet, the palette and the font are in place.
    """

    themeChanged = Signal(object)

    def __init__(self, app: QApplication, choice: Choice = "system") -> None:
        super().__init__(app)
        self._app = app
        self._choice: Choice = choice
        self._current = LIGHT
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def current(self) -> Theme:
        """The theme in use."""
        return self._current

    @property
    def choice(self) -> Choice:
        """What was asked for: the system's theme or one of the two."""
        return self._choice

    def set_choice(self, choice: Choice) -> None:
        """Follow the system or force one theme; raises ValueError for any other word."""
        if choice not in get_args(Choice):
            raise ValueError(f"theme is {choice!r}; it can be system, light or dark")
        self._choice = choice
        self.apply()

    def apply(self) -> None:
        """Put the stylesheet, palette and font of the chosen theme on the application."""
        chosen = self._chosen()
        if chosen is self._current and self._app.styleSheet():
            return  # dressing every widget again would take a tenth of a second
        self._current = chosen
        self._app.setPalette(palette(self._current))
        self._app.setStyleSheet(stylesheet(self._current))
        self.themeChanged.emit(self._current)

    def _chosen(self) -> Theme:
        if self._choice != "system":
            return DARK if self._choice == "dark" else LIGHT
        scheme = self._app.styleHints().colorScheme()
        return DARK if scheme == Qt.ColorScheme.Dark else LIGHT

    def _follow_system(self, _scheme: Qt.ColorScheme) -> None:
        if self._choice == "system" and self._chosen() is not self._current:
            self.apply()


def install(app: QApplication, choice: Choice = "system") -> ThemeSwitch:
    """Dress the application; calling it again only changes the choice."""
    switch = app.property(_PROPERTY)
    if not isinstance(switch, ThemeSwitch):
        app.setStyle("Fusion")
        app.setProperty(_TYPEFACE, load_fonts())
        app.setFont(font())
        switch = ThemeSwitch(app, choice)
        app.setProperty(_PROPERTY, switch)
    switch.set_choice(choice)
    return switch


def switch_of(app: QCoreApplication | None = None) -> ThemeSwitch | None:
    """The switch of the running application, or None before `install`."""
    app = app or QCoreApplication.instance()
    switch = app.property(_PROPERTY) if app is not None else None
    return switch if isinstance(switch, ThemeSwitch) else None


def theme_of(app: QCoreApplication | None = None) -> Theme:
    """The theme in use; light before `install`."""
    switch = switch_of(app)
    return switch.current if switch is not None else LIGHT


def resources_dir() -> Path:
    """The folder of icons, fonts, notes and style: beside the package, inside it, or in a frozen bundle."""
    package = Path(__file__).resolve().parents[1]
    bundle = Path(getattr(sys, "_MEIPASS", package))
    for folder in (bundle / "resources", package / "resources"):
        if folder.is_dir():
            return folder
    return package.parent / "resources"


def load_fonts() -> str:
    """Register the bundled typeface; the family's name, or the system's where the files are absent."""
    family = ""
    for path in sorted((resources_dir() / "fonts").glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(path))
        family = family or next(iter(QFontDatabase.applicationFontFamilies(number)), "")
    if not family:
        log.warning("no typeface in %s; the system's is used", resources_dir() / "fonts")
    return family or QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def font(pixels: int = SIZES.text, weight: int = 400) -> QFont:
    """The typeface with figures of one width, so that a changing number does not shake its line."""
    app = QCoreApplication.instance()
    family = app.property(_TYPEFACE) if app is not None else None  # Qt would look through every font there is
    made = QFont(family) if family else QFont(QGuiApplication.font())
    made.setPixelSize(pixels)
    made.setWeight(QFont.Weight(weight))
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def stylesheet(theme: Theme) -> str:
    """The one stylesheet, its ``$tokens`` replaced by the theme's colours and by the sizes.

    Raises
    ------
    KeyError
        When the sheet names a token that does not exist.
    """
    sheet = (resources_dir() / "style" / "studio.qss").read_text(encoding="utf-8")
    values = {field.name: str(getattr(theme, field.name)) for field in fields(theme)}
    values |= {f"{name}_px": f"{value}px" for name, value in asdict(SIZES).items()}
    values["icons"] = (resources_dir() / "icons").as_posix()
    return Template(sheet).substitute(values)


def palette(theme: Theme) -> QPalette:
    """The palette for what the stylesheet does not reach: menus, tables, text selection."""
    role = QPalette.ColorRole
    made = QPalette(theme.colour("panel"), theme.colour("background"))
    pairs = {
        role.Window: "background", role.WindowText: "text", role.Base: "panel",
        role.AlternateBase: "background", role.Text: "text", role.Button: "panel",
        role.ButtonText: "text", role.BrightText: "error",
        role.Highlight: "accent", role.HighlightedText: "on_accent", role.Link: "accent",
        role.Accent: "accent", role.LinkVisited: "accent", role.ToolTipBase: "panel",
        role.ToolTipText: "text",
        role.PlaceholderText: "faint", role.Mid: "line", role.Midlight: "line", role.Dark: "line_strong",
        role.Light: "panel", role.Shadow: "line",
    }  # fmt: skip
    for key, token in pairs.items():
        made.setColor(key, theme.colour(token))
    for key in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, key, theme.colour("faint"))
    return made


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio of two ``#RRGGBB`` colours: 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(value: str) -> float:
    channels = (int(value[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
