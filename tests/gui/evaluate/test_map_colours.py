"""The ten colours of the map of the digits."""

import numpy as np
import pytest

from digitlab.gui import theme
from digitlab.gui.evaluate.map.colours import digit_colours


@pytest.mark.parametrize("scheme", [theme.ColourScheme.LIGHT, theme.ColourScheme.DARK])
def test_the_ten_colours_are_readable_and_differ(qapp, scheme):
    theme.apply_scheme(qapp, scheme)
    palette = qapp.palette()

    def luminance(colour):
        parts = [part / 255 for part in colour.getRgb()[:3]]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    colours, surface = digit_colours(palette), luminance(palette.color(theme.SURFACE))
    for colour in colours:
        low, high = sorted((luminance(colour), surface))
        assert (high + 0.05) / (low + 0.05) >= 3.6
    for index, colour in enumerate(colours):
        for other in colours[:index]:
            assert np.linalg.norm(np.subtract(colour.getRgb()[:3], other.getRgb()[:3])) > 50
