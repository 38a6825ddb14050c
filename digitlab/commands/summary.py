"""``digitlab summary``: a network's layers with their shapes, parameters and costs."""

from digitlab.commands.sources import open_model, preset
from digitlab.commands.terminal import table, write_json, write_line
from digitlab.model.spec import ModelSpec
from digitlab.model.summary import bytes_of
from digitlab.words.numbers import dimensions, size


def run(preset_name: str | None, model: str | None, *, as_json: bool) -> int:
    """Write the summary of a preset or of a model; returns the exit code.

    Args:
        preset_name: Name of a preset, or None.
        model: Name or file of a network; takes precedence over the preset.
        as_json: Whether to write a JSON object.

    Raises:
        DigitLabError: If there is no such preset or model.
    """
    spec = preset(preset_name or "tutorial") if model is None else open_model(model).spec
    if as_json:
        write_json(
            {
                "layers": [
                    {
                        "name": layer.name,
                        "type": layer.type_name,
                        "output_shape": list(layer.output_shape),
                        "parameters": layer.parameters,
                    }
                    for layer in spec.summary()
                ],
                "total_parameters": spec.total_parameters,
                "trainable_parameters": spec.trainable_parameters,
            }
        )
    else:
        for line in _lines(spec):
            write_line(line)
    return 0


def _lines(spec: ModelSpec) -> list[str]:
    layers = spec.summary()
    work = sum(layer.multiply_adds for layer in layers)
    rows = [
        ("layer", "type", "output", "parameters", "calculation", "memory", "multiply-adds"),
        ("input", "", dimensions(spec.input_shape), "", "", size(bytes_of(spec.input_shape)), ""),
        *(
            (
                layer.name,
                layer.type_name,
                dimensions(layer.output_shape),
                f"{layer.parameters:,}",
                layer.parameter_sum,
                size(layer.activation_bytes),
                f"{layer.multiply_adds:,}",
            )
            for layer in layers
        ),
        ("total", "", "", f"{spec.total_parameters:,}", spec.parameter_sum, size(spec.activation_bytes), f"{work:,}"),
    ]
    return [f"{spec.name}, {spec.loss.value}", "", *table(rows, frozenset({3, 5, 6}))]
