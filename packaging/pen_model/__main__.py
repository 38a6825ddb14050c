"""Create the shipped pen model and its report: ``python packaging/pen_model --help``."""

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import measures
from ablation import VARIANTS, train_variant
from calibration import calibrated
from folds import Answers, train_fold
from material import FOLDS, SHIPPED_FOLD, Material, read_material

from digitlab.model.files.network_file import read_model
from digitlab.runs.run import Run
from digitlab.runs.run_file import read_run, write_run
from digitlab.system import assets
from digitlab.training.recipes import RECIPES
from digitlab.training.runtime import load_tensorflow

_HERE: Final = Path(__file__).resolve().parent
_SEED: Final = 1


def main() -> None:
    """Run the missing trainings, each in its own process, then write the model and the report."""
    options = _options()
    options.work.mkdir(parents=True, exist_ok=True)
    if options.only is not None:
        _train(options.only, options)
        return
    names = [f"fold-{fold}" for fold in range(FOLDS)]
    names += [] if options.no_ablation else [f"{variant}-0" for variant in VARIANTS]
    missing = [name for name in names if not (options.work / f"{name}.npz").exists()]
    with ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(_train_in_process, missing))
    material = _material(options)
    ship(options.work, material, assets.model_path("pen"))
    import report

    report.write(options.work, material, _HERE)


def _train_in_process(name: str) -> None:
    """Train in a separate process: single-threaded trainings use few cores best, and their memory is freed."""
    print(f"{name}: training", flush=True)
    environment = {**os.environ, "TF_NUM_INTRAOP_THREADS": "1"}
    subprocess.run([sys.executable, str(_HERE), *sys.argv[1:], "--only", name], check=True, env=environment)


def ship(work: Path, material: Material, path: Path) -> None:
    """Calibrate the network of one fold on the held-out data of all folds, and write it.

    Args:
        work: The folder of the trainings.
        material: The data they were trained on.
        path: The ``.digitlab`` file to write. It contains the run's curves, but no snapshots.
    """
    answers = [Answers.load(work / f"fold-{fold}.npz") for fold in range(FOLDS)]
    run = read_run(work / f"fold-{SHIPPED_FOLD}.digitlab")
    assert run is not None
    snapshot = calibrated(read_model(work / f"fold-{SHIPPED_FOLD}.digitlab"), measures.fit(answers, material))
    write_run(path, snapshot, _curves_only(run))


def _curves_only(run: Run) -> Run:
    """Return the run without its snapshots, to keep the file small."""
    short = Run(run.started)
    short.losses, short.accuracies, short.epochs, short.ended = run.losses, run.accuracies, run.epochs, run.ended
    return short


def _train(name: str, options: argparse.Namespace) -> None:
    load_tensorflow()
    material, recipe = _material(options), RECIPES["pen"]
    variant, _, fold = name.rpartition("-")
    if variant == "fold":
        train_fold(recipe, material, int(fold), options.work, "fold", _SEED)
    else:
        train_variant(variant, recipe, material, int(fold), options.work, _SEED)


def _material(options: argparse.Namespace) -> Material:
    return read_material(options.mnist, options.digits, options.letters)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python packaging/pen_model",
        description="Train the pen network five times with whole writers held out, calibrate one of the networks, and "
        "write resources/models/pen.digitlab and the report beside this program. Finished trainings are kept in the "
        "work folder, so it can be interrupted and started again. About an hour on two cores.",
    )
    parser.add_argument("--mnist", type=Path, required=True, help="mnist.npz or a folder with MNIST")
    parser.add_argument("--digits", type=Path, required=True, help="pen digits (.jsonl.gz) with label and writer")
    parser.add_argument("--letters", type=Path, required=True, help="letters (.jsonl.gz) with writer and character")
    parser.add_argument("--work", type=Path, default=Path("build/pen_model"), help="folder of the trainings")
    parser.add_argument("--jobs", type=int, default=2, help="number of parallel trainings, each on one core")
    parser.add_argument("--no-ablation", action="store_true", help="skip the ablation study")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
