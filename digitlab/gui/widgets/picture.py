"""A picture that a widget paints, written as a file: SVG, PDF or PNG."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QImageWriter, QPageSize, QPainter, QPdfWriter

PICTURE_KINDS: Final = (("SVG picture", ".svg"), ("PDF document", ".pdf"), ("PNG picture", ".png"))
"""The formats, by name and suffix; vectors come first."""

_PNG_SCALE: Final = 3
"""Pixels of a PNG for each unit: sharp in print at the size on screen."""

_PDF_DPI: Final = 96
"""Units of a PDF in an inch: one is a pixel on an ordinary screen."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be painted at any scale.

    Attributes:
        name: What it shows, for its file name and title.
        size: Its size in units, which are pixels on an ordinary screen.
        paint: Paints it, in the units; called in the GUI thread.
    """

    name: str
    size: QSize
    paint: Callable[[QPainter], None]

    def as_file(self, suffix: str) -> bytes:
        """Return the contents of a file.

        Args:
            suffix: One of ``PICTURE_KINDS``.
        """
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        {".svg": self._write_svg, ".pdf": self._write_pdf, ".png": self._write_png}[suffix](buffer)
        return bytes(buffer.data().data())

    def _write_svg(self, buffer: QBuffer) -> None:
        from PySide6.QtSvg import QSvgGenerator  # only here: the window starts without it

        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(self.size)
        generator.setViewBox(QRectF(0, 0, self.size.width(), self.size.height()))
        generator.setTitle(self.name)
        with QPainter(generator) as painter:
            self.paint(painter)

    def _write_pdf(self, buffer: QBuffer) -> None:
        writer = QPdfWriter(buffer)
        writer.setTitle(self.name)
        inches = QSizeF(self.size.width() / _PDF_DPI, self.size.height() / _PDF_DPI)
        writer.setPageSize(QPageSize(inches, QPageSize.Unit.Inch))
        writer.setPageMargins(QMarginsF())
        writer.setResolution(_PDF_DPI)
        with QPainter(writer) as painter:
            self.paint(painter)

    def _write_png(self, buffer: QBuffer) -> None:
        image = QImage(self.size * _PNG_SCALE, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        with QPainter(image) as painter:
            painter.scale(_PNG_SCALE, _PNG_SCALE)
            self.paint(painter)
        QImageWriter(buffer, b"png").write(image)


def picture_suffix(path: Path) -> str:
    """Return the suffix of a picture's path in small letters, that of SVG if it has none of ``PICTURE_KINDS``."""
    suffix = path.suffix.lower()
    return suffix if suffix in {known for _, known in PICTURE_KINDS} else PICTURE_KINDS[0][1]
