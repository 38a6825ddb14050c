"""The findings about a training, one sentence each with a health mark, below a legend of the marks."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from digitlab.gui import theme
from digitlab.gui.learning.wording import HEALTH_MARKS, HEALTH_NAMES, Finding
from digitlab.gui.widgets.card import Card, quiet_rich_label
from digitlab.gui.widgets.fields import describe
from digitlab.gui.widgets.label import RichLabel, escaped
from digitlab.gui.widgets.themed import Themed
from digitlab.insight.health import Health


def health_colour(palette: QPalette, health: Health) -> QColor:
    """Return the colour of a mark: from the Okabe-Ito set, with enough contrast on the palette's surface."""
    is_dark = theme.is_dark(palette)
    return {
        Health.HEALTHY: QColor("#35C79B" if is_dark else "#00704F"),
        Health.WATCH: QColor("#E69F00" if is_dark else "#8F5B00"),
        Health.UNHEALTHY: QColor(theme.tokens_of(palette).error),
        Health.UNKNOWN: palette.color(theme.QUIET),
    }[health]


class FindingsView(Themed, Card):
    """A card with the findings; scrolls where there are many."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a card without findings."""
        legend = quiet_rich_label()
        super().__init__("Training health", (legend,), parent)
        self._legend = legend
        self._findings: tuple[Finding, ...] = ()
        self._waiting = ""
        self._label = RichLabel()
        self._label.setWordWrap(True)
        self._label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # Its width must not depend on the text, or the charts beside it would move.
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        describe(
            self._label,
            "findings",
            "Findings",
            "Findings about the training at the snapshot on screen, the worst first. They are rules of thumb. A unit "
            "that outputs zero for each of a hundred test drawings is dead.",
        )
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._label)
        self.column.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_S, theme.SPACE_XS)
        self.column.setSpacing(0)
        self.column.addWidget(scroll, 1)
        self.follow_theme()

    def show_findings(self, findings: Sequence[Finding], waiting: str = "") -> None:
        """Show findings, the worst first, and why there may be more later."""
        if (tuple(findings), waiting) != (self._findings, self._waiting):
            self._findings, self._waiting = tuple(findings), waiting
            self.restyle()

    def restyle(self) -> None:
        """Write legend and findings in the colours of the theme."""
        seen = [health for health in HEALTH_MARKS if any(finding.health is health for finding in self._findings)]
        self._legend.setText(
            "&nbsp;&nbsp;".join(
                f'<b style="color:{health_colour(self.palette(), health).name()}">{HEALTH_MARKS[health]}</b>'
                f"&nbsp;{HEALTH_NAMES[health]}"
                for health in seen
            )
        )
        rows = []
        for finding in self._findings:
            colour = health_colour(self.palette(), finding.health).name()
            rows.append(
                f'<tr><td style="padding-right:8px; color:{colour}"><b>{HEALTH_MARKS[finding.health]}</b></td>'
                f"<td>{escaped(finding.sentence)}</td></tr>"
            )
        self._label.setText(f"<table cellspacing='0'>{''.join(rows)}</table>{escaped(self._waiting)}")
        texts = [f"{HEALTH_NAMES[finding.health].capitalize()}: {finding.sentence}" for finding in self._findings]
        self._label.setAccessibleDescription(" ".join((*texts, self._waiting)).strip())
