"""The page "Distortions": the accuracy on distorted digits, by kind and strength."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from digitlab.data.drawing.distortions import STRENGTH_NAMES, STRENGTHS
from digitlab.evaluation.distorted import COLUMNS, EMPTY_ROWS, INPUT_COUNT, PHOTO_COUNT, DistortedRow, Score
from digitlab.gui import theme
from digitlab.gui.charts.share_table import BarLegend, Column, ShareRow, ShareTable
from digitlab.gui.evaluate.wording import interval_text
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card, quiet_label
from digitlab.gui.widgets.fields import describe
from digitlab.words.names import one_line
from digitlab.words.numbers import NO_VALUE, count, epoch_label, exact_percent, percent, points

_COLUMNS: Final = (
    Column("Distortion", "The kind; point at one for what it does.", is_text=True),
    Column("None", "The accuracy on the same digits, undistorted."),
    *(
        Column(name.capitalize(), f"The accuracy at {exact_percent(round(strength, 2))} of the strongest.")
        for name, strength in zip(STRENGTH_NAMES, STRENGTHS, strict=True)
    ),
)
_KIND_PX: Final = 128
_LEAST_ROWS: Final = 6
_GROUPS: Final = ((False, "Of the input"), (True, "Of a photo"))


class DistortionTable(ShareTable):
    """A row for each kind of distortion, in two groups; a column for each strength."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a table without values."""
        super().__init__(_COLUMNS, _KIND_PX, parent)
        describe(
            self,
            "distortionTable",
            "Accuracy by kind of distortion",
            "The accuracy on digits that are distorted, by kind and strength; the bars show the distance to 100 %.",
            "The accuracy on the same digits without distortion, and at three strengths. Of the input: the 28 × 28 "
            "pixels are distorted. Of a photo: the digit is drawn on simulated paper, photographed badly, and "
            "preprocessed like a picture. The orange bars show the distance to 100 %, on a common scale. Ctrl+C copies "
            "the table.",
        )
        # Each cell has its own tooltip.
        self.setToolTip("")
        self.show_scores(EMPTY_ROWS)

    def show_scores(self, rows: Sequence[DistortedRow]) -> None:
        """Show the accuracies so far."""
        shown = []
        for is_photo, title in _GROUPS:
            group = [row for row in rows if row.is_photo is is_photo]
            blank = (None,) * len(_COLUMNS)
            shown.append(ShareRow((title, *[""] * len(COLUMNS)), blank, is_strong=True))
            shown += [_row(row) for row in group]
        self.show_rows(shown)

    def minimumSizeHint(self) -> QSize:
        """Return a size at which some rows are visible; the others are scrolled to."""
        return self.height_of(_LEAST_ROWS)


class DistortedPage(Card):
    """The table, the button that fills it, and what it shows.

    Signals:
        distortions_requested: Evaluate the network on screen on distorted digits.
    """

    distortions_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Show a session."""
        super().__init__(parent=parent)
        self._session = session
        self._shown: Sequence[DistortedRow] = EMPTY_ROWS
        self._table = DistortionTable()
        self._button = QPushButton("Evaluate distortions")
        self._about = quiet_label()
        self._about.setObjectName("distortionsAbout")
        describe(
            self._button,
            "distortionsButton",
            "Evaluate distortions",
            f"Evaluate the network on screen on up to {count(INPUT_COUNT, 'digit')} and on photos of up to "
            f"{PHOTO_COUNT:,}, each distorted in every way. It takes a few minutes.",
        )
        self._button.clicked.connect(self.distortions_requested)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self._button)
        row.addWidget(self._about, 1)
        self.column.setContentsMargins(theme.SPACE_S, theme.SPACE_XS, theme.SPACE_S, theme.SPACE_S)
        self.column.addLayout(row)
        self.column.addWidget(self._table, 1)
        self.column.addWidget(BarLegend())

    def refresh(self) -> None:
        """Show what the session holds."""
        session, evaluation = self._session, self._session.evaluation
        self._button.setEnabled(session.snapshot.spec.classifies and not evaluation.task.is_requested)
        result = evaluation.distorted
        rows = EMPTY_ROWS if result is None else result.rows
        if rows is not self._shown:
            self._shown = rows
            self._table.show_scores(rows)
        text = "The accuracy on digits that are tilted, covered, blurred, badly photographed."
        if result is not None:
            name = one_line(session.name_of(result.snapshot))
            stale = "" if result.snapshot is session.snapshot else "Another network is on screen. Shown here: "
            text = f"{stale}{name}, {epoch_label(result.snapshot)} · {one_line(result.data.title)} · {_sample(rows)}"
        if self._about.text() != text:
            self._about.setText(text)


def _row(row: DistortedRow) -> ShareRow:
    missing = len(COLUMNS) - len(row.scores)
    texts = [*(percent(score.accuracy, score.count) for score in row.scores), *[NO_VALUE] * missing]
    shares = [*(score.accuracy for score in row.scores), *[None] * missing]
    tooltips = [*(_score_text(score) for score in row.scores), *[""] * missing]
    return ShareRow((row.kind.title, *texts), (None, *shares), (row.kind.what, *tooltips))


def _score_text(score: Score) -> str:
    return f"{score.correct:,} of {count(score.count, 'digit')}; 95 % interval: {interval_text(score.interval)}."


def _sample(rows: Sequence[DistortedRow]) -> str:
    """Return the sizes of the samples, and how precise the accuracies are."""
    texts = []
    for is_photo, _ in _GROUPS:
        scores = [score for row in rows if row.is_photo is is_photo for score in row.scores]
        if scores:
            widest = max(high - low for low, high in (score.interval for score in scores))
            what = "photo" if is_photo else "digit"
            texts.append(f"{count(scores[0].count, what)}, 95 % intervals up to {points(widest)} wide")
    return "; ".join(texts)
