"""Digits as values: datasets and their sources, strokes, and the way from a drawing to 28x28 pixels."""
