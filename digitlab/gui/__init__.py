"""The window. Nothing outside imports Qt. Rooms: `app`, `session`, `widgets`, `charts`, and one a feature.

Loose here stand only theme, messages, features, actions and the main window, in the order of their imports.
"""
