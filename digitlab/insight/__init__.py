"""The lens: the network's forward and backward pass in NumPy, one unit explained, the verdict, layer health.

Imports `model` and below. Never here: Keras, training, or user-facing text (`words` and the features).

A network has ten outputs, or eleven with "no digit" as the last; `model.outputs` defines their meaning. The digit score
is one minus the eleventh output, and the ten probabilities are conditional on there being a digit; with ten outputs,
the digit score is the largest of them, the usual baseline. `data.drawing.plain_shapes` rejects dots, flat lines and
filled areas before the outputs are considered. Where an image is doubtful as a single digit, or wider than one,
`several` renders and classifies its parts separately; `data.drawing.side_by_side` says which pieces of ink can be one.

The bins of `histogram` end at a power of two, so histograms of different snapshots can be aligned without
interpolation. `learning` measures one snapshot; `health` has the thresholds with their sources.
"""
