"""Sounds differ, and their absence is harmless."""

import io
import wave

import pytest

from terminal.sound import Bell, Player, Silence, Sound, open_speaker, wav_of


def test_each_sound_rings_a_different_number_of_times() -> None:
    rung: list[int] = []
    for sound in Sound:
        Bell(lambda: rung.append(1)).play(sound)
    assert len(rung) == 6
    assert len({sound.rings for sound in Sound}) == len(Sound)


@pytest.mark.parametrize("sound", Sound)
def test_sounds_are_playable_wave_files_of_their_length(sound: Sound) -> None:
    with wave.open(io.BytesIO(wav_of(sound))) as file:
        assert file.getnframes() == sum(16_000 * duration // 1000 for _, duration in sound.tones)


def test_a_player_that_does_not_start_does_not_stop_the_sale() -> None:
    Player("/nowhere/at/all").play(Sound.OK)


def test_off_is_silence() -> None:
    assert isinstance(open_speaker("off", lambda: None), Silence)
    assert isinstance(open_speaker("bell", lambda: None), Bell)
