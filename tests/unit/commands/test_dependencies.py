"""Commands without a package that they need, and without one that they do not need."""

import os
import sys
from pathlib import Path

import pytest

from tests.helpers.command_line import started
from tests.helpers.missing import BROKEN, MISSING, environment_without
from tests.helpers.pictures import SEVENS, seven

TENSORFLOW = ("tensorflow", "keras")


def _answer(arguments: tuple[str, ...], env: object, tmp_path: Path) -> tuple[int, str, str]:
    process = started(*arguments, env=env)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.mark.parametrize(
    ("package", "distribution", "arguments"),
    [
        ("platformdirs", "platformdirs", ("summary",)),
        ("numpy", "numpy", ("summary",)),
        ("PIL", "pillow", ("predict", "a.png")),
        ("keras", "keras", ("train", "--data", "builtin")),
        ("tensorflow", "tensorflow", ("train", "--data", "builtin")),
        ("PySide6", "PySide6-Essentials", ()),
        ("platformdirs", "platformdirs", ()),
    ],
)
def test_a_missing_package_is_named_with_the_command_that_installs_it(
    package: str, distribution: str, arguments: tuple[str, ...], tmp_path: Path
):
    code, out, err = _answer(arguments, environment_without(tmp_path, package), tmp_path)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert f"The package {package} is missing. Install it: {sys.executable} -m pip install" in err
    assert distribution.lower() in err.partition("pip install")[2].lower()


@pytest.mark.parametrize(
    ("package", "distribution", "name"),
    [
        ("pillow_heif", "pillow-heif", "seven.heic"),
        ("pypdfium2", "pypdfium2", "seven.pdf"),
        ("resvg_py", "resvg-py", "seven.svg"),
    ],
)
def test_a_missing_decoder_is_named_only_for_its_own_files(package: str, distribution: str, name: str, tmp_path: Path):
    seven().save(tmp_path / "seven.png")
    (tmp_path / name).write_bytes(SEVENS[name]())
    arguments = ("predict", str(tmp_path / name), str(tmp_path / "seven.png"))
    code, out, err = _answer(arguments, environment_without(tmp_path, package), tmp_path)
    assert code == 2
    assert ": 7 " in out
    assert err.count("\n") == 1
    assert f"The package {package} is missing. Install it: {sys.executable} -m pip install" in err
    assert distribution in err.partition("pip install")[2]


def test_a_tensorflow_that_cannot_be_loaded_is_named_with_the_reason_and_the_command(tmp_path: Path):
    env = environment_without(tmp_path, *TENSORFLOW, error=BROKEN)
    code, out, err = _answer(("train", "--data", "builtin"), env, tmp_path)
    assert (code, out) == (2, "")
    assert err.startswith(
        "digitlab: The package tensorflow cannot be loaded: ImportError: libtensorflow.so.2: cannot open shared object "
        f"file. Install it: {sys.executable} -m pip install --force-reinstall "
    )
    assert "tensorflow" in err.partition("--force-reinstall")[2]
    assert err.count("\n") == 1


@pytest.mark.parametrize("error", [MISSING, BROKEN])
@pytest.mark.parametrize(
    "arguments",
    [
        ("predict", "blank.png"),
        ("summary",),
        ("summary", "pen"),
        ("evaluate", "tutorial", "--data", "builtin"),
    ],
)
def test_without_tensorflow_the_other_commands_work(arguments: tuple[str, ...], error: str, tmp_path: Path):
    if arguments[0] == "predict":
        from PIL import Image

        Image.new("L", (60, 60), 255).save(tmp_path / "blank.png")
        arguments = ("predict", str(tmp_path / "blank.png"))
    code, out, err = _answer(arguments, environment_without(tmp_path, *TENSORFLOW, error=error), tmp_path)
    assert (code, err) == (0, "")
    assert out


def test_another_backend_of_keras_in_the_environment_is_ignored_with_a_word(tmp_path: Path):
    env = {**os.environ, "KERAS_BACKEND": "jax", "KERAS_HOME": str(tmp_path)}
    (tmp_path / "keras.json").write_text(
        '{"backend": "jax", "floatx": "float16", "image_data_format": "channels_first"}'
    )
    code, out, err = _answer(("train", "--data", "builtin", "--epochs", "1"), env, tmp_path)
    assert code == 0, err
    assert out.startswith("epoch 1/1  loss ")
    assert err == ("KERAS_BACKEND=jax is ignored: DigitLab trains with TensorFlow. To hide this: unset KERAS_BACKEND\n")
