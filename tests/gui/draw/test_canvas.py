"""The canvas with real mouse and tablet events."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QPointingDeviceUniqueId, QRegion, QTabletEvent
from PySide6.QtWidgets import QApplication

from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.gui.draw.canvas import Canvas, Tool
from tests.helpers.pixels import colour_at, colour_in

SIDE = 200
LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def canvas(qtbot):
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(SIDE, SIDE)
    canvas.show()
    qtbot.waitExposed(canvas)
    canvas.sketch_finished.connect(canvas.set_sketch)
    return canvas


def drag(qtbot, canvas, *points, button=LEFT):
    first, *rest = [QPoint(*point) for point in points]
    qtbot.mousePress(canvas, button, PLAIN, first)
    for point in rest:
        qtbot.mouseMove(canvas, point)
    qtbot.mouseRelease(canvas, button, PLAIN, QPoint(*points[-1]))


def ink_at(canvas, x, y):
    """Return how dark the canvas is at a point, 0..255."""
    return 255 - colour_at(canvas, QPoint(x, y)).lightness()


def test_a_drag_becomes_a_stroke_in_units_of_the_canvas(qtbot, canvas):
    with qtbot.waitSignal(canvas.sketch_finished) as finished:
        drag(qtbot, canvas, (50, 100), (100, 100), (150, 50))
    (stroke,) = finished.args[0].drawing.strokes
    np.testing.assert_allclose(stroke.points[:, :2], [[0.25, 0.5], [0.5, 0.5], [0.75, 0.25]])
    assert np.all(stroke.points[:, 2] == 0.5)


def test_ink_shows_while_the_pen_is_still_down(qtbot, canvas):
    assert ink_at(canvas, 100, 60) < 40
    qtbot.mousePress(canvas, LEFT, PLAIN, QPoint(50, 60))
    with qtbot.waitSignal(canvas.sketch_growing):
        qtbot.mouseMove(canvas, QPoint(150, 60))
    assert ink_at(canvas, 100, 60) > 150
    qtbot.mouseRelease(canvas, LEFT, PLAIN, QPoint(150, 60))


class PaintWatch(QObject):
    """Collects which parts of a widget are painted."""

    def __init__(self, widget):
        super().__init__(widget)
        self.painted = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            self.painted |= event.region()
        return False


def test_the_first_touch_removes_the_placeholder_completely(qtbot, canvas):
    watch = PaintWatch(canvas)
    qtbot.mousePress(canvas, LEFT, PLAIN, QPoint(20, 20))
    # The placeholder is in the middle, far from the stroke: it goes only if the middle is painted, too.
    qtbot.waitUntil(lambda: watch.painted.contains(canvas.rect().center()))
    qtbot.mouseRelease(canvas, LEFT, PLAIN, QPoint(20, 20))


def test_the_placeholder_is_back_when_nothing_was_drawn(qtbot, canvas):
    shown = canvas.grab().toImage()
    right, corner = Qt.MouseButton.RightButton, QPoint(20, 20)
    qtbot.mousePress(canvas, right, PLAIN, corner)
    watch = PaintWatch(canvas)
    qtbot.mouseRelease(canvas, right, PLAIN, corner)
    qtbot.waitUntil(lambda: watch.painted.contains(canvas.rect().center()))
    assert canvas.grab().toImage() == shown


@pytest.mark.parametrize("how", ["clear", "erase"])
def test_no_placeholder_stays_behind_a_drawing_after_the_canvas_was_empty(qtbot, canvas, how):
    drag(qtbot, canvas, (20, 20), (80, 20))
    if how == "clear":
        canvas.set_sketch(Sketch())
    else:
        drag(qtbot, canvas, (10, 20), (50, 20), (90, 20), button=Qt.MouseButton.RightButton)
    watch = PaintWatch(canvas)
    qtbot.mousePress(canvas, LEFT, PLAIN, QPoint(20, 180))
    qtbot.waitUntil(lambda: watch.painted.contains(canvas.rect().center()))
    qtbot.mouseRelease(canvas, LEFT, PLAIN, QPoint(20, 180))


def test_live_ink_equals_ink_painted_again(qtbot, canvas):
    drag(qtbot, canvas, (30, 30), (100, 40), (160, 170))
    live = canvas.grab().toImage()
    sketch = Sketch(canvas.sketch.drawing)
    canvas.set_sketch(Sketch())
    canvas.set_sketch(sketch)
    again = canvas.grab().toImage()
    different = sum(
        abs(colour_in(live, x, y).lightness() - colour_in(again, x, y).lightness()) > 100
        for x in range(SIDE)
        for y in range(SIDE)
    )
    assert different < 20


def test_strokes_add_up(qtbot, canvas):
    drag(qtbot, canvas, (20, 20), (80, 20))
    drag(qtbot, canvas, (20, 90), (80, 90))
    assert len(canvas.sketch.drawing.strokes) == 2


def test_a_click_is_a_dot(qtbot, canvas):
    drag(qtbot, canvas, (100, 100))
    (stroke,) = canvas.sketch.drawing.strokes
    assert len(stroke.points) == 1
    assert ink_at(canvas, 100, 100) > 150


def test_points_outside_the_canvas_stay_on_its_edge(qtbot, canvas):
    drag(qtbot, canvas, (100, 100), (SIDE + 500, -300))
    points = canvas.sketch.drawing.strokes[0].points
    assert points[:, :2].min() >= 0.0
    assert points[:, :2].max() <= 1.0


@pytest.mark.parametrize("how", ["tool", "right button"])
def test_erasing_cuts_a_stroke_in_two(qtbot, canvas, how):
    drag(qtbot, canvas, (20, 100), (180, 100))
    if how == "tool":
        canvas.set_tool(Tool.ERASER)
    button = LEFT if how == "tool" else Qt.MouseButton.RightButton
    drag(qtbot, canvas, (100, 60), (100, 140), button=button)
    assert len(canvas.sketch.drawing.strokes) == 2
    assert ink_at(canvas, 100, 100) < 60
    assert ink_at(canvas, 40, 100) > 150


def test_the_pen_starts_a_new_drawing_over_an_example_and_over_a_picture(qtbot, canvas):
    sample = Sketch(Drawing((Stroke.of([[0.1, 0.1], [0.9, 0.9]]),)), is_sample=True)
    picture = Sketch(picture=Picture(np.full((40, 40), 255, np.uint8), "white"))
    for before in (sample, picture):
        canvas.set_sketch(before)
        drag(qtbot, canvas, (20, 20), (80, 20))
        assert len(canvas.sketch.drawing.strokes) == 1
        assert canvas.sketch.picture is None
        assert not canvas.sketch.is_sample


def test_the_eraser_leaves_a_picture_alone(qtbot, canvas):
    picture = Sketch(picture=Picture(np.full((40, 40), 255, np.uint8), "white"))
    canvas.set_sketch(picture)
    canvas.set_tool(Tool.ERASER)
    drag(qtbot, canvas, (20, 20), (80, 20))
    assert canvas.sketch is picture


def tablet_device(pointer, canvas):
    """Return a device that exists as long as the canvas, since Qt keeps only a pointer to it."""
    kind, can = QPointingDevice.DeviceType.Stylus, QPointingDevice.Capability
    nobody = QPointingDeviceUniqueId()
    return QPointingDevice("pen", 1, kind, pointer, can.Position | can.Pressure, 1, 3, "", nobody, canvas)


def tablet_event(device, kind, x, y, pressure):
    position = QPointF(x, y)
    return QTabletEvent(kind, device, position, position, pressure, 0, 0, 0.0, 0.0, 0.0, PLAIN, LEFT, LEFT)


def test_a_tablet_pen_draws_with_its_pressure(qtbot, canvas):
    device = tablet_device(QPointingDevice.PointerType.Pen, canvas)
    for kind, x, pressure in (
        (QEvent.Type.TabletPress, 40, 0.2),
        (QEvent.Type.TabletMove, 100, 0.6),
        (QEvent.Type.TabletMove, 160, 1.0),
        (QEvent.Type.TabletRelease, 160, 0.0),
    ):
        QApplication.sendEvent(canvas, tablet_event(device, kind, x, 100, pressure))
    (stroke,) = canvas.sketch.drawing.strokes
    np.testing.assert_allclose(stroke.points[:, 2], [0.2, 0.6, 1.0], atol=1e-3)
    column = [ink_at(canvas, 150, y) > 100 for y in range(SIDE)]
    thin = [ink_at(canvas, 55, y) > 100 for y in range(SIDE)]
    assert sum(column) > sum(thin)


def test_the_eraser_end_of_a_tablet_pen_erases(qtbot, canvas):
    drag(qtbot, canvas, (20, 100), (180, 100))
    eraser = tablet_device(QPointingDevice.PointerType.Eraser, canvas)
    for kind, y in ((QEvent.Type.TabletPress, 60), (QEvent.Type.TabletMove, 140), (QEvent.Type.TabletRelease, 140)):
        QApplication.sendEvent(canvas, tablet_event(eraser, kind, 100, y, 0.5))
    assert len(canvas.sketch.drawing.strokes) == 2


def test_resizing_keeps_the_drawing(qtbot, canvas):
    drag(qtbot, canvas, (20, 100), (180, 100))
    canvas.resize(400, 400)
    assert ink_at(canvas, 200, 200) > 150
    assert ink_at(canvas, 200, 100) < 60
