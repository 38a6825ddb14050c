"""The diagram: its volumes, and the window that each value is computed from."""

from digitlab.gui.network.diagram import NetworkDiagram
from digitlab.gui.network.volumes import volumes_of
from digitlab.model.presets import MODERN, PRESETS, TUTORIAL


def test_each_layer_that_changes_the_shape_is_a_volume():
    assert [volume.name for volume in volumes_of(TUTORIAL)] == ["input", *TUTORIAL.layer_names]
    modern = volumes_of(MODERN)
    assert [volume.name for volume in modern[:4]] == ["input", "conv1", "pool1", "conv2"]
    assert len(modern[1].titles) == 3


def test_the_window_of_a_value_is_the_one_that_it_is_computed_from():
    """Row 7 of conv1 is 24 * 0.3, column 14 is 24 * 0.62; a kernel of 5 begins there."""
    rows, columns, row, column = volumes_of(TUTORIAL)[1].window
    assert (row, column) == (7, 14)
    assert (rows, columns) == (slice(7, 12), slice(14, 19))


def test_every_preset_is_painted_and_described(qapp):
    for spec in PRESETS.values():
        diagram = NetworkDiagram()
        diagram.show_spec(spec)
        diagram.resize(900, 148)
        empty = diagram.grab().toImage()
        assert len({empty.pixel(x, 70) for x in range(empty.width())}) > 3
        assert diagram.part_count() == len(volumes_of(spec))
        assert all(one.name in diagram.accessibleDescription() for one in volumes_of(spec))
        assert b"<svg" in diagram.picture().as_file(".svg")
