"""Starting and ending: the application, deferred start-up, garbage collection, the demo.

Imports everything. Nobody imports it but the command line.

The window and the pen come first. `MainWindow` builds what the first frame shows and imports no more. After the first
paint `start` does the rest in event-loop slices of about 2 ms: every Qt type first (PySide makes them on first use,
which two threads must not do at once), then, imported in a thread, the controllers and the panel in sight, then the
modules of the other panels and pyqtgraph, TensorFlow last. Each panel is built when it is first shown, from the
outside in: Qt restyles whatever is moved to another parent, with all that is in it.

Python collects garbage from a GUI timer only (`garbage`), because a collection in a worker would destroy widgets
there, and not before TensorFlow is loaded. Closing the window stops the training, writes its last snapshots and waits
up to 2.5 s for each worker; only the import of TensorFlow takes longer and cannot be stopped, so the process then
ends without waiting for it.
"""
