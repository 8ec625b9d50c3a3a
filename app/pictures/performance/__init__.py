"""Pictures of a performance, made without a window: PNG (light painting), SVG and GIF.

`event_strokes` turns events into strokes, `brush` decides how much light each piece gives, `gather_light`
gathers it. Nothing in this folder may import `pygame.display`; colours come from the palette only.
"""
