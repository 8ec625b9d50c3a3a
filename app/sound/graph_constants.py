"""The numbers of the sound graph that no instrument changes, for every graph there is: signalflow's here and
the one of a web page. Pure; times are seconds, levels linear amplitudes.
"""

from __future__ import annotations

SNAP_ATTACK_S = 0.0007
DEPTH_GLIDE_S = 0.001
CUTOFF_GLIDE_S = 0.004

VOLUME_GLIDE_S = 0.008

CEILING = 0.92
"""Largest sample there can be, -0.7 dBFS."""

LEVEL = 1.4
"""Gain of the mix: the instruments are as loud as each other, and the quietest of them is loud enough."""

LEVELLING_RMS = 0.16
"""RMS of one channel above which the mix is turned down, before the volume."""

LEVELLING_S = (0.12, 0.004)
"""Time constants in which loudness is followed: usually, and where it is `STRUCK` times the threshold."""

STRUCK = 0.4

ECHO_S = 0.31
ECHO = 0.35
"""Feedback of the echo."""

REVERB = 0.87
"""Feedback of the reverb."""

ROOM = 1.7
"""Level of the reverb: with it a bowed string stands some 12 dB in front of its room."""

REVERB_S = (0.089, 0.101)
"""Longest delay of the left and the right reverb; different, so that the room is wide."""

HIGHS_HZ, BRIGHT_HZ = 180.0, 5200.0
"""What goes into the room: what is above the first and below the second."""

ECHO_SHARE = 0.3
"""Of the echo in what goes into the reverb; the rest is the voices."""

DAMPING = 0.35
"""Of high frequencies in the reverb."""

N_DELAYS = 8
"""Of each reverb."""
