"""From a misclassified digit to Look inside, through the whole window and with the mouse."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.files.drawings_file import write_drawings
from digitlab.gui.session.values import Task


def test_an_image_goes_from_the_confusion_matrix_to_the_canvas_and_look_inside(qtbot, window, tmp_path):
    path = tmp_path / "mine.jsonl"
    write_drawings(path, [builtin_drawing(digit, builtin_styles(digit)[0]) for digit in range(10)])
    session = window.session
    window.controllers.evaluation.choose_source(str(path))
    window.actions_by_name["showEvaluate"].trigger()
    panel = window.panels.evaluate.panel()
    qtbot.waitUntil(panel.isVisible)
    qtbot.mouseClick(panel.findChild(QPushButton, "evaluateButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.evaluation.task is Task.NONE and session.evaluation.result is not None)
    matrix, gallery = panel.findChild(QWidget, "confusionMatrix"), panel.findChild(QWidget, "gallery")
    answer = int(session.evaluation.result.metrics.confusion[7].argmax())
    QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=matrix.cell_rect((7, answer)).center().toPoint())
    QTest.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=gallery.tile_rect(0).center())
    assert session.sketch.label == 7
    assert len(session.sketch.drawing.strokes) > 0
    # The panel stays the same until Look inside is requested.
    assert window.panels.currentWidget() is window.panels.evaluate
    qtbot.mouseClick(panel.findChild(QPushButton, "lookInsideButton"), Qt.MouseButton.LeftButton)
    assert window.panels.currentWidget() is window.panels.inspect
    qtbot.waitUntil(lambda: session.view is not None and session.view.sketch is session.sketch)
    window.close()
