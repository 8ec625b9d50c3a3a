"""The drawing canvas: `ghostjam draw`. A person draws, a ghost goes on, and its mixture can be seen.

What a person does in each mode, with a mouse, a finger or a pen (one at a time; others are passed over):

complete   Draw. Lift the pen, wait a moment (the knob *patience*): the ghost finishes the drawing, stroke by
           stroke. Touch, and you take over from where it is: what it drew stays and is heard. Draw on after
           it is done, if you like.
fan        Draw. At the pen's tip faint lines show where it might go next. Nothing is drawn for you; Enter
           lets the ghost finish.
endings    Draw on the paper. Lift, wait a moment: nine endings are drawn beside it. Tap one: the ghost draws
           it on your paper. Or draw on, and the nine begin anew.
free       Watch. The ghost draws one thing after the other, and each finished one goes to the gallery. Touch
           the paper to take over; when you stop, the ghost goes on. *fast* fills the gallery.
inside     Draw. Ellipses show the mixture of the next step, bars what the pen does after it, and beside them
           the units of the network.

In every mode: undo takes back a stroke, clear all of them, next keeps the drawing beside the paper and begins
another, a tap on a kept drawing brings it back (the one on the paper is kept in its stead), Enter lets the
ghost finish at once, pause holds it still in the middle of a stroke. The knobs act at once, also on what the
ghost is drawing: it goes on from the next point with the new temperature.

    draw_controller  what happens (pure: times and positions in, no display)
    ghost_turn       the ghost's part of it: asked, answered, drawn
    model_thread     the thread that owns the model       requests         what it is asked, and answers
    preview_requests when it is asked for what may come   modes, table     modes; parameters and keys
    paper_strokes    strokes on paper, in model units     place            model units and pixels
    pen              the ghost's pen on a page            stroke_timing    when each of its points is drawn
    kept_drawings    drawings and endings to choose from  guide            the square of practice paper
    stroke_raster    strokes as they grow, in `pictures.ink`
    light_segments   futures and mixture as segments      splat            segments on pixels
    futures_overlay  that light, fading                   refresh_rate     how often it is shown anew
    paper, scene     what is seen, in its order           side_panel       what is seen beside the paper
    status_text      whose turn it is, in words           stroke_outputs   sound and recordings
    save             SVG, PNG, CSV                        switch           other models
    window           input, loop and actions              run              opens, runs and closes everything
"""

from __future__ import annotations

from app.window.draw.run import DrawOptions, run

__all__ = ["DrawOptions", "run"]
