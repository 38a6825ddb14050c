"""A text of a lesson: Markdown with formulas as pictures, as high as it needs to be."""

import math
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt, QUrl, Slot
from PySide6.QtGui import (
    QFontMetricsF,
    QImage,
    QPainter,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextImageFormat,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.themed import Themed
from digitlab.lessons.formulas import TypesetFormula, typeset
from digitlab.lessons.mistakes import MistakeError
from digitlab.lessons.scene import Scene
from digitlab.lessons.text import NO_TEXT, Text

_SCHEME: Final = "formula"
_INLINE_SCALE: Final = 1.15
"""Of the font size: the letters of the formulas' font are smaller than those of the window's."""

_DISPLAY_SCALE: Final = 1.3
_MARKDOWN: Final = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
_LINE_HEIGHT_PERCENT: Final = 118
_GAP_PX: Final = 8
_NARROWEST_PX: Final = 120
_Align = QTextCharFormat.VerticalAlignment


@dataclass(frozen=True, slots=True)
class _Picture:
    """A formula of the text on screen."""

    tex: str
    is_display: bool


@dataclass(frozen=True, slots=True)
class _Box:
    """The picture of a formula.

    Attributes:
        svg: The formula.
        width: Width of the picture and of the formula, in pixels.
        height: Height of the picture.
        top: Distance from the top of the picture to that of the formula.
        inner: Height of the formula.
        alignment: How the picture lies in its line.
    """

    svg: str
    width: float
    height: float
    top: float
    inner: float
    alignment: QTextCharFormat.VerticalAlignment


class TextView(Themed, QTextBrowser):
    """Shows a text of a lesson; it takes no other pictures and opens no links."""

    def __init__(self, object_name: str, name: str, parent: QWidget | None = None) -> None:
        """Create a view without a text.

        Args:
            object_name: Its stable name for code and tests.
            name: Its name for a screen reader.
            parent: The widget around it.
        """
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self._markdown = ""
        self._pictures: list[_Picture] = []
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.follow_theme()

    @property
    def plain(self) -> str:
        """The text on screen, with formulas as LaTeX, for screen readers and tests."""
        text = self.document().toPlainText()
        for picture in self._pictures:
            text = text.replace("\N{OBJECT REPLACEMENT CHARACTER}", picture.tex, 1)
        return text

    def show_text(self, text: Text, scene: Scene) -> None:
        """Show a text with its values; nothing changes if they are the same.

        Raises:
            SceneError: If a value cannot be computed.
        """
        pictures: list[_Picture] = []

        def place(tex: str, is_display: bool) -> str:
            pictures.append(_Picture(tex, is_display))
            picture = f"![formula]({_SCHEME}:{len(pictures) - 1})"
            return f"\n\n{picture}\n\n" if is_display else picture

        markdown = text.filled(scene, place)
        if (markdown, pictures) != (self._markdown, self._pictures):
            self._markdown, self._pictures = markdown, pictures
            self.restyle()

    def clear_text(self) -> None:
        """Show nothing."""
        self._markdown, self._pictures = "", []
        self.restyle()

    def restyle(self) -> None:
        """Show the text in the colours of the theme."""
        document = self.document()
        document.clear()  # and its pictures
        document.setDefaultFont(self.font())
        document.setMarkdown(self._markdown, _MARKDOWN)
        self._space_lines()
        self._align_formulas()
        self.setAccessibleDescription(self.plain)
        self._fit()

    def _space_lines(self) -> None:
        block = self.document().begin()
        while block.isValid():
            form = QTextBlockFormat(block.blockFormat())
            form.setLineHeight(_LINE_HEIGHT_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            form.setTopMargin(0)
            form.setBottomMargin(_GAP_PX if block.next().isValid() else 0)
            QTextCursor(block).setBlockFormat(form)
            block = block.next()

    def _align_formulas(self) -> None:
        """Place each formula on the baseline of its line, or in the middle of its own."""
        block = self.document().begin()
        found: list[tuple[int, QTextImageFormat]] = []
        while block.isValid():
            iterator = block.begin()
            while not iterator.atEnd():
                fragment = iterator.fragment()
                if fragment.charFormat().isImageFormat():
                    form = fragment.charFormat().toImageFormat()
                    # Equal formulas side by side are one fragment.
                    found += [(fragment.position() + nth, form) for nth in range(fragment.length())]
                iterator += 1
            block = block.next()
        for position, form in found:
            self._align(position, QTextImageFormat(form))

    def _align(self, position: int, form: QTextImageFormat) -> None:
        picture = self._pictures[int(form.name().rpartition(":")[2])]
        box = self._box(picture)
        form.setWidth(box.width)
        form.setHeight(box.height)
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        cursor.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
        if picture.is_display:
            block = QTextBlockFormat()
            block.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            cursor.mergeBlockFormat(block)
        form.setVerticalAlignment(box.alignment)
        cursor.setCharFormat(form)

    def _typeset(self, picture: _Picture) -> TypesetFormula:
        size = self.fontInfo().pixelSize() * (_DISPLAY_SCALE if picture.is_display else _INLINE_SCALE)
        colour = self.palette().color(theme.TEXT).name()
        try:
            return typeset(picture.tex, size, colour)
        except MistakeError:  # of a value that was computed; the reader checks everything else
            return typeset(r"\text{?}", size, colour)

    def _box(self, picture: _Picture) -> _Box:
        """Return the picture around a formula in which its baseline is that of the line."""
        formula = self._typeset(picture)
        scale = min(1.0, max(self.viewport().width(), _NARROWEST_PX) / formula.width)
        width, ascent, descent = (scale * length for length in (formula.width, formula.ascent, formula.descent))
        metrics = QFontMetricsF(self.font())
        if picture.is_display:
            return _Box(formula.svg, width, ascent + descent, 0.0, ascent + descent, _Align.AlignNormal)
        if descent <= metrics.descent():
            # Qt lets such a picture reach as far below the baseline as letters do.
            return _Box(formula.svg, width, ascent + metrics.descent(), 0.0, ascent + descent, _Align.AlignBaseline)
        # And places the middle of such a one at half the height of an x.
        rise = metrics.xHeight() / 2
        half = max(ascent - rise, descent + rise)
        return _Box(formula.svg, width, 2 * half, half + rise - ascent, ascent + descent, _Align.AlignMiddle)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Return the picture of a formula; nothing else is loaded."""
        url = QUrl(name)
        if url.scheme() != _SCHEME or not url.path().isdigit() or int(url.path()) >= len(self._pictures):
            return None
        box, ratio = self._box(self._pictures[int(url.path())]), self.devicePixelRatioF()
        size = QSize(math.ceil(box.width * ratio), math.ceil(box.height * ratio))
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        QSvgRenderer(QByteArray(box.svg.encode())).render(painter, QRectF(0, box.top, box.width, box.inner))
        painter.end()
        return image

    @Slot()
    def _fit(self) -> None:
        """Take the height of the text."""
        height = math.ceil(self.document().size().height()) if self._markdown else 0
        if height != self.height() or self.minimumHeight() != height:
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the text at the new width."""
        super().resizeEvent(event)
        self._fit()


def empty_view(object_name: str, name: str, parent: QWidget | None = None) -> TextView:
    """Return a view that is hidden until it has a text."""
    view = TextView(object_name, name, parent)
    view.hide()
    return view


def show_or_hide(view: TextView, text: Text, scene: Scene) -> None:
    """Show a text, or hide the view of an empty one.

    Raises:
        SceneError: If a value cannot be computed.
    """
    if text is NO_TEXT or text.is_empty:
        view.clear_text()
        view.hide()
        return
    view.show_text(text, scene)
    view.show()
