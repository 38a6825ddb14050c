"""The one place that shows messages to the user: a bar above the tabs that never blocks anything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.system.errors import DigitLabError

_NEWS_STAY_MS: Final = 15_000
"""How long a message without a required response stays: several times as long as reading it takes."""


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

    A message replaces the previous one, except that an offer, or a message covered by an offer, is shown again when
    the message that covers it is closed. Information disappears after a while, unless the pointer is on it; warnings
    stay.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a hidden bar without a message."""
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setProperty("card", True)
        self._shown: _Message | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_NEWS_STAY_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._covered: list[_Message] = []
        self._icon_name = "info"
        self._icon = QLabel(self)
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._happened = QLabel(self)
        self._happened.setObjectName("messageText")
        self._more = QLabel(self)
        self._more.setObjectName("messageRemedy")
        self._more.setProperty("quiet", True)
        for label in (self._happened, self._more):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._buttons = QHBoxLayout()
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
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_S, theme.SPACE_S)
        layout.setSpacing(theme.SPACE_M)
        layout.addWidget(self._icon)
        layout.addLayout(texts, 1)
        layout.addLayout(self._buttons)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """The full text of the message; empty if there is none."""
        return f"{self._happened.text()} {self._more.text()}".strip() if not self.isHidden() else ""

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
        self._happened.setText(message.happened)
        self._more.setText(message.more)
        self._more.setVisible(bool(message.more))
        for option in message.options:
            self._buttons.addWidget(_OptionButton(option, self))
        self.setAccessibleName(f"{message.happened} {message.more}")
        self.show()
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
        self._icon.setPixmap(theme.icon(self._icon_name, self.palette()).pixmap(QSize(20, 20)))
        self._close.setIcon(theme.icon("close", self.palette()))

    def changeEvent(self, event: QEvent) -> None:
        """Give the icons the theme's colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)


class Messages(QObject):
    """Shows information, offers and errors in a message bar."""

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

    def offer(self, happened: str, more: str, options: tuple[Option, ...]) -> None:
        """Show a message that stays until the user picks an option; other messages may cover it meanwhile."""
        self._bar.show_message("info", happened, more, options, is_offer=True)

    @Slot()
    def dismiss(self) -> None:
        """Close the message that is shown."""
        self._bar.dismiss()

    def withdraw(self, error: Exception) -> None:
        """Close the message of an error that is out of date, if it is still shown."""
        self._bar.withdraw(_happened(error))

    def show_error(self, error: Exception, options: tuple[Option, ...] = ()) -> None:
        """Show an error: the text of a ``DigitLabError`` as it is, anything else as a bug in DigitLab."""
        if isinstance(error, DigitLabError):
            self._bar.show_message("warning", _happened(error), f"{error.expected} {error.remedy}".strip(), options)
            return
        self._bar.show_message(
            "error",
            _happened(error),
            "Your drawing and your network are unaffected. For details, see the log: Help > Open the log folder.",
            options,
        )


def _happened(error: Exception) -> str:
    if isinstance(error, DigitLabError):
        return error.happened
    return f"Something went wrong inside DigitLab: {type(error).__name__}."
