"""Pictures of a performance, made without a window: PNG (light painting), SVG and GIF.

`strokes` turns events into strokes, `curves` makes them smooth, `brush` decides how much light each
piece gives, `light` gathers it, `look` holds the values that decide the look. Nothing in this folder
may import `pygame.display` or `app.window`; colours come from `app.palette` only.
"""
