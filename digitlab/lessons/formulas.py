"""Formulas as pictures: LaTeX typeset by ziamath as SVG, offline."""

import logging
from dataclasses import dataclass
from functools import lru_cache

from digitlab.lessons.mistakes import MistakeError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TypesetFormula:
    """A formula as a picture.

    Attributes:
        svg: The picture.
        width: Its width in pixels.
        ascent: Its height above the baseline.
        descent: Its depth below the baseline.
    """

    svg: str
    width: float
    ascent: float
    descent: float


@lru_cache(maxsize=256)
def typeset(tex: str, size_px: float, colour: str) -> TypesetFormula:
    """Typeset a formula.

    Args:
        tex: LaTeX, without dollar signs.
        size_px: The font size in pixels.
        colour: The colour, as in ``#1C2330``.

    Raises:
        MistakeError: If it is no LaTeX that can be typeset.
    """
    import ziamath  # here: it takes 0.2 s

    ziamath.config.svg2 = False  # plain paths: Qt does not draw symbols
    try:
        formula = ziamath.Latex(tex, size=size_px, color=colour)
        svg = formula.svg()
        view = formula.svgxml().attrib["viewBox"].split()
    except Exception as error:
        _log.info("A formula could not be typeset.", exc_info=True)
        raise MistakeError(f"the formula ${tex}$", r"LaTeX, such as $x_1 w_1 + b$ or $\frac{a}{b}$") from error
    _, top, width, height = (float(number) for number in view)
    return TypesetFormula(svg, width, -top, height + top)


def check_formula(tex: str) -> None:
    """Check that a formula can be typeset.

    Raises:
        MistakeError: If it cannot.
    """
    typeset(tex, 16.0, "#000000")
