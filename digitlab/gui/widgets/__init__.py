"""Parts that several panels share: fields, cards, buttons, the gallery, throttles, restyling with the theme.

Imports `theme`, `words` and the core. Never here: the session, or anything that belongs to one feature.
"""
