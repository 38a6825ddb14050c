"""From a drawing to the network's input."""

from collections.abc import Iterator

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.raster import render, render_steps
from tests.bench.rows import Row, median, percentile, timed_ms


def measure() -> Iterator[Row]:
    """Render one drawing, with and without the steps of the strip."""
    drawing = builtin_drawing(8, builtin_styles(8)[0])
    plain = timed_ms(lambda: render(drawing), 300)
    steps = timed_ms(lambda: render_steps(drawing), 300)
    # The goal of 16.7 ms from pen to repainted bars leaves a quarter of it for this.
    yield Row("raster, one drawing, median", median(plain), "ms")
    yield Row("raster with all steps, median", median(steps), "ms", median(plain), "image alone")
    yield Row("raster with all steps, p95", percentile(steps, 95), "ms", goal=4.0)
