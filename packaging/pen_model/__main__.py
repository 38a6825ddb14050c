"""Create the shipped pen model and its report: ``python packaging/pen_model --help``."""

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

import measures
import report
import simulations
from calibration import calibrated
from folds import Answers, train_fold, train_shipped
from material import FOLDS, Material, read_material

from digitlab.data.files.mnist import read_mnist
from digitlab.model.files.network_file import read_model
from digitlab.runs.run_file import read_run, write_run
from digitlab.system import assets
from digitlab.training.runtime import load_tensorflow

_HERE: Final = Path(__file__).resolve().parent

FAULTS: Final = _HERE / "faults.json"
"""The digits that are left out, with the reasons."""

BEFORE: Final = _HERE / "before.json"
"""What ``--simulate`` measured before UNIPEN's digits and simulated photos were trained on."""

SHIPPED: Final = "shipped"
"""The name of the training of the network to ship."""

SNAPSHOTS: Final = 24
"""Shipped with the network, to replay its training: within 12 MB."""


def main() -> None:
    """Run the missing trainings, each in its own process, then write the model and the report."""
    options = _options()
    options.work.mkdir(parents=True, exist_ok=True)
    if options.simulate is not None:
        simulations.write(options.simulate, read_mnist(options.mnist).test)
        return
    material = _material(options)
    if options.only is not None:
        load_tensorflow()
        path = options.work / f"{options.only}.digitlab"
        if options.only == SHIPPED:
            train_shipped(material, path)
        else:
            train_fold(material, int(options.only.removeprefix("fold-")), path)
        return
    names = [SHIPPED, *(f"fold-{fold}" for fold in range(FOLDS))]
    missing = [name for name in names if not (options.work / f"{name}.digitlab").exists()]
    with ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(_train_in_process, missing))
    ship(options.work, material, assets.model_path("pen"))
    if not (options.work / report.SIMULATED).exists():
        simulations.write(options.work / report.SIMULATED, material.mnist.test)
    report.write(options.work, material, _HERE, BEFORE, FAULTS)


def _train_in_process(name: str) -> None:
    """Train in a separate process: single-threaded trainings use few cores best, and their memory is freed."""
    print(f"{name}: training", flush=True)
    environment = {**os.environ, "TF_NUM_INTRAOP_THREADS": "1"}
    subprocess.run([sys.executable, str(_HERE), *sys.argv[1:], "--only", name], check=True, env=environment)


def ship(work: Path, material: Material, path: Path) -> None:
    """Calibrate the network that was trained on everything with what the folds held out, and write it with its run.

    Args:
        work: The folder of the trainings.
        material: The data they were trained on.
        path: The ``.digitlab`` file to write.
    """
    run = read_run(work / f"{SHIPPED}.digitlab")
    assert run is not None
    folds = [measures.Unseen.of(Answers.load(work / f"fold-{fold}.npz"), material) for fold in range(FOLDS)]
    correct = partial(calibrated, calibration=measures.fit(folds))
    write_run(path, correct(read_model(work / f"{SHIPPED}.digitlab")), run.thinned(SNAPSHOTS, correct))


def _material(options: argparse.Namespace) -> Material:
    return read_material(options.mnist, options.digits, options.letters, FAULTS)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python packaging/pen_model",
        description="Train the pen network on everything, and four times with whole sites held out; calibrate it with "
        "what they hold out, and write resources/models/pen.digitlab and the report beside this program. Finished "
        "trainings are kept in the work folder, so it can be interrupted and started again. Two hours on two cores.",
    )
    parser.add_argument("--mnist", type=Path, required=True, help="mnist.npz or a folder with MNIST")
    parser.add_argument(
        "--digits", type=Path, required=True, nargs="+", help="pen digits (.jsonl.gz) with label, writer and site"
    )
    parser.add_argument(
        "--letters", type=Path, required=True, nargs="+", help="letters (.jsonl.gz) with writer, character and site"
    )
    parser.add_argument("--work", type=Path, default=Path("build/pen_model"), help="folder of the trainings")
    parser.add_argument("--jobs", type=int, default=2, help="number of parallel trainings, each on one core")
    parser.add_argument(
        "--simulate", type=Path, help="only measure the shipped networks under simulated faults, into this file"
    )
    parser.add_argument("--only", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
