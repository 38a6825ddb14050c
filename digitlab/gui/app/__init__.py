"""Start-up and shutdown: the application, deferred start-up, screen readers, garbage collection, the demo.

Imports everything. Only the command line imports it.

The window and the pen come first. `MainWindow` builds what the first frame shows and imports nothing else. After the
first paint `start` does the rest in event-loop slices of about 2 ms: every Qt type first (PySide creates them on use,
which two threads must not do at once), then, imported in a thread, the controllers and the visible panel, then the
modules of the other panels and pyqtgraph, TensorFlow last. Each panel is built when it is first shown, from the
outside in: Qt restyles a widget that is moved to another parent, with all its children.

Python collects garbage from a GUI timer only (`garbage`), because a collection in a worker would destroy widgets
there, and not before TensorFlow is loaded. Closing the window stops the training, writes its last snapshots and waits
up to 2.5 s for each worker; only the import of TensorFlow takes longer and cannot be stopped, so the process then
ends without waiting for it.
"""
