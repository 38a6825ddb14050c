"""The chip beside the network's name that says that it is edited, with what can be done about it."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from digitlab.gui import theme
from digitlab.gui.session import available
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.fields import describe, set_tip
from digitlab.gui.widgets.themed import Themed
from digitlab.words.edits import edits_text

_ARROW = QSize(12, 12)


class EditedChip(Themed, QToolButton):
    """A button with a menu, hidden while the network on screen is not edited.

    Signals:
        continue_requested: Train from the edited network.
        save_requested: Save the edited network.
    """

    continue_requested = Signal()
    save_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Follow the network on screen."""
        super().__init__(parent)
        self._session = session
        self.setText("Edited")
        describe(self, "editedChip", "Edited", "")
        self.setProperty("chip", True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow follows the text
        self.setIconSize(_ARROW)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._menu = menu = QMenu(self)
        self._continue = menu.addAction("&Train from here")
        self._save = menu.addAction("&Save network…")
        self._continue.triggered.connect(self.continue_requested)
        self._save.triggered.connect(self.save_requested)
        menu.aboutToShow.connect(self._on_menu_about_to_show)
        self.setMenu(menu)
        session.snapshot_changed.connect(self._show_edits)
        session.edits_changed.connect(self._show_edits)
        self._show_edits()
        self.follow_theme()

    def set_actions(self, actions: tuple[QAction, ...]) -> None:
        """Put actions first in the menu: undo, redo and reset."""
        self._menu.insertActions(self._continue, actions)
        self._menu.insertSeparator(self._continue)

    def restyle(self) -> None:
        """Draw the arrow in the theme's colours; never touch the menu here, which is destroyed before its button."""
        self.setIcon(theme.icon("chevron-down", self.palette()))

    @Slot()
    def _show_edits(self) -> None:
        is_edited = self._session.snapshot.is_edited
        if is_edited:
            set_tip(self, f"The network on screen is edited: {edits_text(self._session.edits)}.")
        self.setVisible(is_edited)

    @Slot()
    def _on_menu_about_to_show(self) -> None:
        self._continue.setIcon(theme.icon("branch", self.palette()))
        self._save.setIcon(theme.icon("save", self.palette()))
        self._continue.setEnabled(available.can_continue(self._session))
