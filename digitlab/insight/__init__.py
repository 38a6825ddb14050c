"""The lens: the network's forward pass in NumPy for one image or many, one unit explained, the verdict, layer health.

Imports `model` and below. Never here: Keras, training, or words for a person (`words` and the features).

A network has ten outputs, or eleven with "no digit" as the last; `model.outputs` says what they mean. `is_digit` is
what the eleventh leaves, and the ten probabilities are conditional on there being a digit; with ten outputs
`is_digit` is the largest probability, the usual baseline. Before any network runs, `data.drawing.plain_shapes` sorts
out dots, flat lines and filled areas. Where an image is doubtful as one digit, `several` has what stands side by side
rendered and classified part by part.

`histogram` counts in bins up to the next power of two, so histograms of different snapshots can be laid side by side
exactly. `learning` measures one snapshot, each once; `health` has the thresholds with their sources.
"""
