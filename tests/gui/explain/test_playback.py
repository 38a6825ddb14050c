"""The position of the window over time."""

import pytest
from PySide6.QtCore import QObject

from digitlab.gui.explain.slide.playback import Playback


@pytest.fixture
def owner(qapp):
    return QObject()


@pytest.fixture
def playback(owner):
    made = Playback(owner)
    made.set_count(12)
    return made


def test_all_outputs_are_filled_at_first(playback):
    assert (playback.position, playback.filled, playback.is_playing) == (0, 12, False)


def test_playing_fills_the_output_from_the_window_on(playback):
    playback.go_to(3)
    playback.set_speed(4)
    playback.play_or_pause()
    assert (playback.position, playback.filled) == (3, 4)
    for _ in range(5):
        playback.advance(0.2)  # a second, and so four positions
    assert (playback.position, playback.filled) == (7, 8)
    playback.play_or_pause()
    assert not playback.is_playing
    assert (playback.position, playback.filled) == (7, 8)


def test_it_stops_at_the_last_position_and_begins_again_from_there(playback):
    playback.set_speed(60)
    playback.play_or_pause()
    playback.advance(0.25)
    assert (playback.position, playback.filled, playback.is_playing) == (11, 12, False)
    playback.play_or_pause()
    assert (playback.position, playback.filled, playback.is_playing) == (0, 1, True)
    playback.pause()


def test_a_late_frame_does_not_make_it_jump(playback):
    playback.set_speed(4)
    playback.play_or_pause()
    playback.advance(30.0)
    assert playback.position == 1
    playback.pause()


def test_at_slow_speeds_it_rests_and_then_moves_smoothly(playback):
    playback.set_speed(1)
    playback.play_or_pause()
    fractions = []
    for _ in range(8):
        fractions.append(playback.fraction)
        playback.advance(0.125)
    assert fractions[:5] == [0.0] * 5
    assert fractions[4:] == sorted(set(fractions[4:]))
    assert fractions[-1] < 1
    assert playback.position == 1
    playback.pause()
    assert playback.fraction == 0.0


def test_steps_pause_and_stay_within_the_positions(playback):
    playback.play_or_pause()
    playback.step(1)
    assert (playback.position, playback.is_playing) == (1, False)
    playback.step(-5)
    assert playback.position == 0
    playback.step(100)
    assert playback.position == 11


def test_restart_empties_the_output_and_steps_fill_it(playback):
    playback.restart()
    assert (playback.position, playback.filled) == (0, 1)
    playback.step(1)
    assert playback.filled == 2
    playback.step(-1)
    assert (playback.position, playback.filled) == (0, 2)
    playback.fill()
    assert playback.filled == 12


def test_the_mouse_holds_it_only_as_long_as_it_is_there(playback):
    playback.play_or_pause()
    playback.hold()
    assert playback.is_playing
    assert not playback.is_running
    playback.let_go()
    assert playback.is_running
    playback.pause()
    playback.hold()
    playback.let_go()
    assert not playback.is_running


def test_it_plays_though_the_mouse_rests_on_a_grid(playback):
    playback.hold()
    playback.play_or_pause()
    assert playback.is_running
    playback.pause()


def test_another_number_of_positions_begins_at_the_first(playback):
    playback.go_to(5)
    playback.set_count(12)
    assert playback.position == 5
    playback.set_count(4)
    assert (playback.position, playback.filled) == (0, 4)


def test_without_positions_nothing_plays(owner):
    playback = Playback(owner)
    playback.play_or_pause()
    playback.step(1)
    playback.restart()
    assert (playback.position, playback.filled, playback.is_playing) == (0, 0, False)
