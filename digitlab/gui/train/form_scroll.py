"""A scroll area for a form."""

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QSizePolicy, QWidget

from digitlab.gui import theme

_LEAST_HEIGHT_PX: Final = 120
"""The fields scroll in a low window, but their area never gets lower than this."""


class FormScroll(QScrollArea):
    """Takes the height of its content, and scrolls if there is less space."""

    def __init__(self, content: QWidget, parent: QWidget) -> None:
        """Wrap a widget."""
        super().__init__(parent)
        self._content = content
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # It scrolls to the focused field, so it needs no focus itself.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setMinimumHeight(_LEAST_HEIGHT_PX)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)

    @Slot(int, int)
    def _on_range_changed(self, first: int, last: int) -> None:
        """Place the scroll bar in the right margin of the content, so that no field is narrower beside it."""
        layout = self._content.layout()
        if layout is not None:
            bar = self.verticalScrollBar().sizeHint().width() if last > first else 0
            layout.setContentsMargins(theme.SPACE_L, 0, max(theme.SPACE_L - bar, 0), 0)

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        """Scroll to the focused field; Qt does so only for the Tab key."""
        del old
        if new is not None and self.isAncestorOf(new):
            self.ensureWidgetVisible(new, 0, theme.SPACE_M)

    def sizeHint(self) -> QSize:
        """Return the size of the content, which grows when problems are shown below its fields."""
        content = self._content
        if content.hasHeightForWidth():
            return QSize(content.sizeHint().width(), content.heightForWidth(self.viewport().width()))
        return content.sizeHint()

    def event(self, event: QEvent) -> bool:
        """Update the height when the content's layout changes."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self.updateGeometry()
        return super().event(event)
