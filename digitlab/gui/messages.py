"""The one place that shows messages to the user: a bar that lies over the tabs and never blocks anything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from digitlab.gui import theme
from digitlab.system.errors import DigitLabError, dependency_error
from digitlab.words.names import one_line

_NEWS_STAY_MS: Final = 15_000
"""How long a message without a required response stays: several times as long as reading it takes."""

_ICON: Final = QSize(20, 20)
_WIDEST_PX: Final = 520
_WIDEST_SHARE: Final = 0.6
"""Of the width of the tabs, so that a form beside the bar stays in sight."""

_LARGE_SHARE: Final = 1 / 3
"""A focused widget with more of the area of the tabs, such as a table, may be covered in part."""

_MOST: Final = 1_000
"""Maximum length of each of a message's texts, in characters."""


@dataclass(frozen=True, slots=True)
class Option:
    """A button of a message.

    Attributes:
        label: Its text.
        take: Called when it is clicked.
    """

    label: str
    take: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Message:
    """The content of the bar, now or after the message that covers it is closed.

    Attributes:
        icon: Name of its icon.
        happened: What happened.
        more: What was expected and what to do.
        options: The buttons.
        is_offer: Whether it stays until the user picks an option or closes it.
    """

    icon: str
    happened: str
    more: str
    options: tuple[Option, ...]
    is_offer: bool


class _OptionButton(QPushButton):
    """A button that closes the message and runs its option."""

    def __init__(self, option: Option, bar: "MessageBar") -> None:
        super().__init__(option.label, bar)
        self._option = option
        self._bar = bar
        self.setObjectName("messageOption")
        self.clicked.connect(self._on_clicked)

    @Slot()
    def _on_clicked(self) -> None:
        self._bar.dismiss()
        self._option.take()


class MessageBar(QFrame):
    """Shows one message at a time: what happened, what to do, and buttons to do it.

    It lies over the tabs in a corner, where it covers neither the focused widget nor a field marked as invalid, and
    nothing moves when it comes and goes. A message replaces the previous one, except that an offer, or a message that
    an offer covers, is shown again when the message over it is closed. Information disappears after a while, unless the
    pointer is on it; warnings stay.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a hidden bar without a message."""
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setProperty("card", True)
        self._shown: _Message | None = None
        self._tabs: QTabWidget | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_NEWS_STAY_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._covered: list[_Message] = []
        self._icon_name = "info"
        self._icon = QLabel(self)
        self._icon.setFixedSize(_ICON)
        self._happened = QLabel(self)
        self._happened.setObjectName("messageText")
        self._more = QLabel(self)
        self._more.setObjectName("messageRemedy")
        self._more.setProperty("quiet", True)
        for label in (self._happened, self._more):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._options = QWidget(self)
        self._buttons = QHBoxLayout(self._options)
        self._buttons.setContentsMargins(0, theme.SPACE_XS, 0, 0)
        self._buttons.setSpacing(theme.SPACE_S)
        self._close = QToolButton(self)
        self._close.setObjectName("messageClose")
        self._close.setAccessibleName("Close the message")
        self._close.setToolTip("Close the message")
        self._close.clicked.connect(self.dismiss)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._happened)
        texts.addWidget(self._more)
        texts.addWidget(self._options)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_S, theme.SPACE_S)
        layout.setSpacing(theme.SPACE_M)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """The full text of the message; empty if there is none."""
        return f"{self._happened.text()} {self._more.text()}".strip() if not self.isHidden() else ""

    def lie_over(self, tabs: QTabWidget) -> None:
        """Show messages over these tabs."""
        self.setParent(tabs.parentWidget())
        self._tabs = tabs
        tabs.installEventFilter(self)
        tabs.currentChanged.connect(self._place)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._place)

    @Slot()
    def _place(self) -> None:
        """Take a place in which the bar covers nothing that it must not."""
        tabs = self._tabs
        if tabs is None or self.isHidden():
            return
        bar = tabs.tabBar().height()
        area = QRect(tabs.pos() + QPoint(0, bar), tabs.size() - QSize(0, bar))
        area.adjust(theme.SPACE_M, theme.SPACE_M, -theme.SPACE_M, -theme.SPACE_M)
        width = max(min(_WIDEST_PX, round(_WIDEST_SHARE * area.width())), self.minimumSizeHint().width())
        size = QSize(width, min(self.heightForWidth(width), area.height()))
        self.setGeometry(_free_place(area, size, self._kept_clear(tabs, area), self.geometry()))
        self.raise_()

    def _kept_clear(self, tabs: QTabWidget, area: QRect) -> list[QRect]:
        """Return the places of the focused widget and of the fields marked as invalid, as in the parent of the bar."""
        focus, page, parent = QApplication.focusWidget(), tabs.currentWidget(), self.parentWidget()
        if page is None or parent is None:
            return []
        found = [one for one in page.findChildren(QWidget) if one.property("invalid")]
        largest = _LARGE_SHARE * area.width() * area.height()
        if focus is not None and page.isAncestorOf(focus) and focus.width() * focus.height() <= largest:
            found.append(focus)
        return [QRect(one.mapTo(parent, QPoint()), one.size()) for one in found if one.isVisible()]

    def show_message(
        self, icon: str, happened: str, more: str, options: tuple[Option, ...], *, is_offer: bool = False
    ) -> None:
        """Show a message instead of the previous one.

        Args:
            icon: Name of the icon: ``info``, ``warning`` or ``error``.
            happened: What happened.
            more: What was expected and what to do.
            options: The buttons.
            is_offer: Whether it stays until the user picks an option or closes it.
        """
        if self._shown is not None and (is_offer or self._shown.is_offer):
            self._covered.append(self._shown)
        self._show(_Message(icon, happened, more, options, is_offer))

    def _show(self, message: _Message) -> None:
        self._shown = message
        self._clear_buttons()
        self._icon_name = message.icon
        self._show_icons()
        self._happened.setText(one_line(message.happened, _MOST))
        self._more.setText(one_line(message.more, _MOST))
        self._more.setVisible(bool(message.more))
        for option in message.options:
            button = _OptionButton(option, self)
            self._buttons.addWidget(button)
            button.show()  # now, not when the layout gets round to it
        self._buttons.addStretch(1)
        self._options.setVisible(bool(message.options))
        self.show()
        self.setAccessibleName(self.text)
        self._place()
        if message.icon == "info" and not message.is_offer:
            self._timer.start()
        else:
            self._timer.stop()

    @Slot()
    def dismiss(self) -> None:
        """Close the message and show the one it covered again."""
        self._shown = None
        self._timer.stop()
        if self._covered:
            self._show(self._covered.pop())
            return
        self.hide()
        self._clear_buttons()

    def withdraw(self, happened: str) -> None:
        """Close a message, or discard it if another message covers it."""
        self._covered = [message for message in self._covered if message.happened != happened]
        if self._shown is not None and self._shown.happened == happened:
            self.dismiss()

    @Slot()
    def _on_timer_timeout(self) -> None:
        """Close the message, unless the pointer or the focus is on it."""
        focus = QApplication.focusWidget()
        if not (self.underMouse() or (focus is not None and self.isAncestorOf(focus))):
            self.dismiss()

    def _clear_buttons(self) -> None:
        while (item := self._buttons.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _show_icons(self) -> None:
        self._icon.setPixmap(theme.icon(self._icon_name, self.palette()).pixmap(_ICON))
        self._close.setIcon(theme.icon("close", self.palette()))

    def event(self, event: QEvent) -> bool:
        """Take the size of the texts and buttons once they have their style."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._place()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the tabs."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        """Give the icons the theme's colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)


def _free_place(area: QRect, size: QSize, kept_clear: list[QRect], now: QRect) -> QRect:
    """Return a place of a size in an area: the present one or a corner, or beside what must be kept clear.

    If there is none, the lower right corner is returned.
    """
    right, bottom = area.right() + 1 - size.width(), area.bottom() + 1 - size.height()
    xs = [right, area.left()] + [x for one in kept_clear for x in (one.right() + 1, one.left() - size.width())]
    ys = [bottom, area.top()] + [y for one in kept_clear for y in (one.bottom() + 1, one.top() - size.height())]
    places = [QRect(QPoint(x, y), size) for y in ys for x in xs]
    if now.size() == size:
        places.insert(0, now)
    free = (place for place in places if not any(place.intersects(clear) for clear in kept_clear))
    return next((place for place in free if area.contains(place)), QRect(QPoint(right, bottom), size))


class Messages(QObject):
    """Shows information, offers and errors in a message bar, and notes in the status bar.

    Signals:
        noted: A note is to be shown for a few seconds; carries its text.
    """

    noted = Signal(str)

    def __init__(self, bar: MessageBar) -> None:
        """Show messages in a bar, which becomes the parent of this object."""
        super().__init__(bar)
        self._bar = bar

    @property
    def text(self) -> str:
        """The full text of the message that is shown; empty if there is none."""
        return self._bar.text

    def show_info(self, happened: str, more: str = "", options: tuple[Option, ...] = ()) -> None:
        """Show good or neutral information, which disappears after a while."""
        self._bar.show_message("info", happened, more, options)

    def note(self, text: str) -> None:
        """Show something that nobody has to read in the status bar, for a few seconds or until training goes on."""
        self.noted.emit(text)

    def offer(self, happened: str, more: str, options: tuple[Option, ...]) -> None:
        """Show a message that stays until the user picks an option; other messages may cover it meanwhile."""
        self._bar.show_message("info", happened, more, options, is_offer=True)

    @Slot()
    def dismiss(self) -> None:
        """Close the message that is shown."""
        self._bar.dismiss()

    def withdraw(self, what: Exception | str) -> None:
        """Close a message that is out of date, if it is still shown.

        Args:
            what: The error, or what happened, as it was shown.
        """
        self._bar.withdraw(happened(what) if isinstance(what, Exception) else what)

    def show_error(self, error: Exception, options: tuple[Option, ...] = ()) -> None:
        """Show an error: the text of a ``DigitLabError``, a package that is missing, or else a bug in DigitLab."""
        known = _known(error)
        if known is not None:
            self._bar.show_message("warning", known.happened, f"{known.expected} {known.remedy}".strip(), options)
            return
        self._bar.show_message(
            "error",
            happened(error),
            "Your drawing and your network are unaffected. For details, see the log: Help > Open the log folder.",
            options,
        )


class ShownError:
    """The last error of one origin: the next one replaces it, and it is withdrawn when it is out of date."""

    def __init__(self, messages: Messages) -> None:
        """Show errors in the message bar; there is none yet."""
        self._messages = messages
        self._error: Exception | None = None

    def show(self, error: Exception, options: tuple[Option, ...] = ()) -> None:
        """Show an error instead of the last one."""
        self.withdraw()
        self._error = error
        self._messages.show_error(error, options)

    def withdraw(self) -> None:
        """Close the last error, if it is still shown."""
        if self._error is not None:
            self._messages.withdraw(self._error)
            self._error = None


def happened(error: Exception) -> str:
    """Return what happened, in one sentence."""
    known = _known(error)
    return f"Something went wrong inside DigitLab: {type(error).__name__}." if known is None else known.happened


def _known(error: Exception) -> DigitLabError | None:
    return error if isinstance(error, DigitLabError) else dependency_error(error)
