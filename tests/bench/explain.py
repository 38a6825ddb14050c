"""Explain: from a click on a value to its worked sum; the sheet, and the maps of Why, under the moving pen."""

from collections.abc import Iterator
from itertools import cycle
from typing import Final

from digitlab.attribution.methods import METHODS
from digitlab.attribution.result import MethodId
from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Sketch
from digitlab.gui.explain.pages import SUM, WHY
from digitlab.gui.explain.why.page import WhyPage
from digitlab.gui.main_window import MainWindow
from digitlab.insight.path import steps_of
from digitlab.insight.place import Place
from digitlab.model.files.network_file import read_model
from digitlab.system.assets import model_path
from digitlab.words.places import layer_name
from tests.bench.app_window import Painted, open_window, painted_widget, rest, say, wait, wait_for_tensorflow
from tests.bench.frames import empty_ms
from tests.bench.rows import Row, median, percentile

GOALS_MS: Final = {"tutorial": 50, "pen": 100}
ROUNDS: Final = 12
MAPS_MS: Final = {
    MethodId.GRADIENT: 33,
    MethodId.GRADIENT_TIMES_INPUT: 33,
    MethodId.GRAD_CAM: 33,
    MethodId.OCCLUSION: 300,
}
"""How soon each map should be on screen with the tutorial's network."""

_SETTLE_MS: Final = 600
_LEARN_MS: Final = 3_000
"""Until the maps of all methods are there and their durations known."""
_APART_MS: Final = 30


def measure() -> Iterator[Row]:
    """Measure with both networks, TensorFlow loaded and nothing else going on."""
    window = open_window()
    wait_for_tensorflow(window)
    rest(_SETTLE_MS)
    for name, goal in GOALS_MS.items():
        window.session.open_network(read_model(model_path(name)), None)
        yield from _clicks(window, name, goal)
        yield from _pen(window, name)
        yield from _why(window, name)
    window.close()


def _clicks(window: MainWindow, name: str, goal: int) -> Iterator[Row]:
    session = window.session
    session.sketch = Sketch(builtin_drawing(5, builtin_styles(5)[0]))
    wait(lambda: session.view is not None and session.view.inspection.snapshot is session.snapshot)
    window.panels.explain.panel()
    window.panels.show_explanation(Place(-1, (0, 0, 0)))
    rest(_SETTLE_MS)
    sheet = painted_widget(window, "workedSum")
    painted = Painted([sheet])
    empty = empty_ms(sheet)
    spec = session.snapshot.spec
    everything: list[float] = []
    slowest = ("", 0.0)
    for layer, step in steps_of(spec):
        say(f"{name}: {layer_name(spec, layer, step)} ...")
        shape = spec.shapes[layer + 1]
        times = []
        for nth in range(ROUNDS):
            place = Place(layer, tuple((nth * 7 + axis) % length for axis, length in enumerate(shape)), step)
            # From Look inside, as the double click there does it: the tab changes with it.
            window.panels.show_tab("showInspect")
            rest(_APART_MS)
            times.append(painted.after(lambda place=place: window.panels.show_explanation(place)))  # type: ignore[misc]
        everything += times
        slowest = max(slowest, (layer_name(spec, layer, step), median(times)), key=lambda one: one[1])
    why = f"The slowest in the median: {slowest[0]}, {slowest[1]:.1f} ms; the worst of all {max(everything):.1f} ms."
    reference = "an empty widget of that size"
    what = f"{name}: from a click in Look inside to the worked sum"
    yield Row(f"{what}, median", median(everything), "ms", median(empty), reference, goal, obstacle=why)
    yield Row(f"{what}, p95", percentile(everything, 95), "ms", percentile(empty, 95), reference, goal, obstacle=why)
    yield Row(f"{what}, slowest layer", slowest[1], "ms", median(empty), reference, goal, obstacle=why)


def _pen(window: MainWindow, name: str) -> Iterator[Row]:
    session = window.session
    layer = next(index for index, one in reversed(list(enumerate(session.snapshot.spec.layers))) if one.has_filters)
    window.panels.show_explanation(Place(layer, (1, 1, 3)))
    rest(_SETTLE_MS)
    sheet = painted_widget(window, "workedSum")
    painted = Painted(
        [window.draw.bars, sheet], lambda: session.view is not None and session.view.sketch is session.sketch
    )
    drawings = [builtin_drawing(digit, style) for digit in range(10) for style in builtin_styles(digit)]
    sketches = cycle(Sketch(drawing) for drawing in drawings)
    times = []
    for _ in range(60):
        rest(_APART_MS)
        times.append(painted.after(lambda: setattr(session, "sketch", next(sketches))))
    empty = empty_ms(sheet)
    yield Row(
        f"{name}: a new drawing: bars and worked sum of a filter, median",
        median(times),
        "ms",
        median(empty),
        "an empty widget of that size",
        2000 / 60,
        obstacle=f"Worst {max(times):.1f} ms.",
    )


def _why(window: MainWindow, name: str) -> Iterator[Row]:
    """Measure the maps of Why, the large one with those of all other methods beside it."""
    session, panel = window.session, window.panels.explain.panel()
    assert panel is not None
    panel.show_page(WHY)
    rest(_SETTLE_MS)
    page = window.findChild(WhyPage)
    assert isinstance(page, WhyPage)
    drawings = [builtin_drawing(digit, style) for digit in range(10) for style in builtin_styles(digit)]
    sketches = cycle(Sketch(drawing) for drawing in drawings)

    def is_newest() -> bool:
        view, answer = session.view, page.answer
        return (
            view is not None
            and view.sketch is session.sketch
            and answer is not None
            and answer.inquiry.inspection is view.inspection
            and answer.task.method is page.question.method
        )

    for method, goal in MAPS_MS.items():
        say(f"{name}: {METHODS[method].name} ...")
        page.choices.choose_method(method)
        rest(_LEARN_MS)
        grid = painted_widget(window, "whyMap")
        painted = Painted([window.draw.bars, grid], is_newest)
        times = []
        for _ in range(40):
            rest(_APART_MS)
            times.append(painted.after(lambda: setattr(session, "sketch", next(sketches))))
        empty = empty_ms(grid)
        why = f"Worst {max(times):.1f} ms."
        what = f"{name}: a new drawing: bars and the map by {METHODS[method].name}, median"
        reference = "an empty widget of that size"
        yield Row(what, median(times), "ms", median(empty), reference, goal, obstacle=why)
    panel.show_page(SUM)
