"""Why a network answers as it does: maps of what in a drawing a number depends on, and what excites a unit most.

Imports `insight` and below. Never here: Keras, and how a map is painted (`gui.maps`).

All methods explain a `Target` of the network: a unit, a logit, an output, or a difference of two logits. `methods` is
the table of all of them, with what each can and cannot tell.
"""
