"""The window. Nothing outside imports Qt. Rooms: `app`, `session`, `widgets`, `charts`, and one a feature.

Loose here stand only theme, messages, features, actions and the main window, in the order of their imports.

`Session` is the one observable answer to "what is open now?". Panels read it and emit requests (`train_requested`,
`recipe_edited`); a feature's controller does the work at its desk and sets the session. Panels do not know each
other.
"""
