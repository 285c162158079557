"""The first paint of the window against an empty PySide6 window, what is loaded by then, and when the engine is warm.

Every figure is of a fresh process, from its creation. Aim: at most three times the empty window; no numpy, pyqtgraph
or torch by then. What restoring Python's own import after PySide6 gives back is measured with fastai.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.bench.timing import Row, interleaved

TITLE = "Start-up: first paint against an empty PySide6 window"
REPEATS, IMPORTS = 7, 3

_SAY = """
app.processEvents()
import json, time, sys, psutil
heavy = sorted({'torch', 'fastai', 'numpy', 'pandas', 'pyqtgraph'} & set(sys.modules))
print(json.dumps({"s": time.time() - psutil.Process().create_time(), "heavy": heavy}))
"""
_EMPTY = f"""
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([]); window = QMainWindow(); window.resize(1440, 900); window.show()
{_SAY}
"""
_STUDIO = f"""
from studio.ui import app as a, theme
app = a.make_application(); settings = a.Settings(); theme.install(app, "light")
studio = a.Studio(settings); studio.start()
{_SAY}
import os; os._exit(0)
"""
_FASTAI = """
import time
began = time.process_time()
import fastai.vision.all
import json; print(json.dumps({"s": time.process_time() - began}))
"""
_QT_FIRST = f"""
from PySide6 import QtCore
{_FASTAI}
"""
_QT_RESTORED = f"""
import builtins
own = builtins.__import__
from PySide6 import QtCore
builtins.__import__ = own
{_FASTAI}
"""


def run() -> list[Row]:
    """The table."""
    heavy = _fresh(_STUDIO)["heavy"]
    paints = interleaved(
        {"first paint, empty window": _Timed(_EMPTY), "first paint, studio": _Timed(_STUDIO)}, "s", REPEATS
    )
    loaded = f"loaded by then: {', '.join(heavy) or 'none of numpy, pyqtgraph, torch'}"
    paints[1] = Row(*_fields(paints[1]), loaded)
    imports = {
        "import fastai": _Timed(_FASTAI),
        "the same after PySide6": _Timed(_QT_FIRST),
        "after PySide6, import restored": _Timed(_QT_RESTORED),
    }
    return [*paints, *interleaved(imports, "CPU s", IMPORTS)]


class _Timed:
    """Runs code in a process of its own; what it says in seconds."""

    def __init__(self, code: str) -> None:
        self._code = code

    def __call__(self) -> float:
        return float(_fresh(self._code)["s"])


def _fields(row: Row) -> tuple[str, str, float, float, float, float | None]:
    return row.case, row.unit, row.median, row.low, row.high, row.ratio


def _fresh(code: str) -> dict[str, object]:
    quiet = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    quiet.pop("PYTHONDONTWRITEBYTECODE", None)  # a person's second start finds everything compiled
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=quiet)
    return dict(json.loads(done.stdout.splitlines()[-1]))
