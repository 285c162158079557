"""The kit: small views from which every page is made. The list with signals is in README.md beside this.

Rules: a widget is verbs and signals named for intentions; it decides nothing, knows no engine, and takes
every colour and length from `studio.ui.theme`. Must not import: torch, fastai, pandas, numpy, pyqtgraph.
"""

from studio.ui.widgets.buttons import (
    GhostButton,
    IconButton,
    LinkButton,
    MenuButton,
    PrimaryButton,
    SecondaryButton,
)
from studio.ui.widgets.card import Card
from studio.ui.widgets.class_bars import ClassBars
from studio.ui.widgets.data_table import DataTable
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.fields import Combo, FieldRow
from studio.ui.widgets.finding_card import FindingCard
from studio.ui.widgets.icons import ICON_NAMES, IconLabel, icon, paint_icon, pixmap
from studio.ui.widgets.labels import (
    DimLabel,
    ErrorLabel,
    FieldLabel,
    HeadingLabel,
    KeyHint,
    SelectableLabel,
    SmallLabel,
    TitleLabel,
    repolish,
    set_note,
    set_tone,
)
from studio.ui.widgets.layout import (
    FlowLayout,
    PageHeader,
    column,
    columns,
    page_layout,
    row,
    rule,
)
from studio.ui.widgets.numbers import FloatSpin, IntSpin
from studio.ui.widgets.path_edit import PathEdit
from studio.ui.widgets.pill import Pill
from studio.ui.widgets.progress_line import ProgressLine
from studio.ui.widgets.scroll import Filling, FillingStack, scrolled
from studio.ui.widgets.segmented import SegmentedControl
from studio.ui.widgets.stage_block import StageBlock, StageView
from studio.ui.widgets.stage_timeline import StageTimeline
from studio.ui.widgets.thumb_grid import ImageTile, ThumbGrid
from studio.ui.widgets.tinted_table import TintedTable, tint
from studio.ui.widgets.toggle import Toggle
from studio.ui.widgets.undo_bar import UndoBar

__all__ = [
    "ICON_NAMES",
    "Card",
    "ClassBars",
    "Combo",
    "DataTable",
    "DimLabel",
    "EmptyState",
    "ErrorLabel",
    "FieldLabel",
    "FieldRow",
    "Filling",
    "FillingStack",
    "FindingCard",
    "FloatSpin",
    "FlowLayout",
    "GhostButton",
    "HeadingLabel",
    "IconButton",
    "IconLabel",
    "ImageTile",
    "IntSpin",
    "KeyHint",
    "LinkButton",
    "MenuButton",
    "PageHeader",
    "PathEdit",
    "Pill",
    "PrimaryButton",
    "ProgressLine",
    "SecondaryButton",
    "SegmentedControl",
    "SelectableLabel",
    "SmallLabel",
    "StageBlock",
    "StageTimeline",
    "StageView",
    "ThumbGrid",
    "TintedTable",
    "TitleLabel",
    "Toggle",
    "UndoBar",
    "column",
    "columns",
    "icon",
    "page_layout",
    "paint_icon",
    "pixmap",
    "repolish",
    "row",
    "rule",
    "scrolled",
    "set_note",
    "set_tone",
    "tint",
]
