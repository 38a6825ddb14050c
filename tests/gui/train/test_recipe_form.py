"""The recipe form: input reaches the session, and problems are shown at the field."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QWidget,
)

from digitlab.gui.session.values import Recipe
from digitlab.model.layers import Conv2D
from digitlab.model.presets import PRESETS, TUTORIAL
from digitlab.model.spec import Loss, ModelSpec
from digitlab.training.config import Augmentation, Optimizer, Schedule, TrainingConfig
from digitlab.training.recipes import RECIPES, recipe_of
from digitlab.words.recipes import recipe_note
from tests.helpers.fields import assert_every_field_tells_what_it_is, choose, field, problems, tab_order, type_into


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
        ("dropoutField", "30", "dropout", 0.3),
    ],
)
def test_typed_values_reach_the_recipe_and_stay_as_typed(panel, session, qtbot, name, text, attribute, value):
    type_into(qtbot, field(panel, name), text)
    assert getattr(session.recipe.config, attribute) == pytest.approx(value)
    assert field(panel, name).text() == text
    assert not problems(panel)


def test_a_network_that_ends_in_feature_maps_cannot_be_trained_and_the_button_explains_why(panel, session):
    session.recipe = replace(session.recipe, spec=ModelSpec("Maps", (Conv2D(4, 5),)))
    button = panel.findChild(QPushButton, "trainButton")
    assert not button.isEnabled()
    assert "ends in feature maps" in button.toolTip()
    assert any("Not ready to train" in label.text() for label in panel.findChildren(QLabel))


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
        ("dropoutField", "95 %"),
    ],
)
def test_invalid_input_is_marked_at_the_field_and_the_train_button_explains_why(panel, session, qtbot, name, text):
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
    session.recipe.config.__post_init__()  # the session's recipe is always valid


def test_an_empty_field_keeps_the_last_valid_value_and_other_fields_stay_usable(panel, session, qtbot):
    edit = field(panel, "seedField")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_Delete)
    assert session.recipe.config.seed == 1
    type_into(qtbot, field(panel, "epochsField"), "4")
    assert session.recipe.config.epochs == 4
    assert edit.text() == ""
    assert edit.property("invalid")


def test_corrected_input_enables_train_again(panel, qtbot):
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


def test_the_wheel_changes_only_the_focused_field(panel, session):
    field(panel, "seedField").setFocus()
    turn_wheel(field(panel, "epochsField"))
    turn_wheel(panel.findChild(QComboBox, "optimizerBox"))
    assert session.recipe == Recipe()
    field(panel, "epochsField").setFocus()
    turn_wheel(field(panel, "epochsField"))
    assert session.recipe.config.epochs == 11


def test_another_optimizer_sets_its_usual_learning_rate(panel, session, qtbot):
    box = panel.findChild(QComboBox, "optimizerBox")
    choose(qtbot, box, "Adam")
    assert session.recipe.config.optimizer is Optimizer.ADAM
    assert session.recipe.config.learning_rate == 0.001
    assert field(panel, "learningRateField").text() == "0.001"


def test_a_learning_rate_set_by_the_user_stays_with_another_optimizer(panel, session, qtbot):
    type_into(qtbot, field(panel, "learningRateField"), "0.3")
    choose(qtbot, panel.findChild(QComboBox, "optimizerBox"), "Adam")
    assert session.recipe.config.learning_rate == 0.3


def test_choosing_a_loss_changes_the_last_activation_too(panel, session, qtbot):
    choose(qtbot, panel.findChild(QComboBox, "lossBox"), "Sigmoid cross-entropy")
    assert session.recipe.spec == TUTORIAL.with_loss(Loss.SIGMOID_CROSS_ENTROPY)
    assert panel.findChild(QComboBox, "presetBox").currentText() == "Tutorial"


def test_a_network_without_outputs_cannot_be_trained_and_the_preset_explains_why(panel, session, qtbot):
    choose(qtbot, panel.findChild(QComboBox, "presetBox"), "One convolution")
    assert session.recipe.spec == PRESETS["one-conv"]
    assert not panel.findChild(QPushButton, "trainButton").isEnabled()
    assert "no outputs for the digits" in problems(panel)[0]


def test_an_edited_network_is_shown_as_custom(panel, session):
    layer = TUTORIAL.layers[0]
    session.recipe = Recipe(spec=TUTORIAL.with_layer(0, type(layer)(filters=8, kernel_size=5)))
    box = panel.findChild(QComboBox, "presetBox")
    assert box.currentText() == "Custom"
    session.recipe = Recipe()
    assert box.currentText() == "Tutorial"
    assert box.findText("Custom") == -1


def test_choosing_mnist_and_a_file(panel, session, qtbot):
    box = panel.findChild(QComboBox, "dataBox")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert session.recipe.source == "mnist"
    with qtbot.waitSignal(panel.data_file_requested):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == "MNIST"
    session.recipe = Recipe(source="/home/ada/digits.npz")
    assert box.currentText() == "digits.npz"


def test_a_new_seed_is_requested_and_shown(panel, session, qtbot):
    with qtbot.waitSignal(panel.new_seed_requested):
        qtbot.mouseClick(panel.findChild(QToolButton, "newSeedButton"), Qt.MouseButton.LeftButton)
    session.recipe = Recipe(config=TrainingConfig(seed=77))
    assert field(panel, "seedField").text() == "77"


def test_every_field_is_described(panel):
    assert_every_field_tells_what_it_is(panel)


def test_choosing_fast_sets_network_and_settings_and_keeps_seed_validation_and_data(panel, session, qtbot):
    config = TrainingConfig(seed=7, validation_share=0.1)
    session.recipe = Recipe(spec=PRESETS["one-conv"], config=config, source="mnist")
    box = panel.findChild(QComboBox, "recipeBox")
    assert box.currentText() == "Custom"
    choose(qtbot, box, "Fast")
    fast = RECIPES["fast"]
    assert session.recipe == Recipe(fast.spec, replace(fast.config, seed=7, validation_share=0.1), "mnist")
    assert box.currentText() == "Fast"
    assert box.findText("Custom") == -1
    assert panel.findChild(QLabel, "recipeNote").text() == recipe_note(fast)
    assert panel.findChild(QComboBox, "scheduleBox").currentText() == "Warm-up and cosine"
    assert panel.findChild(QComboBox, "augmentationBox").currentText() == "Warped images"


def test_every_recipe_can_be_chosen_and_trained(panel, session, qtbot):
    for name in ("fast", "pen", "tutorial"):
        choose(qtbot, panel.findChild(QComboBox, "recipeBox"), RECIPES[name].title)
        assert recipe_of(session.recipe.spec, session.recipe.config) == name
        assert panel.findChild(QPushButton, "trainButton").isEnabled()


def test_editing_a_setting_makes_the_recipe_custom_and_undoing_it_restores_the_name(panel, session, qtbot):
    box = panel.findChild(QComboBox, "recipeBox")
    type_into(qtbot, field(panel, "epochsField"), "3")
    assert box.currentText() == "Custom"
    assert "Your own settings" in panel.findChild(QLabel, "recipeNote").text()
    type_into(qtbot, field(panel, "seedField"), "9")
    type_into(qtbot, field(panel, "epochsField"), "10")
    assert box.currentText() == "Tutorial"


def test_choosing_a_recipe_replaces_invalid_input(panel, session, qtbot):
    choose(qtbot, panel.findChild(QComboBox, "recipeBox"), "Fast")
    type_into(qtbot, field(panel, "epochsField"), "0")
    panel.findChild(QComboBox, "recipeBox").activated.emit(1)
    assert field(panel, "epochsField").text() == "5"
    assert not problems(panel)
    assert panel.findChild(QPushButton, "trainButton").isEnabled()


def test_schedule_and_augmentation_reach_the_recipe(panel, session, qtbot):
    choose(qtbot, panel.findChild(QComboBox, "scheduleBox"), "Warm-up and cosine")
    choose(qtbot, panel.findChild(QComboBox, "augmentationBox"), "Images and drawings")
    assert session.recipe.config == TrainingConfig(schedule=Schedule.WARMUP_COSINE, augmentation=Augmentation.DRAWINGS)


def test_drawings_are_chosen_from_files_and_reset(panel, session, qtbot):
    box = panel.findChild(QComboBox, "drawingsBox")
    assert not box.isEnabled()
    choose(qtbot, panel.findChild(QComboBox, "augmentationBox"), "Images and drawings")
    assert box.isEnabled()
    assert box.currentText() == "Built-in handwriting"
    box.setFocus()
    with qtbot.waitSignal(panel.drawing_files_requested):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == "Built-in handwriting"
    session.recipe = replace(session.recipe, drawings=("/home/ada/mine.jsonl", "/home/ada/yours.jsonl.gz"))
    assert box.currentText() == "2 files"
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert session.recipe.drawings == ()
    session.recipe = replace(session.recipe, drawings=("/home/ada/mine.jsonl",))
    assert box.currentText() == "mine.jsonl"


def test_no_two_fields_share_a_mnemonic(panel):
    texts = [widget.text() for kind in (QLabel, QAbstractButton) for widget in panel.findChildren(kind)]
    keys = [QKeySequence.mnemonic(text).toString() for text in texts]
    keys = [key for key in keys if key]
    assert len(keys) >= 13
    assert len(keys) == len(set(keys))


def test_the_train_button_is_visible_without_scrolling_and_every_focused_field_is_visible(panel):
    area, button, last = (
        panel.findChild(QScrollArea),
        panel.findChild(QPushButton, "trainButton"),
        field(panel, "seedField"),
    )
    for height, scrolls in ((740, False), (420, True)):
        panel.resize(930, height)
        QApplication.processEvents()
        assert (area.verticalScrollBar().maximum() > 0) == scrolls
        assert panel.rect().contains(QRect(button.mapTo(panel, QPoint()), button.size()))
        last.setFocus()
        assert area.viewport().rect().contains(QRect(last.mapTo(area.viewport(), QPoint()), last.size()))
        field(panel, "epochsField").setFocus()


def test_the_tab_order_follows_the_form(panel):
    order = tab_order(panel)
    assert order[:4] == ["recipeBox", "presetBox", "dataBox", "validationField"]
    assert order.index("seedField") < order.index("trainButton") < order.index("resetButton")


@pytest.mark.parametrize("height", [700 - 110, 800 - 110])  # what menu, tabs, time bar and status bar leave
def test_what_every_training_needs_is_visible_without_scrolling(panel, height):
    panel.resize(660, height)
    QApplication.processEvents()
    view = panel.findChild(QScrollArea).viewport()
    for name in ("presetBox", "dataBox", "validationField", "epochsField", "optimizerBox", "learningRateField"):
        widget = panel.findChild(QWidget, name)
        assert view.rect().contains(QRect(widget.mapTo(view, QPoint()), widget.size())), name


def test_figures_are_promised_for_mnist_only(panel, session, qtbot):
    note, box = panel.findChild(QLabel, "recipeNote"), panel.findChild(QComboBox, "recipeBox")
    for name, recipe in RECIPES.items():
        choose(qtbot, box, recipe.title)
        for source in ("builtin", "/home/me/letters.npz", "mnist"):
            session.recipe = replace(session.recipe, source=source)
            for text in (note.text(), box.itemData(list(RECIPES).index(name), Qt.ItemDataRole.ToolTipRole)):
                assert ("On MNIST" in text) == bool(recipe.on_mnist)
                assert ("not measured on other data" in text) == (bool(recipe.on_mnist) and source != "mnist")
                assert not any(character.isdigit() for character in text.partition("On MNIST")[0])


def test_networks_that_cannot_be_trained_are_marked_in_the_list_with_the_reason(panel, session, qtbot):
    box = panel.findChild(QComboBox, "presetBox")
    heading = box.findText("Feature maps only:")
    assert not box.model().item(heading).isEnabled()
    for preset in PRESETS.values():
        place, problem = box.findText(preset.name), preset.training_problem()
        assert (place > heading) == (problem is not None)
        assert problem is None or problem.reason in box.itemData(place, Qt.ItemDataRole.ToolTipRole)
    # Networks of one's own are on the same side of the heading.
    session.recipe = replace(session.recipe, spec=ModelSpec("Maps", (Conv2D(4, 5),)))
    assert box.findText("Custom") > heading
    session.recipe = replace(session.recipe, spec=TUTORIAL.with_layer(0, Conv2D(31, 5)))
    assert box.currentText() == "Custom"
    assert box.currentIndex() < box.findText("Feature maps only:")
