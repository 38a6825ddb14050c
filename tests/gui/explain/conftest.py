"""A session with a drawing, for tests of the pages of Explain."""

import pytest

from digitlab.data.builtin import builtin_dataset
from digitlab.gui.session.values import View
from digitlab.insight.lens import inspect


@pytest.fixture
def show(session):
    """Return a function that shows an image, and optionally another network, as the answer to a drawing."""

    def show(image, snapshot=None):
        if snapshot is not None:
            session.snapshot = session.newest = snapshot
        session.view = View(None, None, inspect(session.snapshot, image), None)

    return show


@pytest.fixture(scope="session")
def images():
    """Digits to draw."""
    return builtin_dataset(train_count=10, test_count=20).test.images


@pytest.fixture
def drawn(session, show, images):
    """The session with a drawing."""
    show(images[0])
    return session
