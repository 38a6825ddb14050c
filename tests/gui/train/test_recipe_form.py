"""The recipe form: what a person types reaches the session, and what is wrong is told at the field."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QToolButton

from digitlab.gui.session import Recipe
from digitlab.model.presets import PRESETS, TUTORIAL
from digitlab.model.spec import Loss
from digitlab.training.config import Optimizer, TrainingConfig
from tests.helpers.fields import choose, field, problems, type_into


@pytest.mark.parametrize(
    ("name", "text", "attribute", "value"),
    [
        ("epochsField", "3", "epochs", 3),
        ("batchSizeField", "1,000", "batch_size", 1000),
        ("learningRateField", "1e-3", "learning_rate", 0.001),
        ("learningRateField", "1e9", "learning_rate", 1e9),
        ("learningRateField", "0,05", "learning_rate", 0.05),
        ("seedField", "2147483647", "seed", 2**31 - 1),
        ("validationField", "10 %", "validation_share", 0.1),
        ("validationField", "12.5", "validation_share", 0.125),
    ],
)
def test_what_is_typed_reaches_the_recipe_and_stays_as_typed(panel, session, qtbot, name, text, attribute, value):
    type_into(qtbot, field(panel, name), text)
    assert getattr(session.recipe.config, attribute) == pytest.approx(value)
    assert field(panel, name).text() == text
    assert not problems(panel)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("epochsField", "0"),
        ("epochsField", "1001"),
        ("epochsField", "2.5"),
        ("batchSizeField", "many"),
        ("learningRateField", "0"),
        ("learningRateField", "nan"),
        ("learningRateField", "1e13"),
        ("seedField", "-1"),
        ("validationField", "60"),
    ],
)
def test_wrong_input_is_marked_at_the_field_and_train_says_why(panel, session, qtbot, name, text):
    edit = field(panel, name)
    type_into(qtbot, edit, text)
    assert edit.property("invalid")
    assert edit.text() == text
    (reason,) = problems(panel)
    button = panel.findChild(QPushButton, "trainButton")
    assert not button.isEnabled()
    assert reason in button.toolTip()
    assert reason in panel.problem
    assert reason == edit.accessibleDescription()
    session.recipe.config.__post_init__()  # what the session holds is right all the time


def test_empty_field_keeps_the_last_right_value_and_other_fields_stay_usable(panel, session, qtbot):
    edit = field(panel, "seedField")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_Delete)
    assert session.recipe.config.seed == 1
    type_into(qtbot, field(panel, "epochsField"), "4")
    assert session.recipe.config.epochs == 4
    assert edit.text() == ""
    assert edit.property("invalid")


def test_mended_input_enables_train_again(panel, qtbot):
    type_into(qtbot, field(panel, "epochsField"), "0")
    type_into(qtbot, field(panel, "epochsField"), "2")
    assert panel.findChild(QPushButton, "trainButton").isEnabled()
    assert not field(panel, "epochsField").property("invalid")
    assert not problems(panel)


def test_arrow_keys_step_the_learning_rate_in_decades(panel, session, qtbot):
    edit = field(panel, "learningRateField")
    edit.setFocus()
    seen = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageDown):
        qtbot.keyClick(edit, key)
        seen.append(session.recipe.config.learning_rate)
    assert seen == [0.02, 0.05, 0.1, 0.05, 0.02]


def turn_wheel(widget):
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        widget.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_the_wheel_changes_only_what_has_the_focus(panel, session):
    field(panel, "seedField").setFocus()
    turn_wheel(field(panel, "epochsField"))
    turn_wheel(panel.findChild(QComboBox, "optimizerBox"))
    assert session.recipe == Recipe()
    field(panel, "epochsField").setFocus()
    turn_wheel(field(panel, "epochsField"))
    assert session.recipe.config.epochs == 11


def test_another_optimizer_brings_its_usual_learning_rate(panel, session, qtbot):
    box = panel.findChild(QComboBox, "optimizerBox")
    choose(qtbot, box, "Adam")
    assert session.recipe.config.optimizer is Optimizer.ADAM
    assert session.recipe.config.learning_rate == 0.001
    assert field(panel, "learningRateField").text() == "0.001"


def test_a_learning_rate_of_ones_own_stays_with_another_optimizer(panel, session, qtbot):
    type_into(qtbot, field(panel, "learningRateField"), "0.3")
    choose(qtbot, panel.findChild(QComboBox, "optimizerBox"), "Adam")
    assert session.recipe.config.learning_rate == 0.3


def test_choosing_a_loss_changes_the_last_activation_too(panel, session, qtbot):
    choose(qtbot, panel.findChild(QComboBox, "lossBox"), "Sigmoid cross-entropy")
    assert session.recipe.spec == TUTORIAL.with_loss(Loss.SIGMOID_CROSS_ENTROPY)
    assert panel.findChild(QComboBox, "presetBox").currentText() == "Tutorial"


def test_a_network_without_answers_cannot_be_trained_and_says_why_at_the_preset(panel, session, qtbot):
    choose(qtbot, panel.findChild(QComboBox, "presetBox"), "One convolution")
    assert session.recipe.spec == PRESETS["one-conv"]
    assert not panel.findChild(QPushButton, "trainButton").isEnabled()
    assert "no answer yet" in problems(panel)[0]


def test_an_edited_network_is_shown_as_edited(panel, session):
    layer = TUTORIAL.layers[0]
    session.set_recipe(Recipe(spec=TUTORIAL.with_layer(0, type(layer)(filters=8, kernel_size=5))))
    box = panel.findChild(QComboBox, "presetBox")
    assert box.currentText() == "As edited"
    session.set_recipe(Recipe())
    assert box.currentText() == "Tutorial"
    assert box.findText("As edited") == -1


def test_choosing_mnist_and_a_file_of_ones_own(panel, session, qtbot):
    box = panel.findChild(QComboBox, "dataBox")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert session.recipe.source == "mnist"
    with qtbot.waitSignal(panel.data_file_requested):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == "MNIST"
    session.set_recipe(Recipe(source="/home/ada/digits.npz"))
    assert box.currentText() == "digits.npz"


def test_new_seed_is_a_wish_and_its_answer_is_shown(panel, session, qtbot):
    with qtbot.waitSignal(panel.new_seed_requested):
        qtbot.mouseClick(panel.findChild(QToolButton, "newSeedButton"), Qt.MouseButton.LeftButton)
    session.set_recipe(Recipe(config=TrainingConfig(seed=77)))
    assert field(panel, "seedField").text() == "77"


def test_every_field_tells_what_it_is(panel):
    for widget in (*panel.findChildren(QLineEdit), *panel.findChildren(QComboBox), *panel.findChildren(QPushButton)):
        assert widget.objectName(), widget
        assert widget.accessibleName(), widget.objectName()
        assert widget.toolTip(), widget.objectName()
        assert widget.whatsThis(), widget.objectName()
