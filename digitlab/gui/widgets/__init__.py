"""Parts that several panels share: fields, cards, buttons, the gallery, throttles, restyling with the theme.

Imports `theme`, `words` and the core. Never here: the session, or anything that belongs to one feature.

A label that gets new text has Qt lay out and repaint everything around it, up to the window. Text that changes many
times a second therefore stands in a widget of fixed size (`TimeBar`, `ProgressView`, `VerdictView`), which ends that.
"""
