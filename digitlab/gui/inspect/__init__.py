"""The look-inside panel: activation maps and learned filters of every layer."""
