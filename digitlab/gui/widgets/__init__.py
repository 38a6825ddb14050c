"""What several panels are made of: fields, cards, buttons, galleries, throttles, restyling with the theme.

Imports `theme`, `words` and the core. Never here: the session, or anything that belongs to one feature.
"""
