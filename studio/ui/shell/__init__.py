"""What never leaves the window: header, rail, gauge, notes, notices. The list with signals is in README.md.

Rules: pure views, verbs and signals; they decide nothing and know no engine.
"""

from studio.ui.shell.gauge_bar import GaugeBar, GaugeView
from studio.ui.shell.header import Header, RunState
from studio.ui.shell.notices import Notice, NoticesPanel
from studio.ui.shell.rail import Rail, Step
from studio.ui.shell.why_panel import WhyPanel

__all__ = [
    "GaugeBar",
    "GaugeView",
    "Header",
    "Notice",
    "NoticesPanel",
    "Rail",
    "RunState",
    "Step",
    "WhyPanel",
]
