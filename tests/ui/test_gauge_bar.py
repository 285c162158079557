"""The gauge's bar and panel: batches chosen on ticks and from the list, amounts in words, notices counted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from studio.ui import theme
from studio.ui.shell import GaugeBar, GaugeView
from studio.ui.shell.preview import GAUGE
from studio.ui.theme import SIZES

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # widgets of the test before
    theme.install(qapp, "light")


@pytest.fixture
def gauge(qtbot: QtBot) -> GaugeBar:
    made = GaugeBar()
    qtbot.addWidget(made)
    made.resize(1280, SIZES.gauge)
    made.set_gauge(GAUGE)
    made.show()
    qtbot.waitExposed(made)
    return made


def words(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


def test_a_batch_is_chosen_on_a_tick(qtbot: QtBot, gauge: GaugeBar) -> None:
    painting = gauge.painting
    x = round(2 + (painting.width() - 4) * GAUGE.ticks[1][1] / GAUGE.total_mib)
    with qtbot.waitSignal(gauge.batchChosen) as told:
        qtbot.mouseClick(painting, LEFT, pos=QPoint(x, 14))
    assert told.args == [32]


def test_a_batch_is_chosen_from_the_list(qtbot: QtBot, gauge: GaugeBar) -> None:
    auto, first = gauge.batch.entries()[:2]
    for action, expected in ((auto, "auto"), (first, 16)):
        with qtbot.waitSignal(gauge.batchChosen) as told:
            action.trigger()
        assert told.args == [expected]
    checked = [action.text() for action in gauge.batch.entries() if action.isChecked()]
    assert len(checked) == 1 and checked[0].startswith("64")


def test_a_batch_that_does_not_fit_opens_the_panel_instead(qtbot: QtBot, gauge: GaugeBar) -> None:
    gauge.set_gauge(GaugeView("GPU", "gpu", 1000, 0, 0, None, ((64, 900, False),)))
    painting = gauge.painting
    with qtbot.waitSignal(gauge.panelRequested), qtbot.assertNotEmitted(gauge.batchChosen):
        qtbot.mouseClick(painting, LEFT, pos=QPoint(round(painting.width() * 0.9), 14))


def test_the_breakdown_opens_by_keyboard_and_closes_by_escape(qtbot: QtBot, gauge: GaugeBar) -> None:
    with qtbot.waitSignal(gauge.panelRequested):
        qtbot.keyClick(gauge.painting, Qt.Key.Key_Return)
    assert gauge.panel.isVisible()
    assert {"2.1 GB", "11.3 GB", "14.6 GB", "10.6 GB", "1.9 to 5.2 GB"} <= set(words(gauge.panel))
    qtbot.keyClick(gauge.panel, Qt.Key.Key_Escape)
    assert not gauge.panel.isVisible()


def test_the_amounts_are_said(gauge: GaugeBar) -> None:
    assert "<b>13.4</b> of 24 GB · others 2.1" in words(gauge)
    assert gauge.painting.accessibleName().startswith("GPU 0 · RTX 4090: 13.4 of 24 GB in use")


def test_a_batch_that_the_gauge_picked_is_named(gauge: GaugeBar) -> None:
    gauge.set_gauge(replace(GAUGE, chosen_batch="auto", picked=32))
    assert gauge.batch.text() == "batch auto · 32"
    gauge.set_gauge(replace(GAUGE, chosen_batch="auto", picked=16))
    assert gauge.batch.text() == "batch auto · 16"
    gauge.set_gauge(GAUGE)
    assert gauge.batch.text() == "batch 64"


@pytest.mark.parametrize(
    ("kind", "precision", "said"),
    [
        ("gpu", "fp16", "half precision (fp16)"),
        ("gpu", "fp32", "full precision (fp32)."),
        ("ram", "fp32", "a processor has nothing to win"),
    ],
)
def test_the_panel_says_what_fits_train_in(gauge: GaugeBar, kind: str, precision: str, said: str) -> None:
    gauge.set_gauge(replace(GAUGE, kind=kind, precision=precision))
    assert any(said in text for text in words(gauge.panel))


def test_what_a_stage_took_stands_beside_what_was_foretold(gauge: GaugeBar) -> None:
    gauge.set_gauge(replace(GAUGE, taken=(("Frozen, batch 64", 1024.0, 5120.0, 4608.0),)))
    assert {"1 to 5 GB", "5.5 GB"} <= set(words(gauge.panel))


def test_an_unknown_amount_is_said_to_be_unknown(gauge: GaugeBar) -> None:
    gauge.set_gauge(GaugeView("GPU 0", "unknown", None))
    assert "memory not known" in words(gauge)
    assert "not known" in gauge.painting.accessibleName()
    assert not gauge.batch.isVisible()


def test_notices_are_counted(qtbot: QtBot, gauge: GaugeBar) -> None:
    gauge.set_notices(0)
    assert not gauge.notices.isVisible()
    gauge.set_notices(3, "error")
    assert gauge.notices.text() == "3 notices"
    with qtbot.waitSignal(gauge.noticesRequested):
        qtbot.mouseClick(gauge.notices, LEFT)
