"""Evaluating 10,000 images: first metrics, all of them, and a step of the time slider over evaluated snapshots."""

import time
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from digitlab.data.builtin import builtin_dataset
from digitlab.data.dataset import DigitSet
from digitlab.data.held_out import HeldOutSet
from digitlab.gui.evaluate import jobs as evaluation_jobs
from digitlab.gui.main_window import MainWindow
from digitlab.gui.session.values import Task
from digitlab.insight.batch import answer_all
from digitlab.system.assets import model_path
from tests.bench.app_window import open_window, rest, wait
from tests.bench.rows import Row, median

IMAGES = 10_000
ROUNDS = 3
_POLL_MS = 5
_SETTLE_MS = 1_000


def measure() -> list[Row]:
    """Measure in a real window."""
    window = open_window(begins=False)
    window.controllers.files.open_shipped("tutorial")
    session = window.session
    wait(lambda: session.run is not None and session.snapshot.spec.name == "Tutorial")
    hold_ten_thousand(window)
    window.actions_by_name["showEvaluate"].trigger()
    rest(_SETTLE_MS)
    rows = [*_evaluation(window), *_snapshots(window)]
    window.close()
    return rows


def _evaluation(window: MainWindow) -> list[Row]:
    session, firsts, wholes, plain = window.session, [], [], []
    data = ten_thousand()
    window.controllers.evaluation.follow(False)
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        answer_all(session.snapshot, data.digits.images)
        plain.append(time.perf_counter() - begun)
        # A copy, for which nothing is cached.
        session.snapshot = replace(session.snapshot)
        before = session.evaluation.result
        begun = time.perf_counter()
        window.controllers.evaluation.evaluate()
        wait(lambda before=before: session.evaluation.result is not before)
        firsts.append(time.perf_counter() - begun)
        wait(lambda: session.evaluation.task is Task.NONE)
        wholes.append(time.perf_counter() - begun)
    return [
        Row("evaluation: first metrics after the click", median(firsts), "s", goal=0.5),
        Row("evaluation: 10,000 images", median(wholes), "s", median(plain), "the computation alone", goal=3.0),
    ]


def _snapshots(window: MainWindow) -> list[Row]:
    session, controller = window.session, window.controllers.evaluation
    run = session.run
    assert run is not None
    begun = time.perf_counter()
    controller.evaluate_snapshots(False)
    wait(lambda: session.evaluation.task is Task.NONE)
    whole, count = time.perf_counter() - begun, len(run.snapshots)
    panel, costs = window.panels.evaluate.panel(), []
    for snapshot in run.snapshots:
        begun = time.perf_counter()
        session.snapshot = snapshot
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        panel.repaint()
        costs.append(1000 * (time.perf_counter() - begun))
        rest(_POLL_MS)
    return [
        Row(f"evaluation: all {count} snapshots on 2,000 images", whole, "s"),
        Row("evaluation: one step of the slider, Evaluate visible", median(costs), "ms", goal=1000 / 30),
    ]


def hold_ten_thousand(window: MainWindow) -> None:
    """Let the window evaluate on 10,000 generated images, independent of the data on this computer."""
    evaluation_jobs.load_held_out = lambda *_, **__: ten_thousand()
    window.controllers.evaluation.choose_source(str(model_path("tutorial").with_name("ten-thousand.npz")))


def ten_thousand() -> HeldOutSet:
    """Return as many images as MNIST has test images, independent of the data on this computer."""
    test = builtin_dataset().test
    times = IMAGES // len(test)
    digits = DigitSet(np.tile(test.images, (times, 1, 1)), np.tile(test.labels, times))
    return HeldOutSet("ten thousand", "Ten thousand", digits, np.empty((0, 28, 28), np.uint8))
