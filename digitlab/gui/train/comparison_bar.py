"""The buttons in the header of the plots: the menu of runs to compare with, and the end of a comparison."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from digitlab.gui import theme
from digitlab.gui.session.names import shipped_title
from digitlab.gui.widgets.card import FoldingRow
from digitlab.gui.widgets.fields import describe, wrapped
from digitlab.gui.widgets.label import menu_text
from digitlab.gui.widgets.themed import Themed
from digitlab.system.assets import model_path
from digitlab.words.names import one_line

_NOTHING: Final = -1
_FILE: Final = -2
"""The menu's other choices; the runs it lists are numbered from 0."""

NONE: Final = "None"

_MOST_KEPT: Final = 12
"""How many of the newest runs the menu lists; the Runs tab has all of them and plots any number together."""


class ComparisonBar(Themed, FoldingRow):
    """The menu of runs to compare with, and a button that ends the comparison.

    Signals:
        compare_requested: Show the curves of a file beside those of the run; carries its path and the name of its run.
        file_requested: Choose a file to compare with.
        comparison_ended: Show the run alone.
    """

    compare_requested = Signal(object, str)
    file_requested = Signal()
    comparison_ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create the bar, without a comparison."""
        super().__init__(parent)
        self._shipped: tuple[str, ...] = ()
        self._kept: tuple[tuple[Path, str], ...] = ()
        self._compared = ""
        self._choices: list[tuple[Path, str]] = []
        self._hide = QToolButton()
        self._compare = QToolButton()
        self._menu = QMenu(self._compare)
        self._menu.setObjectName("compareMenu")
        self._menu.setToolTipsVisible(True)
        self._group = QActionGroup(self)
        self._compare.setMenu(self._menu)
        self._compare.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        describe(
            self._compare,
            "compareButton",
            "Compare with",
            "Show another run in the same plots, epoch by epoch.",
            "Draws the curves of another run with these: one shipped with DigitLab, one of yours, or one from a "
            "file. Both are drawn over epochs, so that runs with different batch sizes can be compared.",
        )
        self._compare.setText("Com&pare")
        self._compare.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        # The arrow follows the text, and the menu is aligned with the right edge of the button.
        self._compare.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        describe(self._hide, "hideComparisonButton", "Hide the comparison", "Show only this run again.")
        # Its place stays when there is nothing to hide, or the header would change when a training begins.
        policy = self._hide.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._hide.setSizePolicy(policy)
        self._hide.hide()
        self.row.addWidget(self._hide)
        self.row.addWidget(self._compare)
        self.add_tools()
        self._menu.aboutToShow.connect(self._on_menu_about_to_show)
        self._menu.triggered.connect(self._on_menu_triggered)
        self._hide.clicked.connect(self.comparison_ended)
        self.follow_theme()

    def add_tools(self, *tools: QToolButton) -> None:
        """Add other buttons on the right; they are icons alone in a narrow header."""
        for tool in tools:
            self.row.addWidget(tool)
        self.fold({self._compare: "vs", **dict.fromkeys(tools, "")})

    def show_shipped_runs(self, names: tuple[str, ...]) -> None:
        """Add the shipped networks that have a run to the menu."""
        self._shipped = names

    def show_kept_runs(self, runs: tuple[tuple[Path, str], ...]) -> None:
        """Add kept runs to the menu: their files and names, newest first."""
        self._kept = runs[:_MOST_KEPT]

    def show_compared(self, name: str) -> None:
        """Check the compared run in the menu, by its name; empty for none."""
        self._compared = name
        self._hide.setVisible(bool(name))

    @Slot()
    def _on_menu_about_to_show(self) -> None:
        """List the runs that can be compared with."""
        self._menu.clear()
        self._choices = [(model_path(name), shipped_title(name)) for name in self._shipped]
        self._choices += self._kept
        self._add(NONE, _NOTHING)
        self._menu.addSeparator()
        for index, (_, title) in enumerate(self._choices):
            if index == len(self._shipped):
                self._menu.addSeparator()
            self._add(title, index)
        self._menu.addSeparator()
        other = self._menu.addAction("Choose a file…")
        other.setData(_FILE)
        other.setToolTip("A network that was saved with its run")

    def _add(self, title: str, choice: int) -> QAction:
        action = self._menu.addAction(menu_text(title))
        action.setToolTip(wrapped(one_line(title)))  # without one, Qt would show the text, perhaps as rich text
        action.setCheckable(True)
        self._group.addAction(action)
        action.setChecked(title == (self._compared or NONE))
        action.setData(choice)
        return action

    @Slot(QAction)
    def _on_menu_triggered(self, action: QAction) -> None:
        choice = action.data()
        if choice == _NOTHING:
            self.comparison_ended.emit()
        elif choice == _FILE:
            self.file_requested.emit()
        else:
            self.compare_requested.emit(*self._choices[choice])

    def restyle(self) -> None:
        """Redraw the icons in the theme's colours."""
        self._hide.setIcon(theme.icon("close", self.palette()))
        self._compare.setIcon(theme.icon("chevron-down", self.palette()))
