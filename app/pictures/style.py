"""Every value that decides the look of a picture, in one place.

Lengths are pixels of a picture of 1600 x 1000; other sizes scale them by `unit`. Light is measured so
that 1 shows a stroke exactly in its colour of the palette; more than 1 turns towards white, as film does.
"""

from __future__ import annotations

import math

from app.core.events import Source

# --- The sheet ---------------------------------------------------------------------------------
REFERENCE_HEIGHT_PX = 1000
SIZE = (1600, REFERENCE_HEIGHT_PX)
REFERENCE_AREA_PX = SIZE[0] * SIZE[1]
SMALLEST_UNIT = 0.6  # small pictures keep lines this thick, or they would vanish
MARGIN = 0.055  # of the shorter side, left free around the canvas; the caption sits in it
VIGNETTE_START = 0.35  # distance from the centre (corner = 1) where the background begins to darken

# --- A line of light ---------------------------------------------------------------------------
LINE_SIGMA_PX = 2.6  # half width of a line of width 1 (standard deviation of its profile); see `brush`
FINEST_SIGMA_PX = 0.85  # of hair lines; no line is drawn thinner, but fainter
JITTER = 1.0 / 250  # heights of the canvas; devices report whole pixels, steps of less are smoothed

# --- Silk: fainter lines that lag behind the finger, cut its corners and meet where it rests -----
SECONDARY_LAG_S = (0.018, 0.030, 0.044, 0.060, 0.078, 0.098, 0.12, 0.145, 0.172, 0.202, 0.235)
SECONDARY_LIGHT = {Source.PLAYER: 0.03, Source.GHOST: 0.15}  # share of the light of the line itself
SECONDARY_LAST = 0.5  # what the most lagging line has of that
SECONDARY_AFTER_S = 0.15  # after the finger left they run on towards the end, fading in this time
SECONDARY_STEP_S = 1 / 120  # the lag is followed at this pace

RULE_LIGHT = 0.55  # of the hair lines under the lanes, in the palette's `faint`
LANE_LIGHT, LANE_WIDTH = 0.62, 0.48  # knobs are drawn more quietly than fingers

# --- Points of light ---------------------------------------------------------------------------
START_LIGHT, START_SIGMA_PX, START_GLOW_PX = 1.1, 3.0, 20.0  # a finger touches down
TAP_LIGHT, TAP_SIGMA_PX, TAP_GLOW_PX = 2.0, 3.9, 90.0  # a finger touches and hardly moves
TAP_LENGTH_PX = 5.0  # a stroke shorter than this is a tap
TAP_HOLD_S = 0.6  # a tap held this long glows half as much again
HEAD_LIGHT, HEAD_SIGMA_PX, HEAD_GLOW_PX = 4.5, 3.4, 260.0  # where the performance ended

# --- Glow --------------------------------------------------------------------------------------
HALO_SIGMA_PX = (7.0, 24.0, 85.0)  # radii of the halo around all light
HALO_LIGHT = (0.050, 0.012, 0.0025)  # share of the light of a line, 1 px half width, that each radius gives
GLOW = {Source.PLAYER: 1.0, Source.GHOST: 1.5}  # the ghost is more haze, the player more line

# --- Exposure ----------------------------------------------------------------------------------
EXPOSURE = 1.0
FULL_SHEET = 0.07  # mean light of lines above which a long performance is exposed less
SPILL_FROM, SPILL = 1.3, 0.22  # light above the first spills into all colours, so the brightest turns white

# --- Controllers -------------------------------------------------------------------------------
LANE_FILL = 0.72  # share of the height of a lane that the range of a knob takes
LANE_GAP_S = 1.0  # a silence longer than this lifts the pen of a lane

# --- Notes -------------------------------------------------------------------------------------
NOTE_WIDTH = 1.34  # of the hardest note: as broad as a line can be
NOTE_LIGHT = 1.5  # in the middle of the hardest note where it is struck
NOTE_LEFT, NOTE_FADE_S = 0.5, 1.2  # share of its force that a long note keeps, and how fast it falls to it
NOTE_STEP_S = 0.03  # a note grows in steps of this length
NOTE_SHORTEST = 0.003  # of the width of the picture
OCTAVE_LIGHT = 0.45  # of the hair lines below each C, in the palette's `faint`

# --- Words -------------------------------------------------------------------------------------
CAPTION_PX = 26.0  # height of the caption's letters: readable in a picture half as large
CAPTION_SMALLEST_PX = 13.0

# --- The drawing for vector editors --------------------------------------------------------------
SVG_WIDTHS = 2.35  # stroke width for a standard deviation of 1: the profile is half as bright at its edges

# --- The animation -----------------------------------------------------------------------------
GIF_LONGEST_S = 20.0  # a longer performance is shown in time-lapse, so that it takes this long
GIF_FADE_S = 1.6  # time in which a trail loses 63 % of what fades
GIF_EMBER = 0.12  # share of its light that a trail keeps
GIF_FADE_EVERY = 2  # pictures from one step of the fading to the next; growing shows in every picture
GIF_HEAD = 1.3  # a head is this much larger than in the still picture
GIF_DARK = 0.004  # halo fainter than this is left out: it costs bytes and does not show
GIF_LAST_S = 1.2  # how long the last picture stays before the loop


def unit(size: tuple[int, int]) -> float:
    """Pixels of a picture of `size` for one pixel of the values above."""
    return max(math.sqrt(size[0] * size[1] / REFERENCE_AREA_PX), SMALLEST_UNIT)
