"""Running text stays as it is written: in the samples beside a training, and in what the doctor finds."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.engine import messages as m
from studio.project.live_run import LiveRun
from studio.ui.pages.train_parts.sample_words import rows
from studio.ui.samples import sample_kind
from studio.ui.widgets import FindingCard

WORDS = "Awful is the word. Bad acting, script, dialogue:\nall of it"


def titles(kind: str) -> list[str]:
    run = LiveRun(1)
    answer = m.SampleAnswer("2", "bad", "bad", confidence=0.9, words=WORDS)
    run.shown.append(m.SamplesShown(run=1, stage=0, epoch=0, step=0, samples=(answer,)))
    return [row.title for row in rows(run, 0, sample_kind(kind))]


def test_a_text_is_no_list_of_names_and_values() -> None:
    assert titles("text") == ["Awful is the word. Bad acting, script, dialogue: all of it"]
    assert titles("row") != titles("text")


def test_a_finding_shows_markup_as_it_is_written(qtbot: QtBot) -> None:
    card = FindingCard("info", "Remnants such as <b>bold</b>", "Such as <br />.")
    qtbot.addWidget(card)
    shown = [label for label in card.findChildren(QLabel) if "<b" in label.text()]
    assert len(shown) == 2 and {label.textFormat() for label in shown} == {Qt.TextFormat.PlainText}
