"""The canvas with real mouse and tablet events."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QPointingDeviceUniqueId, QRegion, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.gui.draw.canvas import Canvas
from digitlab.gui.draw.pen import Tool
from tests.helpers.pixels import colour_at, colour_in

SIDE = 200
LEFT = Qt.MouseButton.LeftButton
RIGHT = Qt.MouseButton.RightButton
MIDDLE = Qt.MouseButton.MiddleButton
NONE = Qt.MouseButton.NoButton
PRESS, MOVE, RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease
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


def mouse_event(canvas, kind, place, button=NONE, buttons=NONE):
    position = QPointF(*place)
    return QMouseEvent(kind, position, canvas.mapToGlobal(position), button, buttons, PLAIN)


def send(canvas, *arguments):
    QApplication.sendEvent(canvas, mouse_event(canvas, *arguments))


def places_of(canvas):
    """Return the points of the strokes in pixels."""
    return [(SIDE * stroke.points[:, :2]).round().tolist() for stroke in canvas.sketch.drawing.strokes]


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
    right, corner = RIGHT, QPoint(20, 20)
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
        drag(qtbot, canvas, (10, 20), (50, 20), (90, 20), button=RIGHT)
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


def test_a_stroke_keeps_its_coordinates_outside_the_canvas(qtbot, canvas):
    drag(qtbot, canvas, (100, 100), (SIDE + 500, 100), (SIDE + 500, -300), (100, 60))
    assert places_of(canvas) == [[[100, 100], [700, 100], [700, -300], [100, 60]]]
    assert ink_at(canvas, SIDE - 3, 100) > 150  # painted up to the edge
    assert canvas.part(0).rect.right() == SIDE


def test_the_remains_of_an_erased_stroke_outside_the_canvas_are_erased_too(qtbot, canvas):
    drag(qtbot, canvas, (100, 100), (190, 100), (SIDE + 300, 100), (SIDE + 300, 300))
    drag(qtbot, canvas, (20, 160), (80, 160))
    drag(qtbot, canvas, (90, 100), (SIDE + 30, 100), button=RIGHT)
    assert places_of(canvas) == [[[20, 160], [80, 160]]]


def test_a_stroke_ends_only_with_the_button_that_began_it(canvas):
    both = LEFT | RIGHT
    send(canvas, PRESS, (20, 20), LEFT, LEFT)
    send(canvas, MOVE, (60, 20), NONE, LEFT)
    send(canvas, PRESS, (60, 20), RIGHT, both)
    send(canvas, MOVE, (100, 20), NONE, both)
    send(canvas, RELEASE, (100, 20), RIGHT, LEFT)
    send(canvas, MOVE, (140, 20), NONE, LEFT)
    assert canvas.is_drawing
    send(canvas, RELEASE, (140, 20), LEFT, NONE)
    assert not canvas.is_drawing
    assert places_of(canvas) == [[[20, 20], [60, 20], [100, 20], [140, 20]]]


def test_erasing_ends_only_with_the_button_that_began_it(qtbot, canvas):
    drag(qtbot, canvas, (20, 100), (180, 100))
    send(canvas, PRESS, (50, 60), RIGHT, RIGHT)
    send(canvas, PRESS, (50, 60), LEFT, LEFT | RIGHT)
    send(canvas, RELEASE, (50, 60), LEFT, RIGHT)
    send(canvas, MOVE, (50, 140), NONE, RIGHT)
    send(canvas, RELEASE, (50, 140), RIGHT, NONE)
    assert len(canvas.sketch.drawing.strokes) == 2


@pytest.mark.parametrize("buttons", [NONE, RIGHT])
def test_a_lost_release_ends_the_stroke_at_the_next_move_without_its_button(canvas, buttons):
    send(canvas, PRESS, (20, 20), LEFT, LEFT)
    send(canvas, MOVE, (60, 20), NONE, LEFT)
    send(canvas, MOVE, (150, 150), NONE, buttons)
    assert not canvas.is_drawing
    send(canvas, MOVE, (20, 150), NONE, NONE)
    assert places_of(canvas) == [[[20, 20], [60, 20]]]


def test_a_lost_release_and_a_new_press_are_two_strokes(canvas):
    for y in (20, 80):
        send(canvas, PRESS, (20, y), LEFT, LEFT)
        send(canvas, MOVE, (60, y), NONE, LEFT)
    send(canvas, RELEASE, (60, 80), LEFT, NONE)
    assert places_of(canvas) == [[[20, 20], [60, 20]], [[20, 80], [60, 80]]]


def test_moves_that_waited_in_the_queue_are_all_drawn_and_announced_together(qtbot, canvas):
    count, announced, size, begun_s = 2_000, [], (SIDE - 20) / 2, time.monotonic()
    canvas.sketch_growing.connect(announced.append)
    angles = np.linspace(0.0, 20 * np.pi, count)
    spiral = SIDE / 2 + size * (angles / angles[-1])[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    QApplication.postEvent(canvas, mouse_event(canvas, PRESS, (SIDE / 2, SIDE / 2 + 10), LEFT, LEFT))
    for place in spiral:
        QApplication.postEvent(canvas, mouse_event(canvas, MOVE, place, NONE, LEFT))
    with qtbot.waitSignal(canvas.sketch_finished) as finished:
        QApplication.postEvent(canvas, mouse_event(canvas, RELEASE, spiral[-1], LEFT, NONE))
    points = SIDE * finished.args[0].drawing.strokes[0].points[1:, :2]
    steps = np.abs(np.diff(spiral, axis=0)).max(axis=1)
    assert len(points) >= (steps >= 0.002 * SIDE).sum()  # smaller ones are jitter
    np.testing.assert_allclose(points[-1], spiral[-1], atol=0.002 * SIDE)
    assert len(announced) < 10 + (time.monotonic() - begun_s) / 0.03


def test_the_newest_point_is_announced_though_the_pen_rests(qtbot, canvas):
    announced = []
    canvas.sketch_growing.connect(announced.append)
    send(canvas, PRESS, (20, 20), LEFT, LEFT)
    for x in (60, 100, 140):
        send(canvas, MOVE, (x, 20), NONE, LEFT)
    assert len(announced) == 1
    qtbot.waitUntil(lambda: len(announced) == 2)
    np.testing.assert_allclose(SIDE * announced[-1].drawing.strokes[0].points[:, 0], [20, 60, 100, 140])
    send(canvas, RELEASE, (140, 20), LEFT, NONE)


def test_a_finger_draws(qtbot, canvas):
    device = QTest.createTouchDevice()
    finger = QTest.touchEvent(canvas, device)
    finger.press(0, QPoint(20, 20), canvas).commit()
    for x in (60, 100, SIDE + 40):
        finger.move(0, QPoint(x, 20), canvas).commit()
    finger.release(0, QPoint(SIDE + 40, 20), canvas).commit()
    assert places_of(canvas) == [[[20, 20], [60, 20], [100, 20], [SIDE + 40, 20]]]


@pytest.mark.parametrize("how", ["tool", "right button"])
def test_erasing_cuts_a_stroke_in_two(qtbot, canvas, how):
    drag(qtbot, canvas, (20, 100), (180, 100))
    if how == "tool":
        canvas.set_tool(Tool.ERASER)
    button = LEFT if how == "tool" else RIGHT
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


def tablet_event(device, kind, x, y, pressure, button=LEFT, buttons=LEFT):
    position = QPointF(x, y)
    return QTabletEvent(kind, device, position, position, pressure, 0, 0, 0.0, 0.0, 0.0, PLAIN, button, buttons)


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


@pytest.fixture
def tablet(canvas):
    """Send events of a tablet pen."""
    device = tablet_device(QPointingDevice.PointerType.Pen, canvas)

    def send(kind, place, pressure, button, buttons):
        kind = getattr(QEvent.Type, f"Tablet{kind}")
        QApplication.sendEvent(canvas, tablet_event(device, kind, *place, pressure, button, buttons))

    return send


@pytest.mark.parametrize("barrel", [RIGHT, MIDDLE])
@pytest.mark.parametrize("order", ["barrel", "barrel, then tip", "both at once"])
def test_the_barrel_button_of_a_tablet_pen_erases(qtbot, canvas, tablet, barrel, order):
    drag(qtbot, canvas, (20, 100), (180, 100))
    held = barrel | LEFT
    if order == "barrel":
        tablet("Press", (100, 60), 0.0, barrel, barrel)
        tablet("Move", (100, 140), 0.0, NONE, barrel)
        tablet("Release", (100, 140), 0.0, barrel, NONE)
    elif order == "barrel, then tip":
        tablet("Press", (100, 60), 0.0, barrel, barrel)
        tablet("Press", (100, 60), 0.5, LEFT, held)
        tablet("Move", (100, 140), 0.5, NONE, held)
        tablet("Release", (100, 140), 0.0, barrel, LEFT)
        tablet("Move", (160, 40), 0.5, NONE, LEFT)
        tablet("Release", (160, 40), 0.0, LEFT, NONE)
    else:
        tablet("Press", (100, 60), 0.5, LEFT, held)
        tablet("Move", (100, 140), 0.5, NONE, held)
        tablet("Release", (100, 140), 0.0, LEFT, NONE)
    assert [len(places) for places in places_of(canvas)] == [2, 2]
    assert {y for places in places_of(canvas) for _, y in places} == {100}


def test_the_barrel_button_does_nothing_to_a_stroke_in_progress(canvas, tablet):
    tablet("Press", (20, 100), 0.5, LEFT, LEFT)
    tablet("Press", (60, 100), 0.5, RIGHT, LEFT | RIGHT)
    tablet("Move", (100, 100), 0.5, NONE, LEFT | RIGHT)
    tablet("Release", (100, 100), 0.5, RIGHT, LEFT)
    tablet("Move", (140, 100), 0.5, NONE, LEFT)
    tablet("Release", (140, 100), 0.0, LEFT, NONE)
    assert places_of(canvas) == [[[20, 100], [100, 100], [140, 100]]]


@pytest.mark.parametrize("buttons", [NONE, RIGHT, MIDDLE])
def test_a_hovering_pen_changes_nothing(qtbot, canvas, tablet, buttons):
    drag(qtbot, canvas, (20, 100), (180, 100))
    before = canvas.sketch
    for y in (60, 100, 140):
        tablet("Move", (100, y), 0.0, NONE, buttons)
    assert canvas.sketch is before


def test_a_lost_release_of_a_tablet_pen_ends_the_stroke(canvas, tablet):
    tablet("Press", (20, 100), 0.5, LEFT, LEFT)
    tablet("Move", (60, 100), 0.5, NONE, LEFT)
    tablet("Move", (100, 160), 0.0, NONE, NONE)
    assert not canvas.is_drawing
    assert places_of(canvas) == [[[20, 100], [60, 100]]]


def test_resizing_keeps_the_drawing(qtbot, canvas):
    drag(qtbot, canvas, (20, 100), (180, 100))
    canvas.resize(400, 400)
    assert ink_at(canvas, 200, 200) > 150
    assert ink_at(canvas, 200, 100) < 60
