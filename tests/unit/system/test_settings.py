"""Settings are loaded from any file, however broken."""

import os

import pytest

from digitlab.system.errors import DigitLabError
from digitlab.system.settings import Settings, load_settings, save_settings, settings_path


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_CONFIG", str(tmp_path / "config"))


def test_saved_settings_are_loaded_unchanged():
    settings = Settings(colour_scheme="dark", data_source="mnist", last_folder="/tmp/ü")
    save_settings(settings)
    assert load_settings() == settings


def test_the_first_start_has_the_defaults():
    assert load_settings() == Settings()


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"text"', "\x00\xff", "[" * 100_000])
def test_a_broken_file_gives_the_defaults(content):
    settings_path().parent.mkdir(parents=True)
    settings_path().write_bytes(content.encode("latin-1"))
    assert load_settings() == Settings()


def test_one_bad_value_affects_no_other():
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text('{"colour_scheme": 5, "panel": "trainPanel", "unknown": 1}')
    assert load_settings() == Settings(panel="trainPanel")


def test_a_folder_that_cannot_be_created_is_reported(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DIGITLAB_CONFIG", str(tmp_path / "file" / "config"))
    with pytest.raises(DigitLabError, match=r"settings\.json could not be written"):
        save_settings(Settings())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in folders")
def test_a_pipe_in_the_place_of_the_file_gives_the_defaults_at_once():
    settings_path().parent.mkdir(parents=True)
    os.mkfifo(settings_path())
    assert load_settings() == Settings()


def test_a_device_in_the_place_of_the_file_gives_the_defaults():
    settings_path().parent.mkdir(parents=True)
    settings_path().symlink_to("/dev/zero")
    assert load_settings() == Settings()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_kept_and_told_and_saving_does_not_overwrite_it(content):
    settings_path().parent.mkdir(parents=True)
    settings_path().write_bytes(content)
    told = []
    assert load_settings(told.append) == Settings()
    save_settings(Settings(panel="train"))
    (aside,) = settings_path().parent.glob("settings-damaged-*.json")
    assert aside.read_bytes() == content
    assert str(aside) in str(told[0])
    told.clear()
    assert load_settings(told.append) == Settings(panel="train")
    assert not told


def test_what_lies_in_the_place_of_the_settings_is_not_described_as_a_chosen_file(caplog):
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_bytes(b"%PDF-1.7")
    load_settings()
    assert "settings.json contains no settings" in caplog.text
    assert "PDF" not in caplog.text
