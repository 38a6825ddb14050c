"""The window. Nothing outside imports Qt. Rooms: `app`, `session`, `widgets`, `charts`, and one per feature.

The only modules outside a room are theme, messages, features, actions and the main window, in import order.

`Session` holds the observable state of the application. Panels read it and emit requests (`train_requested`,
`recipe_edited`); a feature's controller runs the work on its desk and updates the session. Panels do not refer to each
other.
"""
