"""The stage: the window as lessons see it. It says what is on screen, finds controls, and sets things up.

It stands above the features, because a lesson sets up several of them. Never put here what a lesson says or asks.
"""
