"""The lens: the network's forward pass in NumPy for one image or many, one unit explained, the verdict, layer health.

Imports `model` and below. Never here: Keras, training, or words for a person (`words` and the features).
"""
