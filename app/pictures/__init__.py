"""Everything that becomes pixels or paths: pictures of a performance, pages of drawings, light on the window.

`performance` makes PNG, SVG and GIF of a recording, `page` of drawings side by side; `live` is what the
window and the paper are lit with, in pygame's surfaces. What they share lies here: the palette, curves, the
tone map from light to bytes, blurs, and the values that decide the look. Opens no display.
"""
