"""Networks in files: a saved network is read back, and malicious files are refused with a clear message."""

import io
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digitlab.model.files import archive
from digitlab.model.files.network_file import FORMAT_VERSION, read_model, spec_from_json, spec_to_json, write_model
from digitlab.model.layer import Activation, GlobalPooling, Padding, Pooling
from digitlab.model.layers import Conv2D, Dense, Flatten, GlobalPooling2D, Pooling2D
from digitlab.model.presets import PRESETS, TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import Loss, ModelSpec
from digitlab.system.errors import DigitLabError
from tests.helpers.networks import random_snapshot, small_spec, specs

PLACE = Path("model.digitlab")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a small network."""
    path = tmp_path / "model.digitlab"
    write_model(path, random_snapshot(small_spec()))
    return path


def _members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def _rewrite(path: Path, **changed: bytes | None) -> None:
    """Write the members again with some replaced (``model`` is ``model.json``) or left out."""
    names = {"model": "model.json", "weights": "weights.npz"}
    members = {**_members(path), **{names[key]: content for key, content in changed.items()}}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            if content is not None:
                file.writestr(name, content)


def _describe(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the file's description of its network."""
    description = json.loads(_members(path)["model.json"])
    change(description)
    _rewrite(path, model=json.dumps(description).encode())


def _npz(arrays: dict[str, Any], compress: bool = False) -> bytes:
    buffer = io.BytesIO()
    (np.savez_compressed if compress else np.savez)(buffer, **arrays)
    return buffer.getvalue()


def _arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(_members(path)["weights.npz"])) as arrays:
        return dict(arrays)


@pytest.mark.parametrize("name", PRESETS)
def test_a_saved_network_is_read_back_exactly(name: str, tmp_path: Path):
    saved = Snapshot.of(PRESETS[name], random_snapshot(PRESETS[name]).arrays, step=37, epoch=0.5)
    write_model(tmp_path / "a.digitlab", saved)
    opened = read_model(tmp_path / "a.digitlab")
    assert (opened.spec, opened.step, opened.epoch) == (saved.spec, 37, 0.5)
    assert all(np.array_equal(one, other) for one, other in zip(saved.arrays, opened.arrays, strict=True))


def test_the_same_network_gives_the_same_file(path: Path, tmp_path: Path):
    write_model(tmp_path / "again.digitlab", random_snapshot(small_spec()))
    assert path.read_bytes() == (tmp_path / "again.digitlab").read_bytes()


def test_pooling_is_written_as_it_was_before_there_were_norms_and_global_pooling():
    assert spec_to_json(TUTORIAL)["layers"][1] == {"type": "pooling2d", "size": 2, "kind": "max"}
    average = ModelSpec("", (Pooling2D(3, Pooling.AVERAGE),))
    assert spec_to_json(average)["layers"] == [{"type": "pooling2d", "size": 3, "kind": "average"}]


def test_norms_and_global_pooling_survive_the_round_trip(tmp_path: Path):
    layers = (Conv2D(3, 5), Pooling2D(2, Pooling.NORM), GlobalPooling2D(GlobalPooling.MAX), Dense(10))
    saved = random_snapshot(ModelSpec("Pooled", layers).with_loss(Loss.EUCLIDEAN))
    write_model(tmp_path / "a.digitlab", saved)
    opened = read_model(tmp_path / "a.digitlab")
    assert opened.spec == saved.spec
    assert all(np.array_equal(one, other) for one, other in zip(saved.arrays, opened.arrays, strict=True))


def test_usual_hyperparameters_are_written_as_they_were_before_there_were_others():
    spec = ModelSpec("", (Conv2D(3, 5, 2), Pooling2D(2), Flatten(), Dense(10)))
    assert spec_to_json(spec)["layers"] == [
        {"type": "conv2d", "filters": 3, "kernel_size": 5, "stride": 2, "padding": "valid", "activation": "relu"},
        {"type": "pooling2d", "size": 2, "kind": "max"},
        {"type": "flatten"},
        {"type": "dense", "units": 10, "activation": "linear"},
    ]


@pytest.mark.parametrize(
    ("layer", "version"),
    [
        (Conv2D(3, 5, 2, Padding.SAME, Activation.SIGMOID), 1),
        (Conv2D(3, (5, 3)), 2),
        (Conv2D(3, 5, (2, 1)), 2),
        (Conv2D(3, 5, use_bias=False), 2),
        (Pooling2D(3, Pooling.NORM), 1),
        (Pooling2D(3, strides=2), 2),
        (Pooling2D((3, 2)), 2),
        (Pooling2D(3, padding=Padding.SAME), 2),
    ],
)
def test_only_what_the_first_version_cannot_read_has_a_new_format(layer, version, tmp_path: Path):
    saved = random_snapshot(ModelSpec("", (layer, Flatten(), Dense(10))))
    write_model(tmp_path / "a.digitlab", saved)
    assert json.loads(_members(tmp_path / "a.digitlab")["model.json"])["format"] == version
    opened = read_model(tmp_path / "a.digitlab")
    assert opened.spec == saved.spec
    assert all(np.array_equal(one, other) for one, other in zip(saved.arrays, opened.arrays, strict=True))


@given(specs())
def test_any_network_survives_the_round_trip_through_json(spec: ModelSpec):
    assert spec_from_json(json.loads(json.dumps(spec_to_json(spec))), PLACE) == spec


def test_a_missing_file_is_an_error(tmp_path: Path):
    with pytest.raises(DigitLabError, match=r"There is no file none\.digitlab"):
        read_model(tmp_path / "none.digitlab")


def test_a_truncated_file_is_an_error(path: Path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(DigitLabError, match="damaged"):
        read_model(path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + b"\0" * 18, b"PK\x03\x04" + b"\xff" * 200])
def test_a_file_that_is_not_an_archive_is_an_error(path: Path, content: bytes):
    path.write_bytes(content)
    with pytest.raises(DigitLabError):
        read_model(path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_flipped_bytes_give_an_error_or_a_valid_network(path: Path, data: st.DataObject):
    original = path.read_bytes()
    content = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        opened = read_model(path)
    except DigitLabError:
        pass
    else:
        assert opened.is_finite
        assert opened.spec == small_spec()
    finally:
        path.write_bytes(original)


@pytest.mark.parametrize("member", ["model", "weights"])
def test_a_missing_member_is_named(path: Path, member: str):
    _rewrite(path, **{member: None})
    with pytest.raises(DigitLabError, match=member):
        read_model(path)


@pytest.mark.parametrize(
    "content", [b"[]", b"{", b"\xff\xfe", b"null", b"[" * 100_000, b'{"format": 1}', b'{"format": 1, "spec": 3}']
)
def test_an_invalid_description_is_an_error(path: Path, content: bytes):
    _rewrite(path, model=content)
    with pytest.raises(DigitLabError, match="damaged"):
        read_model(path)


def test_a_newer_format_is_an_error(path: Path):
    _describe(path, lambda description: description.update(format=FORMAT_VERSION + 1))
    with pytest.raises(DigitLabError, match="newest version of DigitLab"):
        read_model(path)


def _set_layer(field: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(description: dict[str, Any]) -> None:
        description["spec"]["layers"][0][field] = value

    return change


def _replace_layer(index: int, layer: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda description: description["spec"]["layers"].__setitem__(index, layer)


@pytest.mark.parametrize(
    "change",
    [
        _set_layer("type", "lambda"),
        _set_layer("type", ["conv2d"]),
        _set_layer("filters", 0),
        _set_layer("filters", 10**9),
        _set_layer("filters", 2.0),
        _set_layer("filters", True),
        _set_layer("filters", None),
        _set_layer("kernel_size", -5),
        _set_layer("stride", 0),
        _set_layer("stride", [1, 2, 3]),
        _set_layer("kernel_size", [5, 0]),
        _set_layer("kernel_size", [5, 5.0]),
        _set_layer("use_bias", 1),
        _set_layer("padding", "reflect"),
        _set_layer("activation", "__import__"),
        _replace_layer(1, {"type": "pooling2d", "size": 3, "kind": "L3 norm"}),
        _replace_layer(1, {"type": "pooling2d", "size": 10**9, "kind": "L2 norm"}),
        _replace_layer(2, {"type": "globalpooling2d", "kind": "L2 norm"}),
        _replace_layer(2, {"type": "globalpooling2d", "kind": ["max"]}),
        _replace_layer(2, {"type": "globalpooling2d"}),
        lambda description: description["spec"]["layers"].clear(),
        lambda description: description["spec"].update(layers=description["spec"]["layers"] * 30),
        lambda description: description["spec"].update(loss="hinge"),
        lambda description: description["spec"]["layers"][-1].update(units=10**6),
        lambda description: description.update(step=-1),
        lambda description: description.update(step="1"),
        lambda description: description.update(epoch=float("nan")),
        lambda description: description.update(epoch=float("inf")),
        lambda description: description.update(epoch=10**400),
    ],
)
def test_a_description_with_a_wrong_value_is_an_error(path: Path, change: Callable[[dict[str, Any]], None]):
    _describe(path, change)
    with pytest.raises(DigitLabError, match="damaged"):
        read_model(path)


def test_a_network_that_cannot_be_built_is_an_error_with_the_reason(path: Path):
    _describe(path, lambda description: description["spec"]["layers"].pop(2))
    with pytest.raises(DigitLabError, match="needs a flat list"):
        read_model(path)


def test_global_pooling_of_a_list_is_an_error_with_the_reason(path: Path):
    _describe(path, _replace_layer(3, {"type": "globalpooling2d", "kind": "max"}))
    with pytest.raises(DigitLabError, match="Global pooling needs maps"):
        read_model(path)


def test_a_network_with_too_many_parameters_is_an_error(path: Path):
    dense = {"type": "dense", "units": 10_000, "activation": "relu"}
    _describe(path, lambda description: description["spec"]["layers"].__setitem__(slice(3, None), [dense, dense]))
    with pytest.raises(DigitLabError, match="parameters"):
        read_model(path)


def _exchange(path: Path, name: str, array: Any) -> None:
    _rewrite(path, weights=_npz({**_arrays(path), name: array}))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_weights_that_are_not_finite_are_an_error(path: Path, wrong: float):
    kernel = _arrays(path)["conv1.kernel"]
    kernel[0, 0, 0, 0] = wrong
    _exchange(path, "conv1.kernel", kernel)
    with pytest.raises(DigitLabError, match="not finite"):
        read_model(path)


def test_weights_that_do_not_fit_their_network_are_an_error(path: Path):
    _exchange(path, "dense.bias", np.zeros(9, np.float32))
    with pytest.raises(DigitLabError, match=r"dense\.bias has the shape \(9,\).*Its network needs \(10,\)"):
        read_model(path)


@pytest.mark.parametrize("dtype", [np.int32, np.complex64, np.float64, "U4", "S4"])
def test_weights_of_another_type_are_an_error(path: Path, dtype: Any):
    _exchange(path, "dense.bias", np.zeros(10, dtype))
    with pytest.raises(DigitLabError, match="damaged"):
        read_model(path)


def test_pickled_weights_are_never_unpickled(path: Path, tmp_path: Path):
    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "sprung"),))

    _exchange(path, "dense.bias", np.array([Trap()] * 10, dtype=object))
    with pytest.raises(DigitLabError):
        read_model(path)
    assert not (tmp_path / "sprung").exists()


def test_missing_weights_are_an_error(path: Path):
    arrays = _arrays(path)
    del arrays["dense.kernel"]
    _rewrite(path, weights=_npz({**arrays, "padding": np.zeros(10_000, np.float32)}))
    with pytest.raises(DigitLabError, match="damaged"):
        read_model(path)


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (10,)",
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (10,), 'x': 1}",
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}",
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (-10,)}",
        b"{{}: 1}",
        b"-" * 9000,
        b"(" * 9000,
        b"\xff" * 64,
        b"'''",
    ],
)
def test_a_malformed_array_header_is_an_error(path: Path, header: bytes):
    array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\0" * 40
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as npz:
        for name, content in _arrays(path).items():
            member = io.BytesIO()
            np.save(member, content)
            npz.writestr(f"{name}.npy", array if name == "dense.bias" else member.getvalue())
    _rewrite(path, weights=buffer.getvalue())
    with pytest.raises(DigitLabError):
        read_model(path)


def test_a_large_file_is_refused_before_it_is_read(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "_NETWORKS", replace(archive._NETWORKS, maximum_bytes=1000))
    with pytest.raises(DigitLabError, match="larger than"):
        read_model(path)


def test_a_member_that_unpacks_to_too_much_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "MAXIMUM_MEMBER_BYTES", 50_000)
    _rewrite(path, weights=b"\0" * 1_000_000)
    assert path.stat().st_size < 10_000
    with pytest.raises(DigitLabError, match="too large"):
        read_model(path)


def test_a_member_with_a_false_size_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "MAXIMUM_MEMBER_BYTES", 50_000)
    _rewrite(path, weights=b"\0" * 1_000_000)
    size = (1_000_000).to_bytes(4, "little")
    content = path.read_bytes()
    assert content.count(size) >= 2
    path.write_bytes(content.replace(size, (1_000).to_bytes(4, "little")))
    with pytest.raises(DigitLabError, match="damaged"):
        read_model(path)


def test_arrays_compressed_within_the_archive_are_refused_before_they_unpack(path: Path):
    """Otherwise a small file could unpack to as much as the shapes in its description allow."""
    layers = [{"type": "flatten"}, {"type": "dense", "units": 10_000, "activation": "relu"}]
    _describe(path, lambda description: description["spec"].update(layers=layers))
    bomb = {"dense.kernel": np.zeros((784, 10_000), np.float32), "dense.bias": np.zeros(10_000, np.float32)}
    _rewrite(path, weights=_npz(bomb, compress=True))
    with pytest.raises(DigitLabError, match="damaged"):
        read_model(path)


def test_other_members_are_ignored(path: Path):
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("../../outside", b"nothing")
        file.writestr("/etc/passwd", b"nothing")
    assert read_model(path).spec == small_spec()


def test_a_folder_instead_of_a_file_is_an_error(tmp_path: Path):
    with pytest.raises(DigitLabError, match="is a folder, not a file"):
        read_model(tmp_path)
    with pytest.raises(DigitLabError, match="is a folder"):
        write_model(tmp_path, random_snapshot(small_spec()))


def test_a_full_disk_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch):
    before = path.read_bytes()

    def no_space(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("digitlab.system.storage.os.fsync", no_space)
    with pytest.raises(DigitLabError, match="No space left on device"):
        write_model(path, random_snapshot(TUTORIAL))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_fills_up_while_writing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    open_file = os.open
    monkeypatch.setattr(
        "digitlab.system.storage.os.open",
        lambda path, flags, *mode: (
            open_file("/dev/full", os.O_RDWR) if flags & os.O_CREAT else open_file(path, flags, *mode)
        ),
    )
    with pytest.raises(DigitLabError, match="No space left on device"):
        write_model(tmp_path / "a.digitlab", random_snapshot(TUTORIAL))


def test_a_folder_that_is_not_writable_is_an_error(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DigitLabError, match="could not be written"):
        write_model(tmp_path / "file" / "a.digitlab", random_snapshot(small_spec()))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root can write everywhere")
def test_a_read_only_folder_is_an_error(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(DigitLabError, match="Permission denied"):
        write_model(tmp_path / "a.digitlab", random_snapshot(small_spec()))
