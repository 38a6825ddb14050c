"""The Network panel: edits are applied, costs follow each keystroke, and problems are marked at their field."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QTableView, QToolButton

from digitlab.gui.network.diagram import NetworkDiagram
from digitlab.gui.network.editor import NetworkEditor
from digitlab.gui.session.values import Recipe, TrainingState
from digitlab.gui.widgets.fields import NumberField
from digitlab.model.layer import Activation, GlobalPooling, Padding, Pooling
from digitlab.model.layers import Conv2D, Dense, GlobalPooling2D, Pooling2D
from digitlab.model.presets import EDITED_NAME, PRESETS, TUTORIAL
from digitlab.model.spec import Loss, ModelSpec
from digitlab.training.config import TrainingConfig
from tests.helpers.fields import assert_every_field_tells_what_it_is, choose, field, problems, tab_order, type_into


def settle(qtbot, panel):
    """Wait until the typed network is the recipe's."""
    qtbot.waitUntil(lambda: not panel.is_settling)


def table(panel):
    """Return the summary as shown on screen: one list of texts for each row."""
    model = panel.findChild(QTableView, "summaryTable").model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


# The tutorial's own table, and the multiply-adds worked out by hand: 24·24·32·25, 8·8·64·25·32 and 1024·10.
TUTORIAL_TABLE = [
    ["input", "28 × 28 × 1", "–", "3.1 kB", "–"],
    ["conv1", "24 × 24 × 32", "832", "73.7 kB", "460,800"],
    ["pool1", "12 × 12 × 32", "–", "18.4 kB", "–"],
    ["conv2", "8 × 8 × 64", "51,264", "16.4 kB", "3,276,800"],
    ["pool2", "4 × 4 × 64", "–", "4.1 kB", "–"],
    ["flatten", "1,024", "–", "4.1 kB", "–"],
    ["dense", "10", "10,250", "40 B", "10,240"],
    ["total", "", "62,346", "119.9 kB", "3,747,840"],
]


def test_the_summary_is_the_tutorials_table(panel):
    assert table(panel) == TUTORIAL_TABLE


@pytest.mark.parametrize(
    ("preset", "total"), [("One convolution", "832"), ("Two convolutions", "52,096"), ("Tutorial", "62,346")]
)
def test_presets_have_the_tutorials_totals(panel, session, qtbot, preset, total):
    choose(qtbot, panel.findChild(QComboBox, "networkPresetBox"), preset)
    assert table(panel)[-1][2] == total
    settle(qtbot, panel)
    assert session.recipe.spec.name == preset


def test_costs_and_shapes_follow_every_keystroke(panel, session, qtbot):
    edit = field(panel, "conv1.filters")
    type_into(qtbot, edit, "1")
    assert table(panel)[1][2] == "26"
    qtbot.keyClicks(edit, "6")
    assert table(panel)[1][1:3] == ["24 × 24 × 16", "416"]
    assert session.recipe.spec == TUTORIAL
    settle(qtbot, panel)
    assert session.recipe.spec.layers[0].filters == 16
    assert session.recipe.spec.name == EDITED_NAME
    assert panel.findChild(QComboBox, "networkPresetBox").currentText() == "Custom"


def test_every_hyperparameter_reaches_the_recipe(panel, session, qtbot):
    type_into(qtbot, field(panel, "conv1.kernel_size"), "3")
    type_into(qtbot, field(panel, "conv2.strides"), "2")
    choose(qtbot, panel.findChild(QComboBox, "conv1.padding"), "same")
    choose(qtbot, panel.findChild(QComboBox, "pool1.kind"), "average")
    type_into(qtbot, field(panel, "pool2.size"), "1")
    settle(qtbot, panel)
    first, pool1, second, pool2, *_ = session.recipe.spec.layers
    assert (first.kernel_size, first.padding) == ((3, 3), Padding.SAME)
    assert pool1.kind is Pooling.AVERAGE
    assert second.strides == (2, 2)
    assert pool2.size == pool2.strides == (1, 1)


def test_pooling_can_be_an_l2_norm(panel, session, qtbot):
    choose(qtbot, panel.findChild(QComboBox, "pool1.kind"), "L2 norm")
    settle(qtbot, panel)
    assert session.recipe.spec.layers[1] == Pooling2D(2, Pooling.NORM)
    assert session.recipe.spec.building_problem() is None


def test_a_network_with_global_pooling_is_shown_and_edited(panel, session, qtbot):
    layers = (Conv2D(4, 5), GlobalPooling2D(), Dense(10, Activation.SOFTMAX))
    session.recipe = Recipe(ModelSpec("Pooled", layers))
    choose(qtbot, panel.findChild(QComboBox, "globalpool.kind"), "max")
    settle(qtbot, panel)
    assert session.recipe.spec.layers[1] == GlobalPooling2D(GlobalPooling.MAX)
    assert_every_field_tells_what_it_is(panel)


def test_a_kernel_that_does_not_fit_is_marked_at_its_field_and_the_last_network_stays(panel, session, qtbot):
    edit = field(panel, "conv2.kernel_size")
    edit.setFocus()
    qtbot.keyClicks(edit, "0")  # 5 becomes 50 ...
    assert edit.property("invalid")
    assert session.recipe.spec == TUTORIAL
    type_into(qtbot, edit, "13")  # ... and then 13, a valid size, but too large here
    settle(qtbot, panel)
    assert edit.text() == "13"
    assert edit.property("invalid")
    assert any("does not fit into 12 × 12" in problem for problem in problems(panel))
    assert session.recipe.spec == TUTORIAL  # not the 1 that 13 began with
    assert table(panel) == TUTORIAL_TABLE
    assert "Not applied" in panel.findChild(QLabel, "networkHint").text()
    type_into(qtbot, edit, "5")
    settle(qtbot, panel)
    assert not edit.property("invalid")
    assert not problems(panel)
    assert session.recipe.spec == TUTORIAL


def test_the_field_to_change_is_marked_wherever_the_edit_was(panel, qtbot):
    type_into(qtbot, field(panel, "conv1.strides"), "8")
    assert field(panel, "conv2.kernel_size").property("invalid")
    assert not field(panel, "conv1.strides").property("invalid")


def test_a_network_that_is_too_large_is_reported(panel, session, qtbot):
    type_into(qtbot, field(panel, "conv1.filters"), "256")
    type_into(qtbot, field(panel, "conv2.filters"), "256")
    choose(qtbot, panel.findChild(QComboBox, "conv1.padding"), "same")
    type_into(qtbot, field(panel, "pool1.size"), "1")
    settle(qtbot, panel)
    before = session.recipe.spec
    assert before.layers[0].filters == 256
    type_into(qtbot, field(panel, "conv2.kernel_size"), "20")
    settle(qtbot, panel)
    assert any("parameters" in problem for problem in problems(panel))
    assert session.recipe.spec == before


def shown_state(panel):
    """Return what each part of the panel says of the network: table, diagram, preset, titles of layers, and hint."""
    return (
        table(panel)[-1][2],
        panel.findChild(NetworkDiagram).accessibleDescription(),
        panel.findChild(QComboBox, "networkPresetBox").currentText(),
        [label.text() for label in panel.findChildren(QLabel) if label.text().startswith("<b>")],
        panel.findChild(QLabel, "networkHint").text(),
    )


def marked(panel):
    """Return the fields marked as invalid and those marked as not applied."""
    fields = [*panel.findChildren(NumberField), *panel.findChildren(QComboBox)]
    return tuple(
        {edit.objectName() for edit in fields if edit.property(flag) and edit.isVisible()}
        for flag in ("invalid", "unapplied")
    )


@pytest.mark.parametrize("typed", ["3x", "", "0", "99999", "-1", "three", "3 3 3 3"])
def test_an_invalid_entry_leaves_one_state_the_last_valid_network(panel, session, qtbot, typed):
    before = shown_state(panel)
    edit = field(panel, "conv1.filters")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_Delete)
    qtbot.keyClicks(edit, typed)
    assert not panel.findChild(NetworkEditor).is_valid
    for _ in range(2):  # while the half-typed number could still be applied, and after that
        assert shown_state(panel)[:-1] == before[:-1]
        assert shown_state(panel)[-1] == (
            "Not applied: conv1 filters. Train uses the last valid network, with 62,346 parameters."
        )
        assert session.recipe.spec == TUTORIAL
        settle(qtbot, panel)
    assert marked(panel) == ({"conv1.filters"}, {"conv1.filters"})


def test_all_invalid_fields_and_all_that_are_not_applied_because_of_them_are_marked(panel, session, qtbot):
    named = []
    panel.unapplied_changed.connect(named.append)
    type_into(qtbot, field(panel, "conv1.filters"), "many")
    type_into(qtbot, field(panel, "conv1.strides"), "none")
    type_into(qtbot, field(panel, "conv2.kernel_size"), "13")  # valid, but too large here
    type_into(qtbot, field(panel, "pool1.size"), "3")  # valid
    choose(qtbot, panel.findChild(QComboBox, "conv2.padding"), "same")
    choose(qtbot, panel.findChild(QComboBox, "conv2.padding"), "valid")
    choose(qtbot, panel.findChild(QComboBox, "networkLossBox"), "Euclidean")
    settle(qtbot, panel)
    assert marked(panel) == (
        {"conv1.filters", "conv1.strides", "conv2.kernel_size", "conv2.kernel_size.width"},
        {
            *("conv1.filters", "conv1.strides", "conv1.strides.width", "conv2.kernel_size", "conv2.kernel_size.width"),
            *("pool1.size", "pool1.size.width", "pool1.strides", "pool1.strides.width"),
            "networkLossBox",
        },
    )
    reasons = problems(panel.findChild(NetworkEditor))
    assert len(reasons) == 2
    assert "Filters: Type a whole number from 1 to 256. Stride: Type a whole number from 1 to 8." in reasons
    assert "The last valid network has 2 × 2 here." in field(panel, "pool1.size").accessibleDescription()
    assert named[-1] == ("conv1 filters", "conv1 stride", "pool1 size", "pool1 stride", "conv2 size", "loss")
    assert table(panel) == TUTORIAL_TABLE
    for name, text in (("conv1.filters", "8"), ("conv1.strides", "1"), ("conv2.kernel_size", "5")):
        type_into(qtbot, field(panel, name), text)
    settle(qtbot, panel)
    assert marked(panel) == (set(), set())
    assert named[-1] == ()
    assert "Not applied" not in field(panel, "pool1.size").accessibleDescription()
    assert session.recipe.spec.loss is Loss.EUCLIDEAN
    assert session.recipe.spec.layers[1].size == (3, 3)


def test_a_preset_replaces_invalid_entries_at_once(panel, session, qtbot):
    type_into(qtbot, field(panel, "conv1.filters"), "many")
    box = panel.findChild(QComboBox, "networkPresetBox")
    choose(qtbot, box, "Two convolutions")
    assert session.recipe.spec.name == "Two convolutions"
    assert marked(panel) == (set(), set())
    qtbot.waitUntil(lambda: field(panel, "conv1.filters").isVisible())  # that of the preset's first layer
    type_into(qtbot, field(panel, "conv1.filters"), "many")
    assert "Not applied: conv1 filters." in shown_state(panel)[-1]


def test_an_edit_keeps_the_activation_that_the_loss_implies(panel, session, qtbot):
    choose(qtbot, panel.findChild(QComboBox, "networkLossBox"), "Sigmoid cross-entropy")
    type_into(qtbot, field(panel, "conv1.filters"), "8")
    settle(qtbot, panel)
    assert session.recipe.spec.layers[0].filters == 8
    assert session.recipe.spec.layers[-1].activation is Activation.SIGMOID


def test_invalid_input_survives_a_change_elsewhere_in_the_recipe(panel, session, qtbot):
    type_into(qtbot, field(panel, "conv2.kernel_size"), "50")
    session.recipe = replace(session.recipe, config=TrainingConfig(epochs=3))
    assert field(panel, "conv2.kernel_size").text() == "50"


def test_a_network_chosen_elsewhere_is_shown(panel, session):
    session.recipe = Recipe(spec=PRESETS["one-conv"])
    assert table(panel)[-1][2] == "832"
    assert field(panel, "conv1.filters").text() == "32"
    assert (
        len(panel.findChildren(QComboBox, "pool2.kind")) == 0
        or not panel.findChild(QComboBox, "pool2.kind").isVisible()
    )


def test_back_to_the_tutorial_undoes_all_edits(panel, session, qtbot):
    button = panel.findChild(QPushButton, "backToTutorialButton")
    assert not button.isEnabled()
    type_into(qtbot, field(panel, "conv1.filters"), "8")
    choose(qtbot, panel.findChild(QComboBox, "networkLossBox"), "Euclidean")
    type_into(qtbot, field(panel, "conv2.kernel_size"), "99")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(qtbot, panel)
    assert session.recipe.spec == TUTORIAL
    assert field(panel, "conv2.kernel_size").text() == "5"
    assert not problems(panel)
    assert table(panel) == TUTORIAL_TABLE


def test_each_loss_is_explained_and_changes_the_last_activation(panel, session, qtbot):
    choose(qtbot, panel.findChild(QComboBox, "networkLossBox"), "Euclidean")
    settle(qtbot, panel)
    assert session.recipe.spec == TUTORIAL.with_loss(Loss.EUCLIDEAN)
    assert any("½ ‖output − target‖²" in label.text() for label in panel.findChildren(QLabel))
    choose(qtbot, panel.findChild(QComboBox, "networkLossBox"), "Sigmoid cross-entropy")
    settle(qtbot, panel)
    assert session.recipe.spec == TUTORIAL.with_loss(Loss.SIGMOID_CROSS_ENTROPY)


def test_the_editor_is_locked_while_training(panel, session):
    session.training_state = TrainingState.RUNNING
    assert not field(panel, "conv1.filters").isEnabled()
    assert any(label.text() == "Locked while training" and label.isVisible() for label in panel.findChildren(QLabel))
    session.training_state = TrainingState.IDLE
    assert field(panel, "conv1.filters").isEnabled()


def test_the_hint_distinguishes_the_network_on_screen_from_the_next(panel, qtbot):
    hint = panel.findChild(QLabel, "networkHint")
    assert hint.text() == "This is the network on screen: Tutorial."
    type_into(qtbot, field(panel, "conv1.filters"), "8")
    settle(qtbot, panel)
    assert hint.text() == "Applies to the next training. On screen is Tutorial, with 62,346 parameters."


def copied(panel, entry):
    """Choose an entry of the button's menu, and return what is in the clipboard."""
    button = panel.findChild(QPushButton, "copySummaryButton")
    next(action for action in button.menu().actions() if action.text().replace("&", "").startswith(entry)).trigger()
    return QGuiApplication.clipboard().text()


def test_the_table_is_copied_as_tab_separated_text(panel, qtbot):
    text = copied(panel, "As text")
    lines = [line.split("\t") for line in text.splitlines()]
    headers = ["Layer", "Type", "Output", "Receptive field", "Step", "Sum", "Parameters", "Memory", "Multiply-adds"]
    assert lines[0] == headers
    conv1 = ["conv1", "Conv2D", "24 × 24 × 32", "sees 5 × 5", "1 pixel", "(5 × 5 × 1 + 1) × 32", "832"]
    assert lines[2][:7] == conv1
    assert lines[-1][6] == "62,346"
    assert {len(line) for line in lines} == {9}
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(panel.findChild(QTableView), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == text


def test_the_table_is_copied_as_markdown_and_as_csv(panel):
    assert "| conv2 | Conv2D | 8 × 8 × 64 |" in copied(panel, "As Markdown")
    lines = copied(panel, "As CSV").splitlines()
    assert lines[0].startswith("layer,type,output,")
    assert lines[1] == "conv1,Conv2D,24x24x32,5x5,1x1,832,73728,460800"
    assert len(lines) == 1 + len(TUTORIAL.layers)


def test_costs_are_bars_and_said_in_words(panel):
    """A bar for each of the three costs of a layer, and whether the rule of thumb is true of this network."""
    model = panel.findChild(QTableView).model()
    shares = model.rows[3].shares
    assert set(shares) == {2, 3, 4}
    assert shares[2] == pytest.approx(51_264 / 62_346)
    assert "82.2 % of the total" in model.index(3, 2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "2 pixels apart" in model.index(3, 1).data(Qt.ItemDataRole.ToolTipRole)
    notes = panel.findChild(QLabel, "networkNotes").text()
    assert "not true of parameters" in notes
    assert "train on a batch of 100" in notes


def test_rows_that_a_pooling_leaves_out_are_named(panel, session):
    session.recipe = Recipe(spec=TUTORIAL.with_layer(0, replace(TUTORIAL.layers[0], kernel_size=4)))
    assert "pool1 leaves out the last row and the last column" in panel.findChild(QLabel, "networkNotes").text()


def test_the_diagram_is_saved_as_a_picture(panel, qtbot):
    with qtbot.waitSignal(panel.picture_requested) as requested:
        panel.findChild(QToolButton, "exportDiagramButton").click()
    (picture,) = requested.args
    assert picture.name == "Tutorial"
    assert picture.as_file(".svg").count(b"<text") >= 3 * len(TUTORIAL.layers)


@pytest.mark.parametrize("spec", [TUTORIAL, TUTORIAL.with_layer(0, replace(TUTORIAL.layers[0], filters=256))])
def test_all_columns_are_visible_in_the_smallest_window(panel, session, spec):
    session.recipe = Recipe(spec=spec)
    view = panel.findChild(QTableView)
    assert not view.horizontalScrollBar().isVisible()
    for column in range(view.model().columnCount()):
        assert view.columnWidth(column) >= view.sizeHintForColumn(column)


def test_the_diagram_has_an_accessible_description_of_its_shapes(panel):
    description = panel.findChild(NetworkDiagram).accessibleDescription()
    assert "conv1: 24 × 24 × 32" in description
    assert "dense: 10" in description


def test_every_field_is_described(panel):
    assert_every_field_tells_what_it_is(panel)


def test_what_was_typed_is_applied_when_another_panel_is_opened(panel, session, qtbot):
    type_into(qtbot, field(panel, "conv1.filters"), "8")
    panel.hide()
    assert session.recipe.spec.layers[0].filters == 8


def test_the_tab_key_goes_down_the_layers_also_of_a_network_chosen_later(panel, session):
    for preset in (session.recipe.spec, PRESETS["one-conv"]):
        session.recipe = replace(session.recipe, spec=preset)
        order = tab_order(panel)
        fields = [name for name in order if "." in name]
        first = order.index("networkPresetBox")
        assert order[first : first + len(fields) + 3] == [
            "networkPresetBox",
            "networkLossBox",
            *fields,
            "backToTutorialButton",
        ]
