"""Own presets survive a folder, replace one another by name, and hostile files are left out with a sentence."""

import json
import os
from dataclasses import replace

import pytest

from digitlab.model.files.own_presets import MOST_PRESETS, delete_preset, read_presets, save_preset
from digitlab.model.presets import PEN, TUTORIAL

MINE = replace(PEN, name="My network")


def test_presets_are_listed_by_name_and_replaced_by_name(tmp_path):
    folder = tmp_path / "presets"
    assert read_presets(folder).specs == ()
    for name in ("b", "A", "../../etc/passwd", "ünï", "con"):
        save_preset(folder, replace(TUTORIAL, name=name))
    assert [spec.name for spec in read_presets(folder).specs] == ["../../etc/passwd", "A", "b", "con", "ünï"]
    assert sorted(path.parent for path in folder.parent.rglob("*.json")) == [folder] * 5
    save_preset(folder, replace(MINE, name="A"))
    assert read_presets(folder).specs[1] == replace(MINE, name="A")
    assert len(list(folder.iterdir())) == 5
    delete_preset(folder, "A")
    delete_preset(folder, "never there")
    assert [spec.name for spec in read_presets(folder).specs] == ["../../etc/passwd", "b", "con", "ünï"]


def test_only_the_user_can_read_them(tmp_path):
    save_preset(tmp_path / "presets", MINE)
    (path,) = (tmp_path / "presets").iterdir()
    assert os.name == "nt" or path.stat().st_mode & 0o077 == 0


GOOD = {"digitlab_preset": 1, "spec": {"name": "x", "loss": "euclidean", "layers": [{"type": "flatten"}]}}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"[" * 200_000,
        b" " * 2**19,
        json.dumps({**GOOD, "digitlab_preset": 2}).encode(),
        json.dumps({**GOOD, "spec": {**GOOD["spec"], "name": "  "}}).encode(),
        json.dumps({**GOOD, "spec": {**GOOD["spec"], "layers": []}}).encode(),
        json.dumps({**GOOD, "spec": {**GOOD["spec"], "layers": [{"type": "flatten"}] * 101}}).encode(),
        json.dumps({**GOOD, "spec": {**GOOD["spec"], "layers": [{"type": "dense", "units": 3}]}}).encode(),
    ],
    ids=range(9),
)
def test_a_hostile_file_is_left_out_with_a_sentence(tmp_path, content):
    save_preset(tmp_path, MINE)
    (tmp_path / "bad.json").write_bytes(content)
    found = read_presets(tmp_path)
    assert found.specs == (MINE,)
    (said,) = found.refused
    assert "bad.json" in said


def test_a_pipe_is_not_waited_for_and_a_long_name_is_cut(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    name = "n\n\x1b[31m" + "x" * 1_000
    (tmp_path / "long.json").write_text(json.dumps({**GOOD, "spec": {**GOOD["spec"], "name": name}}))
    found = read_presets(tmp_path)
    assert len(found.refused) == 1
    assert len(found.specs[0].name) <= 60


def test_there_is_a_limit(tmp_path):
    for index in range(MOST_PRESETS):
        save = json.dumps({**GOOD, "spec": {**GOOD["spec"], "name": str(index)}})
        (tmp_path / f"{index}.json").write_text(save)
    with pytest.raises(Exception, match="Delete one first"):
        save_preset(tmp_path, MINE)
    (tmp_path / "more.json").write_text(json.dumps(GOOD))
    assert len(read_presets(tmp_path).specs) == MOST_PRESETS
