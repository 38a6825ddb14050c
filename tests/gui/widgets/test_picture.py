"""Pictures as files: the formats are read back, and all show the same."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pypdfium2
import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from digitlab.gui.widgets.picture import PICTURE_KINDS, Picture, picture_suffix


def _paint(painter: QPainter) -> None:
    painter.fillRect(QRectF(10, 20, 30, 40), QColor("#d00000"))
    painter.drawText(50, 60, "conv1")


@pytest.fixture
def picture(qapp):
    return Picture("Tutorial & more", QSize(100, 80), _paint)


def _is_red(red: int, green: int, blue: int) -> bool:
    return red > 180 and green < 40 and blue < 40


def test_svg_has_size_title_and_text_as_shapes(picture):
    content = picture.as_file(".svg")
    root = ElementTree.fromstring(content)
    assert root.get("viewBox") == "0 0 100 80"
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "Tutorial & more"
    image = QImage(100, 80, QImage.Format.Format_ARGB32)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        QSvgRenderer(content).render(painter)
    assert _is_red(*image.pixelColor(25, 40).getRgb()[:3])
    assert image.pixelColor(5, 5) == QColor("white")


def test_png_has_three_pixels_for_each_unit(picture):
    image = QImage.fromData(picture.as_file(".png"))
    assert image.size() == QSize(300, 240)
    assert _is_red(*image.pixelColor(75, 120).getRgb()[:3])
    assert image.pixelColor(5, 5).alpha() == 0


def test_pdf_has_one_page_of_the_same_size(picture):
    document = pypdfium2.PdfDocument(picture.as_file(".pdf"))
    assert len(document) == 1
    width, height = document[0].get_size()
    assert (width, height) == pytest.approx((75, 60), abs=1)  # 1 unit is 1/96 of an inch, 1 point 1/72
    pixels = np.asarray(document[0].render(scale=96 / 72).to_numpy())
    assert _is_red(*pixels[40, 25, 2::-1].tolist())
    document.close()


@pytest.mark.parametrize(("name", "suffix"), [("a.PNG", ".png"), ("a.pdf", ".pdf"), ("a", ".svg"), ("a.txt", ".svg")])
def test_the_suffix_of_a_path_names_the_format(name, suffix):
    assert picture_suffix(Path(name)) == suffix
    assert suffix in {known for _, known in PICTURE_KINDS}
