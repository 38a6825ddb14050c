"""The dock around the drawing panel: its title, its width, where it floats, and the way back when it is closed."""

from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFrame,
    QMainWindow,
    QScrollArea,
    QStyle,
    QStyleOptionToolButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from digitlab.gui import theme
from digitlab.gui.draw.panel import DrawPanel
from digitlab.gui.widgets.dock_title import TITLE_PX, DockTitle
from digitlab.gui.widgets.fields import describe
from digitlab.gui.widgets.themed import Themed

_TITLE: Final = "Draw a digit"
_LEAST_USUAL_PX: Final = 288
_LOW_WINDOW_PX: Final = 740
"""In a lower window the bars are beside the canvas, so the panel is wider."""

_LOW_SHARE: Final = 0.345
"""Of the width of a low window, for the canvas and the bars side by side, within the limits below."""

_LOW_LEAST_PX: Final = 300
_LOW_MOST_PX: Final = 360

_AROUND_CANVAS_PX: Final = 520
"""What a window has besides the canvas, from top to bottom, less the margins beside the canvas."""

_MOST_SHARE: Final = 0.4
"""Of the width of the window; a layout from a larger screen may give the panel more."""


def usual_width(window: QSize) -> int:
    """Return the width of the panel in a window in which nobody changed it: the canvas uses the height."""
    if window.height() < _LOW_WINDOW_PX:
        return min(max(round(window.width() * _LOW_SHARE), _LOW_LEAST_PX), _LOW_MOST_PX)
    return max(min(window.height() - _AROUND_CANVAS_PX, window.width() // 4), _LEAST_USUAL_PX)


def floating_place(window: QRect, top: int, size: QSize, screen: QRect) -> QRect:
    """Return where a floating panel covers no tab: beside the window, or below its tabs if there is no space.

    Args:
        window: The window with its frame.
        top: The lower edge of the tabs.
        size: The size of the panel.
        screen: The part of the screen that is available.
    """
    width, height = min(size.width(), screen.width()), min(size.height(), screen.height())
    if window.left() - width >= screen.left():
        x = window.left() - width
    elif window.right() + width <= screen.right():
        x = window.right() + 1
    else:
        height = min(height, screen.bottom() - top)
        return QRect(max(min(window.left(), screen.right() - width), screen.left()), top, width, height)
    return QRect(x, max(min(window.top(), screen.bottom() - height), screen.top()), width, height)


class _DrawScroll(QScrollArea):
    """Fits the panel into the visible space, and scrolls if that is too low."""

    def __init__(self, panel: DrawPanel) -> None:
        super().__init__()
        self._panel = panel
        self.setObjectName("drawScroll")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._holder = QWidget()
        column = QVBoxLayout(self._holder)
        column.addWidget(panel)
        self._column = column
        self.stand(is_left=True)
        self.setWidget(self._holder)
        self.setMinimumWidth(panel.minimumWidth() + theme.SPACE_M + theme.SPACE_XS)

    def stand(self, *, is_left: bool) -> None:
        """Leave more space to the edge of the window than to the tabs."""
        left, right = (theme.SPACE_M, theme.SPACE_XS) if is_left else (theme.SPACE_XS, theme.SPACE_M)
        self._column.setContentsMargins(left, 0, right, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the panel out again, with space for a scroll bar only if it does not fit without one."""
        super().resizeEvent(event)
        self._fit(self.maximumViewportSize())
        if self._holder.minimumSizeHint().height() > self.height():
            self._fit(self.viewport().size())

    def _fit(self, space: QSize) -> None:
        self._panel.fit(space - QSize(theme.SPACE_M + theme.SPACE_XS, 0))


class _TitleBar(DockTitle):
    """The title with its buttons; a stroke that begins here moves nothing."""

    def __init__(self, dock: "DrawDock") -> None:
        names = (
            ("floatDrawButton", "Show the drawing panel in a window of its own, or dock it."),
            ("closeDrawButton", "Close the drawing panel; View > Drawing panel shows it."),
        )
        super().__init__(dock, _TITLE, names, dock.float_or_dock)
        self._dock = dock

    # The dock handles the mouse events that its title ignores: it would be torn off.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the panel if it floats."""
        window = self._dock.windowHandle()
        if self._dock.isFloating() and window is not None and event.button() is Qt.MouseButton.LeftButton:
            window.startSystemMove()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Keep the event from the dock."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Keep the event from the dock."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Keep the event from the dock."""
        event.accept()


class DrawDock(QDockWidget):
    """The drawing panel at a side of the window or floating; it is docked by a button only, never by dragging."""

    def __init__(self, panel: DrawPanel, window: QMainWindow) -> None:
        """Dock the panel on the left of a window."""
        super().__init__(_TITLE, window)
        self._window = window
        self._followed = QSize()
        self._has_usual_width = False
        self.setObjectName("drawDock")
        self.setFeatures(self.DockWidgetFeature.DockWidgetClosable | self.DockWidgetFeature.DockWidgetFloatable)
        self.setTitleBarWidget(_TitleBar(self))
        self._scroll = _DrawScroll(panel)
        self.setWidget(self._scroll)
        self.dockLocationChanged.connect(self._on_dock_location_changed)
        self.toggleViewAction().setText("&Drawing panel")
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self)

    def begin(self, *, is_new: bool) -> None:
        """Begin to follow the size of the window, which is on screen now.

        Args:
            is_new: Whether the panel gets its usual width: no layout was restored.
        """
        self._followed = self._window.size()
        if is_new or self.width() > _MOST_SHARE * self._followed.width():
            self._set_usual_width()
        self._has_usual_width = is_new or self.width() == usual_width(self._followed)
        if self.isFloating():
            # It was shown before the window, so the window manager may have placed it behind.
            self.raise_()

    def follow_window(self) -> None:
        """Take the usual width in a window of another size, unless the user chose another width."""
        if self._followed.isValid():
            self._followed = self._window.size()
            if self._has_usual_width:
                self._set_usual_width()

    def _set_usual_width(self) -> None:
        self._window.resizeDocks([self], [usual_width(self._window.size())], Qt.Orientation.Horizontal)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Notice that the user changes the width: the window keeps its size meanwhile."""
        super().resizeEvent(event)
        if self._window.size() == self._followed and not self.isFloating():
            self._has_usual_width = self.width() == usual_width(self._followed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the keys that the panel does not use to the window, also while the panel is a window of its own."""
        if self.isFloating():
            QApplication.sendEvent(self._window, event)
        else:
            super().keyPressEvent(event)

    @Slot()
    def float_or_dock(self) -> None:
        """Show the panel in a window of its own, where it covers no tab, or dock it."""
        size, is_floating = self.size(), not self.isFloating()
        # The tabs are beside the title, and about as high.
        top = self._window.mapToGlobal(QPoint(0, self.y() + 2 * TITLE_PX)).y()
        self.setFloating(is_floating)
        if is_floating:
            screen = self._window.screen().availableGeometry()
            self.setGeometry(floating_place(self._window.frameGeometry(), top, size, screen))

    @Slot(Qt.DockWidgetArea)
    def _on_dock_location_changed(self, area: Qt.DockWidgetArea) -> None:
        is_left = area != Qt.DockWidgetArea.RightDockWidgetArea
        self._scroll.stand(is_left=is_left)
        centre = self._window.centralWidget()
        layout = None if centre is None else centre.layout()
        if layout is not None:
            left, right = (theme.SPACE_XS, theme.SPACE_M) if is_left else (theme.SPACE_M, theme.SPACE_XS)
            layout.setContentsMargins(left, theme.SPACE_XS, right, 0)

    def change_side(self) -> None:
        """Dock the panel on the other side of the window."""
        sides = Qt.DockWidgetArea
        is_left = self._window.dockWidgetArea(self) == sides.LeftDockWidgetArea
        self._place(sides.RightDockWidgetArea if is_left else sides.LeftDockWidgetArea)

    def reset(self) -> None:
        """Dock the panel on the left, in its usual width, and show it."""
        self._place(Qt.DockWidgetArea.LeftDockWidgetArea)
        self._set_usual_width()

    def _place(self, side: Qt.DockWidgetArea) -> None:
        self.setFloating(False)
        self._window.addDockWidget(side, self)
        self.show()


class ShowDrawButton(Themed, QToolButton):
    """A strip at the edge of the window in place of the closed drawing panel; a click shows the panel again."""

    def __init__(self, dock: DrawDock) -> None:
        """Create the strip of a dock; it is visible while the dock is closed."""
        super().__init__()
        describe(self, "showDrawButton", "Show the drawing panel", "Show the drawing panel again.")
        self.setText("Show drawing panel")
        self.setFixedWidth(TITLE_PX)
        self.setIconSize(QSize(16, 16))
        toggle = dock.toggleViewAction()
        self.clicked.connect(toggle.trigger)
        toggle.toggled.connect(self._on_toggle_toggled)
        self._on_toggle_toggled(toggle.isChecked())
        self.follow_theme()

    @Slot(bool)
    def _on_toggle_toggled(self, is_shown: bool) -> None:
        self.setVisible(not is_shown)

    def restyle(self) -> None:
        """Redraw the icon in the theme's colours."""
        self.setIcon(theme.icon("pen", self.palette()))

    def sizeHint(self) -> QSize:
        """Return the size of the text, read from bottom to top, with its icon."""
        length = self.fontMetrics().horizontalAdvance(self.text()) + self.iconSize().width()
        return QSize(TITLE_PX, length + 4 * theme.SPACE_M)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button, and its icon and text turned by 90 degrees."""
        del event
        painter = QPainter(self)
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelButtonTool, option, painter, self)
        painter.translate(0, self.height())
        painter.rotate(-90)
        side = self.iconSize().width()
        length = self.fontMetrics().horizontalAdvance(self.text())
        left = (self.height() - side - theme.SPACE_S - length) // 2
        self.icon().paint(painter, QRect(left, 0, side, self.width()))
        place = QRect(left + side + theme.SPACE_S, 0, length, self.width())
        painter.setPen(self.palette().color(theme.TEXT))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()
