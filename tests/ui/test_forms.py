"""A form drawn from declared fields: which editors, what they tell, what they hide."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from studio.recipe.fields import about, describe
from studio.ui.forms import Form
from studio.ui.forms.form import more_words, visible_names
from studio.ui.forms.open_choice import FileChoice, OpenCombo
from studio.ui.forms.several import SeveralChoice
from studio.ui.widgets import Combo, FloatSpin, IntSpin, Toggle


class Toy(Struct, frozen=True):
    """One field of every kind."""

    source: Annotated[
        Literal["folders", "table"],
        about("Labels", "Where.", choices={"folders": "Folder", "table": "Table"}, note="why-data"),
    ] = "folders"
    table: Annotated[str, about("Table", "A file.", shown_when=("source", ("table",)))] = "labels.csv"
    label: Annotated[
        str, about("Class column", "Which.", kind="column", shown_when=("source", ("table",)))
    ] = ""
    weights: Annotated[
        str,
        about("Weights", "Start.", choices={"imagenet": "ImageNet", "none": "None"}, open=True, kind="file"),
    ] = "imagenet"
    epochs: Annotated[int, Meta(ge=1, le=50), about("Epochs", "How long.", unit="epochs")] = 3
    decay: Annotated[float, Meta(ge=0.0, le=1.0), about("Weight decay", "Pull.", more=True)] = 0.01
    fast: Annotated[bool, about("Fast", "Quick.", more=True)] = False


FIELDS = describe(Toy)


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    made = Form(FIELDS, {"epochs": 5})
    qtbot.addWidget(made)
    made.show()
    return made


def told(form: Form) -> list[tuple[str, object]]:
    heard: list[tuple[str, object]] = []
    form.valueEdited.connect(lambda name, value: heard.append((name, value)))
    return heard


def test_every_kind_of_field_gets_its_editor(form: Form) -> None:
    kinds = {"source": Combo, "table": QLineEdit, "label": OpenCombo, "weights": FileChoice}
    kinds |= {"epochs": IntSpin, "decay": FloatSpin, "fast": Toggle}
    assert {name: type(form.editor(name).widget) for name in kinds} == kinds


def test_given_values_are_shown_and_missing_ones_are_the_defaults(form: Form) -> None:
    assert form.values()["epochs"] == 5
    assert form.values()["decay"] == 0.01


def test_a_field_appears_as_soon_as_its_sibling_asks_for_it(form: Form, qtbot: QtBot) -> None:
    assert form.row("table").isHidden()
    combo = form.editor("source").widget
    assert isinstance(combo, Combo)
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert not form.row("table").isHidden()
    assert not form.row("label").isHidden()


def test_rare_fields_wait_behind_more(form: Form) -> None:
    assert form.row("decay").isHidden()
    form.show_more(True)
    assert not form.row("decay").isHidden()


def test_the_disclosure_names_what_is_behind_it() -> None:
    assert more_words(FIELDS, {}) == "More: weight decay, fast"
    assert visible_names(FIELDS, {"source": "folders"}, more=False) == ("source", "weights", "epochs")


def test_a_choice_tells_its_key_once(form: Form, qtbot: QtBot) -> None:
    heard = told(form)
    qtbot.keyClick(form.editor("source").widget, Qt.Key.Key_Down)
    assert heard == [("source", "table")]


def test_a_number_tells_when_a_person_is_done(form: Form, qtbot: QtBot) -> None:
    heard = told(form)
    spin = form.editor("epochs").widget
    assert isinstance(spin, IntSpin)
    spin.setFocus()
    spin.lineEdit().setText("9")
    assert heard == []
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert heard == [("epochs", 9)]


def test_a_toggle_tells_true(form: Form, qtbot: QtBot) -> None:
    heard = told(form)
    form.show_more(True)
    qtbot.mouseClick(form.editor("fast").widget, Qt.MouseButton.LeftButton)
    assert heard == [("fast", True)]


def test_a_column_can_be_proposed_or_typed(form: Form, qtbot: QtBot) -> None:
    form.set_values({"source": "table"})
    form.set_proposals("label", ("file", "species"))
    heard = told(form)
    combo = form.editor("label").widget
    assert isinstance(combo, OpenCombo)
    assert [combo.itemText(i) for i in range(combo.count())] == ["file", "species"]
    combo.lineEdit().setText("genus")
    qtbot.keyClick(combo.lineEdit(), Qt.Key.Key_Return)
    assert heard == [("label", "genus")]


def test_weights_can_be_a_file_of_ones_own(form: Form) -> None:
    heard = told(form)
    choice = form.editor("weights").widget
    assert isinstance(choice, FileChoice)
    choice.take("/models/bird.pth")
    assert heard == [("weights", "/models/bird.pth")]


def test_changes_from_elsewhere_are_shown_and_not_told(form: Form) -> None:
    heard = told(form)
    form.set_values({"epochs": 8, "source": "table", "weights": "none", "fast": True, "decay": 0.1})
    assert heard == []
    assert form.values()["epochs"] == 8
    assert form.editor("epochs").widget.value() == 8
    assert not form.row("table").isHidden()


def test_what_is_half_typed_survives_a_change_of_another_field(form: Form) -> None:
    spin = form.editor("epochs").widget
    spin.lineEdit().setText("1")
    form.set_values({"epochs": 5, "decay": 0.2})
    assert spin.lineEdit().text().startswith("1")


def test_an_error_takes_the_place_of_the_help_until_the_field_changes(form: Form) -> None:
    form.set_error("epochs", "Use a whole number.")
    assert form.row("epochs").error() == "Use a whole number."
    form.set_values({"epochs": 7})
    assert form.row("epochs").error() == ""


def test_a_refused_edit_stays_as_typed_with_the_reason_until_it_is_edited_again(
    form: Form, qtbot: QtBot
) -> None:
    form.set_values({"source": "table"})
    line = form.editor("table").widget
    assert isinstance(line, QLineEdit)
    line.setText("nonsense")
    line.editingFinished.emit()
    form.refuse("table", "labels.csv", "There is no such table.")
    form.set_values({"table": "labels.csv", "epochs": 6})
    assert line.text() == "nonsense" and form.row("table").error() == "There is no such table."
    line.setText("other.csv")
    line.editingFinished.emit()
    assert form.row("table").error() == ""


def test_a_refused_edit_gives_way_to_a_value_from_elsewhere(form: Form) -> None:
    form.refuse("table", "labels.csv", "There is no such table.")
    form.set_values({"table": "new.csv"})
    assert form.values()["table"] == "new.csv" and form.row("table").error() == ""


def test_a_value_that_could_not_be_read_gives_way_while_it_is_still_told_as_wrong(form: Form) -> None:
    form.refuse("table", "labels.csv", "There is no such table.")
    form.set_values({"table": "labels.csv"})
    form.refuse("table", "new.csv", "There is no such table.")
    form.set_values({"table": "new.csv"})
    assert form.values()["table"] == "new.csv"


def test_editors_say_their_names_help_and_note(form: Form) -> None:
    widget = form.editor("source").widget
    assert widget.accessibleName() == "Labels"
    assert widget.accessibleDescription() == "Where."
    assert widget.property("note") == "why-data"
    assert form.editor("epochs").widget.accessibleName() == "Epochs, in epochs"


def test_a_value_that_no_choice_has_is_shown_as_it_is(qtbot: QtBot) -> None:
    made = Form(FIELDS, {"source": "future"})
    qtbot.addWidget(made)
    combo = made.editor("source").widget
    assert isinstance(combo, Combo)
    assert combo.currentText() == "future"


class Ticked(Struct, frozen=True):
    """A field of several values."""

    metrics: Annotated[
        tuple[Literal["accuracy", "f1", "auc"], ...],
        about(
            "Metrics",
            "What is told.",
            choices={"accuracy": "Accuracy", "f1": "F1", "auc": "ROC AUC"},
            hints={"f1": "Precision and recall."},
            kind="several",
        ),
    ] = ()


def test_several_are_ticked_in_a_menu_that_stays_open_and_told_when_it_closes(qtbot: QtBot) -> None:
    form = Form(describe(Ticked), {"metrics": ("auc",)})
    qtbot.addWidget(form)
    form.resize(320, 80)
    form.show()
    heard = told(form)
    choice = form.editor("metrics").widget
    assert isinstance(choice, SeveralChoice)
    assert choice.text() == "ROC AUC"
    choice.open_menu()
    entries = choice.entries()
    assert [e.text() for e in entries if e.text()] == ["The usual ones", "Accuracy", "F1", "ROC AUC"]
    assert next(e for e in entries if e.data() == "f1").toolTip() == "Precision and recall."
    menu = choice.findChild(QMenu)
    assert menu is not None
    menu.setActiveAction(next(e for e in entries if e.data() == "f1"))
    qtbot.keyClick(menu, Qt.Key.Key_Space)
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(entries[2]).center())
    assert menu.isVisible() and heard == []
    menu.close()
    assert heard == [("metrics", ["accuracy", "f1", "auc"])]
    assert choice.text() == "Accuracy, F1, ROC AUC"
    choice.open_menu()
    choice.flip("")
    menu.close()
    assert heard[-1] == ("metrics", []) and choice.text() == "The usual ones"
    form.set_values({"metrics": ("f1",)})
    assert choice.text() == "F1" and len(heard) == 2
