"""The network as a value: its layers, shapes and costs, and snapshots of its weights."""
