"""The gallery with mouse and keys, and with contents that change."""

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QImage, QKeySequence, QPainter, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.gallery.tile import ITEM_ROLE, LABEL_PX, LINE_PX, PAD_PX, Badge, GalleryItem
from digitlab.gui.widgets.gallery.view import Gallery
from digitlab.gui.widgets.paint_queue import PaintQueue

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier


def item(number, **parts):
    """Return an item identified by its number in its text, its line and its first pixel."""
    pixels = bytes([number % 256]) + bytes(28 * 28 - 1)
    return GalleryItem(pixels, lambda: (f"item {number}", f"item {number}"), lines=(str(number),), **parts)


def keys_of(*keys):
    return np.array(keys, np.int64)


def show(gallery, *keys, **parts):
    """Show items whose numbers equal their keys."""
    gallery.show_items(keys_of(*keys), lambda row: item(keys[row], **parts), "Nothing here.")


def make_gallery(qtbot, **settings):
    gallery = Gallery(2 * LINE_PX, 84, **settings)
    qtbot.addWidget(gallery)
    gallery.resize(420, 240)
    gallery.show()
    qtbot.waitUntil(gallery.isActiveWindow)
    gallery.setFocus()
    return gallery


@pytest.fixture
def gallery(qtbot):
    """A read-only gallery with four columns and two visible rows."""
    return make_gallery(qtbot)


@pytest.fixture
def editable(qtbot):
    """The same gallery, editable."""
    return make_gallery(qtbot, is_editable=True)


def painted(qtbot, gallery):
    """Return the viewport once the tiles are prepared."""
    qtbot.waitUntil(gallery.viewport().updatesEnabled)
    image = QImage(gallery.viewport().size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    gallery.viewport().render(painter, QPoint())
    painter.end()
    return image


def test_tiles_are_spread_over_the_width(gallery):
    show(gallery, *range(40))
    first, second, fourth, fifth = (gallery.tile_rect(row) for row in (0, 1, 3, 4))
    assert (first.topLeft(), first.size()) == (QPoint(0, 0), second.size())
    assert second.left() == first.width() >= 84
    assert fourth.right() <= gallery.viewport().width() < fourth.right() + 84
    assert (fifth.left(), fifth.top()) == (0, first.height())


def test_at_every_width_a_click_meets_the_tile_that_is_painted_there(qtbot, gallery):
    show(gallery, *range(40))
    columns = 4
    for width in range(400, 412):
        gallery.resize(width, 240)
        qtbot.waitUntil(lambda width=width: gallery.width() == width)
        painted(qtbot, gallery)
        # Key Down goes a painted row down, the rectangles are those of QListView.
        QTest.keyClick(gallery, Qt.Key.Key_Home)
        QTest.keyClick(gallery, Qt.Key.Key_Down)
        assert gallery.current_key == columns
        assert gallery.tile_rect(columns).topLeft() == QPoint(0, gallery.tile_rect(0).height()), width


def test_a_given_number_of_tiles_fills_the_gallery(qtbot):
    gallery = make_gallery(qtbot, fits=6)
    show(gallery, *range(6))
    for width, height in ((300, 250), (300, 700), (900, 500)):
        gallery.resize(width, height)
        painted(qtbot, gallery)
        last = gallery.tile_rect(5)
        assert gallery.rect().contains(last)
        assert 6 * last.width() * last.height() > 0.5 * width * height


def test_a_gallery_that_was_never_shown_paints_nothing(qtbot, qtlog):
    gallery = Gallery(2 * LINE_PX, 84)
    qtbot.addWidget(gallery)
    show(gallery, *range(4))
    qtbot.waitUntil(gallery.viewport().updatesEnabled)
    assert [record.message for record in qtlog.records if "QPainter" in record.message] == []


def test_wide_galleries_have_larger_images(qtbot):
    gallery = make_gallery(qtbot, large_from_px=500)
    show(gallery, *range(40))
    assert gallery.tile_rect(0).height() == 2 * 28 + 2 * LINE_PX + 2 * PAD_PX
    gallery.resize(700, 240)
    assert gallery.tile_rect(0).height() == 3 * 28 + 2 * LINE_PX + 2 * PAD_PX


def test_keys_move_the_current_tile_over_the_ends_of_rows(gallery):
    show(gallery, *range(100, 140))
    visited = []
    for key in ("Home", "Right", "Down", "Left", "Left", "Left", "Up", "PageDown", "End", "Right", "PageUp", "Home"):
        QTest.keyClick(gallery, getattr(Qt.Key, f"Key_{key}"))
        visited.append(gallery.current_key)
    assert visited == [100, 101, 105, 104, 103, 102, 100, 108, 139, 139, 131, 100]


def test_the_current_tile_is_scrolled_into_view(gallery):
    show(gallery, *range(4_000))
    QTest.keyClick(gallery, Qt.Key.Key_End)
    assert gallery.viewport().rect().contains(gallery.tile_rect(3_999))


def test_enter_opens_the_current_tile_and_a_press_the_one_under_the_pointer(qtbot, gallery):
    show(gallery, 7, 8, 9)
    QTest.keyClick(gallery, Qt.Key.Key_End)
    with qtbot.waitSignal(gallery.tile_entered) as entered:
        QTest.keyClick(gallery, Qt.Key.Key_Return)
    assert entered.args == [9, False]
    with qtbot.waitSignal(gallery.tile_entered) as entered:
        QTest.keyClick(gallery, Qt.Key.Key_Enter, CTRL)
    assert entered.args == [9, True]
    with qtbot.waitSignal(gallery.tile_pressed) as pressed:
        QTest.mouseClick(gallery.viewport(), LEFT, pos=gallery.tile_rect(1).center())
    assert pressed.args == [8]
    with qtbot.waitSignal(gallery.tile_double_clicked) as opened, qtbot.assertNotEmitted(gallery.tile_pressed):
        QTest.mouseDClick(gallery.viewport(), LEFT, pos=gallery.tile_rect(1).center())
    assert opened.args == [8]
    with qtbot.assertNotEmitted(gallery.tile_pressed):
        QTest.mouseClick(gallery.viewport(), LEFT, pos=gallery.tile_rect(2).center() + QPoint(100, 100))
        QTest.mouseClick(gallery.viewport(), Qt.MouseButton.RightButton, pos=gallery.tile_rect(2).center())


def test_large_keys_are_not_truncated(qtbot, gallery):
    """The keys of My digits go up to 2^62."""
    show(gallery, 2**62)
    QTest.keyClick(gallery, Qt.Key.Key_Home)
    assert gallery.current_key == 2**62


def test_only_an_editable_gallery_handles_the_editing_keys(qtbot, gallery, editable):
    for widget in (gallery, editable):
        show(widget, 7, 8, 9)
        QTest.keyClick(widget, Qt.Key.Key_Home)
        widget.select_keys((7,))
    done = []
    for widget, name in ((gallery, "view"), (editable, "edit")):
        widget.delete_requested.connect(lambda name=name: done.append((name, "delete")))
        widget.digit_typed.connect(lambda digit, name=name: done.append((name, digit)))
        widget.undo_requested.connect(lambda name=name: done.append((name, "undo")))
        for key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_4):
            QTest.keyClick(widget, key)
        QTest.keyClick(widget, Qt.Key.Key_Z, CTRL)
    assert done == [("edit", "delete"), ("edit", "delete"), ("edit", 4), ("edit", "undo")]
    QTest.keyClick(editable, Qt.Key.Key_Escape)
    assert editable.selected_keys == ()
    QTest.keyClick(editable, Qt.Key.Key_Delete)
    assert len(done) == 4


def test_selection_current_tile_and_scroll_position_stay_when_items_are_added(editable):
    show(editable, *range(400))
    editable.verticalScrollBar().setValue(1_000)
    editable.select_keys((50, 53))
    editable.selectionModel().setCurrentIndex(editable.model().index(53, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
    editable.verticalScrollBar().setValue(1_000)
    show(editable, *range(-3, 500))
    assert editable.selected_keys == (50, 53)
    assert editable.current_key == 53
    assert editable.currentIndex().row() == 56
    assert editable.verticalScrollBar().value() == 1_000


def test_when_the_current_tile_is_removed_the_one_now_in_its_row_becomes_current(qtbot, editable):
    show(editable, *range(10))
    editable.select_keys((8, 9))
    editable.selectionModel().setCurrentIndex(editable.model().index(9, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
    with qtbot.waitSignal(editable.selection_changed):
        show(editable, *range(9))
    assert editable.selected_keys == (8,)
    assert editable.current_key == 8
    show(editable)
    assert editable.current_key is None


def test_only_changed_items_are_repainted_if_the_keys_are_the_same(qtbot, gallery):
    show(gallery, *range(8))
    painted(qtbot, gallery)
    changed = []
    gallery.model().dataChanged.connect(lambda first, last, _: changed.append((first.row(), last.row())))
    gallery.show_items(keys_of(*range(8)), lambda row: item(row, badge=Badge.WRONG if row in {2, 5} else Badge.NONE))
    assert changed == [(2, 2), (5, 5)]
    assert gallery.model().index(5, 0).data(ITEM_ROLE).badge is Badge.WRONG


def test_changed_items_are_repainted_after_thousands_were_shown(qtbot, gallery):
    gallery.show_items(np.arange(4_000), item)
    painted(qtbot, gallery)
    assert len(gallery.items) == 4_000
    changed = []
    gallery.model().dataChanged.connect(lambda first, last, _: changed.extend(range(first.row(), last.row() + 1)))
    gallery.show_items(np.arange(4_000), lambda row: item(row, badge=Badge.WRONG))
    assert set(range(8)) <= set(changed)


def test_of_thousands_only_the_visible_tiles_are_created(qtbot, gallery):
    made = set()

    def make(row):
        made.add(row)
        return item(row)

    gallery.show_items(np.arange(60_000), make)
    painted(qtbot, gallery)
    assert 0 in made
    assert len(made) < 40
    gallery.verticalScrollBar().setValue(gallery.verticalScrollBar().maximum())
    painted(qtbot, gallery)
    assert 59_999 in made
    assert len(made) < 80


def test_tiles_are_prepared_in_slices_before_anything_is_painted(qtbot, gallery):
    slices, prepare = [], PaintQueue._on_timer_timeout

    def counted(queue):
        slices.append(gallery.viewport().updatesEnabled())
        prepare(queue)

    show(gallery)
    painted(qtbot, gallery)
    queue = gallery.findChild(PaintQueue)
    queue._timer.timeout.disconnect()
    queue._timer.timeout.connect(lambda: counted(queue))
    show(gallery, *range(40))
    assert not gallery.viewport().updatesEnabled()
    qtbot.waitUntil(gallery.viewport().updatesEnabled)
    # Four columns and three rows that are at least partly visible, and one more row; six tiles per slice.
    assert slices == [False] * 3


def test_images_are_sharp_squares_and_wrong_answers_are_framed(qtbot):
    gallery = Gallery(LABEL_PX, 84, is_editable=True)
    qtbot.addWidget(gallery)
    gallery.resize(420, 240)
    gallery.show()
    pixels = np.zeros((28, 28), np.uint8)
    pixels[10, 10] = 255
    wrong = GalleryItem(pixels.tobytes(), lambda: ("", ""), label="3", badge=Badge.WRONG, wrong_answer="5")
    correct = GalleryItem(pixels.tobytes(), lambda: ("", ""), label="3", badge=Badge.CORRECT)
    gallery.show_items(keys_of(1, 2), lambda row: (wrong, correct)[row])
    image = painted(qtbot, gallery)
    error = theme.tokens_of(gallery.palette()).error.lower()
    for row, edge in ((0, error), (1, "#000000")):
        tile = gallery.tile_rect(row)
        corner = QPoint(tile.left() + (tile.width() - 56) // 2, tile.top() + PAD_PX)
        square = [image.pixelColor(corner + QPoint(x, y)).name() for x in (20, 21) for y in (20, 21)]
        assert square == ["#ffffff"] * 4
        assert image.pixelColor(corner + QPoint(22, 20)).name() == "#000000"
        assert image.pixelColor(corner + QPoint(28, 0)).name() == edge


def test_an_empty_gallery_shows_why(qtbot, gallery):
    show(gallery, 1)
    assert (gallery.empty_text, gallery.accessibleDescription()) == ("", "")
    show(gallery)
    assert gallery.empty_text == gallery.accessibleDescription() == "Nothing here."
    blank = painted(qtbot, gallery)
    gallery.show_nothing("Another text.")
    assert gallery.empty_text == "Another text."
    assert painted(qtbot, gallery) != blank


def test_tiles_follow_the_theme(qtbot, gallery):
    show(gallery, 1)
    light = painted(qtbot, gallery)
    try:
        theme.restyle(QApplication.instance(), is_dark=True)
        dark = painted(qtbot, gallery)
        assert dark.pixelColor(2, 2).lightness() < 60 < 200 < light.pixelColor(2, 2).lightness()
    finally:
        theme.restyle(QApplication.instance(), is_dark=False)


def test_a_tile_has_a_text_and_a_tooltip(gallery):
    show(gallery, 5)
    index = gallery.model().index(0, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "item 5"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "<p>item 5</p>"


@pytest.mark.parametrize("is_editable", [False, True])
def test_only_an_editable_gallery_handles_delete_before_the_window(qtbot, is_editable):
    """In the window, Delete clears the canvas."""
    window, cleared = QWidget(), []
    qtbot.addWidget(window)
    gallery = Gallery(LABEL_PX, 84, is_editable=is_editable, parent=window)
    QShortcut(QKeySequence(Qt.Key.Key_Delete), window).activated.connect(lambda: cleared.append(1))
    window.show()
    qtbot.waitUntil(window.isActiveWindow)
    gallery.setFocus()
    show(gallery, 1, 2)
    QTest.keyClick(gallery, Qt.Key.Key_Delete)
    assert bool(cleared) is not is_editable
