"""The drawing panel: canvas, preprocessing strip, bars and verdict."""
