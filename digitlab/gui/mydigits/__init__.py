"""The panel "My digits": a person's own digits, and how well a network reads them."""
