"""Drawing with a ghost: `sketcher` draws, `drawing` remembers, `pages` and its pictures show.

Nothing in this folder may import `pygame` or `app.window`; the window has its own folder.
"""
