"""Widgets shared by several panels: fields, cards, buttons, the gallery, throttles, restyling with the theme.

Imports `theme`, `words` and the core. Never here: the session, or anything that belongs to one feature.

A new text makes Qt lay out and repaint everything around a label, up to the window. Text that changes many
times a second is therefore in a widget of fixed size (`TimeBar`, `ProgressView`, `VerdictView`), which prevents that.
"""
