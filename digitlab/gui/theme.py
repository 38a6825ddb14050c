"""The look of the window: colours, sizes, fonts, icons. Custom-painted widgets take their colours from the palette."""

import logging
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from digitlab.system.assets import icon_path

_log = logging.getLogger(__name__)

SPACE_XS: Final = 4
SPACE_S: Final = 8
SPACE_M: Final = 12
SPACE_L: Final = 16
RADIUS: Final = 6
FONT_PX: Final = 13
FONT_SMALL_PX: Final = 11
FONT_TITLE_PX: Final = 15
FONT_VERDICT_PX: Final = 48

# The palette roles of the tokens.
WINDOW: Final = QPalette.ColorRole.Window
SURFACE: Final = QPalette.ColorRole.Base
LINE: Final = QPalette.ColorRole.Mid
TEXT: Final = QPalette.ColorRole.WindowText
QUIET: Final = QPalette.ColorRole.PlaceholderText
ACCENT: Final = QPalette.ColorRole.Highlight
TRACK: Final = QPalette.ColorRole.Midlight
"""The empty part of a bar."""

MARK: Final = QColor("#E69F00")
"""Outline of a receptive field: the orange of the Okabe-Ito set, visible on every feature map and in both themes."""

CURVE_TRAINING: Final = "#0072B2"
CURVE_VALIDATION: Final = "#D55E00"
"""Colours of the Okabe-Ito set (Okabe and Ito 2008), which colour-blind people can distinguish."""

CURVE_COMPARED: Final = "#009E73"
CURVE_COMPARED_VALIDATION: Final = "#CC79A7"
"""Two more colours of the set, for a second run in the same plot; visible in both themes."""

CURVE_TRAINING_DARK: Final = "#56B4E9"
CURVE_VALIDATION_DARK: Final = "#E69F00"
"""The lighter blue and orange of the set, for the dark theme."""


class ColourScheme(StrEnum):
    """The choice of light or dark colours."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme; ``tests/gui/test_contrast.py`` holds their contrasts (WCAG 2.2, level AA).

    Attributes:
        window: Behind everything.
        surface: Behind cards, fields and buttons.
        line: Between areas, where it need not be seen.
        text: Text.
        quiet: Text of less importance.
        accent: What is chosen, focused or can be followed.
        on_accent: Text on the accent.
        track: The empty part of a bar, and what is pressed.
        error: What is wrong.
        edge: Around fields and check boxes, which nothing else shows.
    """

    window: str
    surface: str
    line: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    track: str
    error: str
    edge: str


LIGHT: Final = Tokens(
    window="#F6F7F9",
    surface="#FFFFFF",
    line="#D9DDE3",
    text="#1C2330",
    quiet="#576173",
    accent="#2563CB",
    on_accent="#FFFFFF",
    track="#E9ECF1",
    error="#B42318",
    edge="#7F8897",
)
DARK: Final = Tokens(
    window="#14171C",
    surface="#1C2027",
    line="#2C323C",
    text="#E7EAF0",
    quiet="#98A2B3",
    accent="#6EA3FF",
    on_accent="#10141A",
    track="#2C323C",
    error="#FF8A80",
    edge="#707988",
)


def scheme_of(name: str) -> ColourScheme:
    """Return a colour scheme by its name; the system's if the name is unknown."""
    try:
        return ColourScheme(name)
    except ValueError:
        _log.warning("The colour scheme %r is unknown.", name)
        return ColourScheme.SYSTEM


def apply_scheme(app: QApplication, scheme: ColourScheme) -> None:
    """Apply light, dark or the system's colours to the application."""
    app.styleHints().setColorScheme(
        {
            ColourScheme.SYSTEM: Qt.ColorScheme.Unknown,
            ColourScheme.LIGHT: Qt.ColorScheme.Light,
            ColourScheme.DARK: Qt.ColorScheme.Dark,
        }[scheme]
    )
    restyle(app, is_dark=is_dark_wanted(scheme))


def is_dark_wanted(scheme: ColourScheme) -> bool:
    """Return whether a colour scheme is currently dark."""
    if scheme is ColourScheme.SYSTEM:
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return scheme is ColourScheme.DARK


def is_dark(palette: QPalette) -> bool:
    """Return whether a palette belongs to the dark theme."""
    return palette.color(SURFACE).lightness() < 128


def tokens_of(palette: QPalette) -> Tokens:
    """Return the tokens of a palette's theme."""
    return DARK if is_dark(palette) else LIGHT


def curve_colours(palette: QPalette) -> tuple[QColor, QColor]:
    """Return the colours of training and validation curves in a palette's theme."""
    if is_dark(palette):
        return QColor(CURVE_TRAINING_DARK), QColor(CURVE_VALIDATION_DARK)
    return QColor(CURVE_TRAINING), QColor(CURVE_VALIDATION)


def compared_colours() -> tuple[QColor, QColor]:
    """Return the colours of the training and validation curves of a second run, for comparison."""
    return QColor(CURVE_COMPARED), QColor(CURVE_COMPARED_VALIDATION)


def batch_colour(palette: QPalette) -> QColor:
    """Return the colour of the per-batch curve: the training colour mixed with the surface, opaque."""
    return mixed(curve_colours(palette)[0], palette.color(SURFACE), 0.38)


def restyle(app: QApplication, *, is_dark: bool) -> None:
    """Apply the theme's palette, font and style sheet to the application, unless it has them already."""
    tokens = DARK if is_dark else LIGHT
    sheet = _style_sheet(tokens)
    if app.styleSheet() == sheet:
        return  # each step below would polish every widget again
    font = app.font()
    font.setPixelSize(FONT_PX)
    app.setFont(font)
    palette = _palette(tokens)
    app.setPalette(palette)
    palette.setColor(WINDOW, QColor(tokens.quiet))  # Fusion derives the outline of a check box from it
    for name in ("QCheckBox", "QRadioButton"):
        app.setPalette(palette, name)  # type: ignore[arg-type]  # the stubs say bytes, which it refuses
    app.setStyleSheet(sheet)


def light_palette() -> QPalette:
    """Return the light colours, for what is printed or handed on, whatever the window looks like."""
    return _palette(LIGHT)


def _palette(tokens: Tokens) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for where, colour in {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.window,
        role.Text: tokens.text,
        role.Button: tokens.surface,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.error,
        role.Mid: tokens.line,
        role.Midlight: tokens.track,
        role.Light: tokens.surface,
        role.Dark: tokens.line,
        role.Shadow: tokens.line,
        role.PlaceholderText: tokens.quiet,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.ToolTipBase: tokens.surface,
        role.ToolTipText: tokens.text,
    }.items():
        palette.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        faded = QColor(tokens.quiet)
        faded.setAlphaF(0.7)
        palette.setColor(QPalette.ColorGroup.Disabled, where, faded)
    return palette


def _style_sheet(tokens: Tokens) -> str:
    return f"""
    QFrame[card="true"] {{ background: {tokens.surface}; border: 1px solid {tokens.line}; border-radius: {RADIUS}px; }}
    QFrame#messageBar {{ border: 1px solid {tokens.quiet}; }}
    QLabel[quiet="true"] {{ color: {tokens.quiet}; font-size: {FONT_SMALL_PX}px; }}
    QLabel[title="true"] {{ font-size: {FONT_TITLE_PX}px; font-weight: 600; }}
    QLabel[problem="true"] {{ color: {tokens.error}; font-size: {FONT_SMALL_PX}px; }}
    QPushButton, QToolButton, QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit {{
        background: {tokens.surface}; border: 1px solid {tokens.line}; border-radius: {RADIUS}px;
        padding: 5px 10px; min-height: 18px; }}
    QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit {{ border-color: {tokens.edge}; }}
    QSpinBox, QDoubleSpinBox {{ padding-right: 2px; }}
    QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{
        width: 0px; border: none; }}
    QComboBox::drop-down {{ border: none; width: 20px; }}
    QComboBox QAbstractItemView {{ background: {tokens.surface}; color: {tokens.text}; border: 1px solid {tokens.line};
        selection-background-color: {tokens.accent}; selection-color: {tokens.on_accent}; outline: none; }}
    QToolButton {{ padding: 5px; }}
    QToolButton[digit="true"] {{ padding: 0; min-height: 18px; border-radius: 4px; font-size: {FONT_SMALL_PX}px; }}
    QToolButton::menu-indicator {{ image: none; }}
    QPushButton:hover, QToolButton:hover, QComboBox:hover {{ border-color: {tokens.accent}; }}
    QPushButton:focus, QToolButton:focus {{ border: 1px solid {tokens.accent}; }}
    QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QLineEdit:focus {{
        border: 2px solid {tokens.accent}; padding: 4px 9px; }}
    QCheckBox, QRadioButton {{ border: 1px solid transparent; border-radius: 4px; padding: 1px; }}
    QCheckBox:focus, QRadioButton:focus {{ border-color: {tokens.accent}; }}
    QPushButton:pressed, QToolButton:pressed, QToolButton:checked, QPushButton:checked {{
        background: {tokens.track}; border-color: {tokens.accent}; }}
    QPushButton[link="true"] {{ background: transparent; border: 1px solid transparent; padding: 0 4px;
        min-height: 14px; text-align: left; color: {tokens.accent}; font-size: {FONT_SMALL_PX}px; }}
    QPushButton[link="true"]:hover {{ text-decoration: underline; }}
    QPushButton[link="true"]:focus {{ border-color: {tokens.accent}; }}
    QPushButton:disabled, QToolButton:disabled, QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled,
    QLineEdit:disabled {{
        color: {tokens.quiet}; background: {tokens.window}; border-color: {tokens.line}; }}
    QPushButton[primary="true"] {{
        background: {tokens.accent}; color: {tokens.on_accent}; border-color: {tokens.accent}; font-weight: 600; }}
    QPushButton[primary="true"]:hover {{ border-color: {tokens.text}; }}
    QPushButton:checked:focus, QToolButton:checked:focus {{ border: 3px double {tokens.text}; padding: 3px 8px; }}
    QToolButton:checked:focus {{ padding: 3px; }}
    QPushButton[primary="true"]:focus {{ border: 3px double {tokens.on_accent}; padding: 3px 8px; }}
    QPushButton[primary="true"]:disabled {{
        background: {tokens.track}; color: {tokens.quiet}; border-color: {tokens.line}; }}
    QToolButton[digit="true"]:checked {{
        background: {tokens.accent}; color: {tokens.on_accent}; border-color: {tokens.accent}; font-weight: 600; }}
    QToolButton[digit="true"]:checked:focus {{
        border: 3px double {tokens.on_accent}; padding: 0; min-height: 14px; }}
    *[unapplied="true"] {{ border: 1px dashed {tokens.error}; }}
    *[invalid="true"] {{ border: 2px solid {tokens.error}; padding: 4px 9px; }}
    QLineEdit[tight="true"] {{ padding: 5px 4px; }}
    QLineEdit[tight="true"]:focus, QLineEdit[tight="true"][invalid="true"] {{ padding: 4px 3px; }}
    QToolButton[bare="true"] {{ background: transparent; border-color: transparent; padding: 0; min-height: 0; }}
    QToolButton[bare="true"]:hover, QToolButton[bare="true"]:focus {{ border-color: {tokens.accent}; }}
    QToolButton[crumb="true"] {{ background: transparent; border-color: transparent; padding: 1px 4px;
        min-height: 16px; font-size: {FONT_SMALL_PX}px; }}
    QToolButton[crumb="true"]:hover, QToolButton[crumb="true"]:focus {{ border-color: {tokens.accent}; }}
    QToolButton[crumb="true"]:checked {{ background: {tokens.track}; padding: 1px 4px; }}
    QToolButton[chip="true"] {{ border-color: {tokens.accent}; color: {tokens.accent}; padding: 1px 5px; min-height: 0;
        font-size: {FONT_SMALL_PX}px; font-weight: 600; }}
    QToolButton[chip="true"]:focus {{ border: 2px solid {tokens.accent}; padding: 0 4px; }}
    QToolBar#timeToolBar {{ border: none; spacing: 0; padding: 0; background: {tokens.window}; }}
    QTabWidget::pane {{ border: none; }}
    QTabBar {{ background: transparent; }}
    QTabBar::tab {{ background: transparent; color: {tokens.quiet}; padding: 8px 10px; border: none;
        border-bottom: 2px solid transparent; }}
    QTabBar::tab:selected {{ color: {tokens.text}; border-bottom: 2px solid {tokens.accent}; }}
    QTabBar::tab:hover {{ color: {tokens.text}; }}
    QTabBar::tab:focus {{ border: 1px solid {tokens.accent}; border-bottom: 2px solid {tokens.accent};
        padding: 7px 9px 8px; }}
    QProgressBar {{ background: {tokens.track}; border: none; border-radius: 4px; max-height: 8px; }}
    QProgressBar::chunk {{ background: {tokens.accent}; border-radius: 4px; }}
    QToolTip {{ background: {tokens.surface}; color: {tokens.text}; border: 1px solid {tokens.line}; padding: 4px; }}
    QStatusBar {{ color: {tokens.quiet}; }}
    QStatusBar::item {{ border: none; }}
    QScrollArea {{ border: none; background: transparent; }}
    QScrollArea > QWidget > QWidget {{ background: transparent; }}
    QScrollBar {{ background: transparent; border: none; margin: 0; }}
    QScrollBar:vertical {{ width: 10px; }}
    QScrollBar:horizontal {{ height: 10px; }}
    QScrollBar::handle {{ background: {tokens.quiet}; border-radius: 3px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 24px; }}
    QScrollBar::handle:horizontal {{ min-width: 24px; }}
    QScrollBar::handle:hover, QScrollBar::handle:pressed {{ background: {tokens.text}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page, QAbstractScrollArea::corner {{ background: transparent; }}
    QMainWindow::separator {{ background: transparent; width: 6px; height: 6px; }}
    QMenuBar {{ background: {tokens.window}; }}
    QMenuBar::item:selected {{ background: {tokens.track}; border-radius: 4px; }}
    QHeaderView::section {{ background: {tokens.surface}; color: {tokens.quiet}; border: none;
        border-bottom: 1px solid {tokens.line}; padding: 6px 8px; }}
    QTableView {{ border: none; gridline-color: transparent; background: {tokens.surface}; }}
    """


def icon(name: str, palette: QPalette, *, is_on_accent: bool = False) -> QIcon:
    """Return a shipped icon in the colours of a palette.

    Args:
        name: File name in ``resources/icons`` without the extension.
        palette: The palette of the widget that shows it.
        is_on_accent: Whether its background is the accent colour, as in a primary button.
    """
    tokens = tokens_of(palette)
    return QIcon(_SvgIcon(name, tokens.on_accent if is_on_accent else tokens.text, tokens.quiet))


class _SvgIcon(QIconEngine):
    """An SVG icon, sharp at every size; it is read when first painted, which most icons never are."""

    def __init__(self, name: str, normal: str, disabled: str) -> None:
        super().__init__()
        self._name = name
        self._normal = normal
        self._disabled = disabled

    def clone(self) -> QIconEngine:
        return _SvgIcon(self._name, self._normal, self._disabled)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        del state
        colour = self._disabled if mode is QIcon.Mode.Disabled else self._normal
        _svg(self._name, colour).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(), size), mode, state)
        painter.end()
        return pixmap


@lru_cache(maxsize=256)
def _svg(name: str, colour: str) -> QSvgRenderer:
    text = icon_path(name).read_text(encoding="utf-8").replace("currentColor", colour)
    return QSvgRenderer(QByteArray(text.encode()))


def diverging_table(palette: QPalette) -> NDArray[np.uint8]:
    """Return 256 colours for signed values: blue, the surface colour at zero, red.

    Returns:
        Shape (256, 3), uint8 RGB; index 128 is zero. Ends: ColorBrewer RdBu #2166AC and #B2182B.
    """
    middle = palette.color(SURFACE)
    ends = [QColor("#2166AC"), middle, QColor("#B2182B")]
    values = np.array([[colour.red(), colour.green(), colour.blue()] for colour in ends], dtype=np.float64)
    position = np.linspace(0, 2, 256)
    return np.column_stack([np.interp(position, [0, 1, 2], values[:, c]) for c in range(3)]).round().astype(np.uint8)


def overlay_colours(palette: QPalette) -> tuple[QColor, QColor]:
    """Return the colours of negative and positive values over ink, from which they must differ: lighter on dark ink."""
    return (QColor("#2166AC"), QColor("#B2182B")) if is_dark(palette) else (QColor("#4393FF"), QColor("#FF4D5A"))


@lru_cache(maxsize=1)
def sequential_table() -> NDArray[np.uint8]:
    """Return 256 colours for values from 0 up: viridis (van der Walt and Smith 2015).

    Returns:
        Shape (256, 3), uint8 RGB, interpolated from 16 stops of matplotlib's table.
    """
    stops = (
        "440154 481a6c 472f7d 414487 39568c 31688e 2a788e 23888e "
        "1f988b 22a884 35b779 54c568 7ad151 a5db36 d2e21b fde725"
    )
    values = np.array([[int(stop[i : i + 2], 16) for i in (0, 2, 4)] for stop in stops.split()], dtype=np.float64)
    position = np.linspace(0, len(values) - 1, 256)
    steps = np.arange(len(values))
    return np.column_stack([np.interp(position, steps, values[:, c]) for c in range(3)]).round().astype(np.uint8)


def mixed(colour: QColor, background: QColor, share: float) -> QColor:
    """Return a mix of two colours; ``share`` is that of the first, 0..1."""
    parts = zip(colour.getRgb()[:3], background.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(share * over + (1 - share) * under) for over, under in parts))


def readable_on(background: QColor) -> QColor:
    """Return black or white, whichever has more contrast (WCAG 2.2, relative luminance)."""
    parts = [part / 255 for part in background.getRgb()[:3]]  # type: ignore[index]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    # At this luminance black and white have the same contrast of 4.58.
    return QColor("#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff")


def title_font(font: QFont) -> QFont:
    """Return a font in the usual size, semi-bold, for the names of columns and layers."""
    title = QFont(font)
    title.setPixelSize(FONT_PX)
    title.setWeight(QFont.Weight.DemiBold)
    return title


def verdict_font(font: QFont) -> QFont:
    """Return a font in the largest size, bold, for a single digit."""
    large = QFont(font)
    large.setPixelSize(FONT_VERDICT_PX)
    large.setBold(True)
    return large


def small_font(font: QFont) -> QFont:
    """Return a font in the small size, for all text in charts and diagrams."""
    small = QFont(font)
    small.setPixelSize(FONT_SMALL_PX)
    return small
