"""The network as a value: layers, spec, presets, a snapshot of its weights, and the Keras model made from a spec.

Imports `data` and `system`; `build` alone imports Keras, inside functions. Never here: training, or arithmetic on
images (`insight`). A new layer type is one class in `layers` and its entries in the tables of `build` and `insight`.
"""
