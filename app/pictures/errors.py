"""The one error of the pictures, and the bounds every picture checks."""

from __future__ import annotations

SMALLEST_SIDE_PX = 64
LARGEST_SIDE_PX = 8192
LARGEST_AREA_PX = 40_000_000


class RenderError(ValueError):
    """A picture that cannot be made: says the rule, what was expected and what was found."""


def check_size(size: tuple[int, int], largest_side_px: int = LARGEST_SIDE_PX) -> tuple[int, int]:
    """`size` as (width, height) in whole pixels.

    Raises:
        RenderError: a side is not a whole number of pixels in range, or the area is too large.
    """
    rule = f"size: expected two whole numbers of pixels from {SMALLEST_SIDE_PX} to {largest_side_px}"
    if len(size) != 2 or any(isinstance(side, bool) or side != int(side) for side in size):
        raise RenderError(f"{rule}, got {size!r}.")
    width, height = int(size[0]), int(size[1])
    if not all(SMALLEST_SIDE_PX <= side <= largest_side_px for side in (width, height)):
        raise RenderError(f"{rule}, got {width} x {height}.")
    if width * height > LARGEST_AREA_PX:
        raise RenderError(f"size: expected at most {LARGEST_AREA_PX} pixels in all, got {width} x {height}.")
    return width, height
