"""Everything that becomes pixels or paths: pictures of a performance, pages of drawings, light on the window.

Every painter takes its curve from `curves`, its width from `brush`, its bytes from `tone_map`, its lengths
from `style`, its colours from `palette`; what nobody timed is drawn by `hand`. `performance` makes PNG, SVG
and GIF of a recording, `page` of drawings side by side; `live` is what the window is lit with, `ink` what
paper and pages are drawn with; `gif` writes both animations. Opens no display.
"""
