"""Drawing with a ghost: `sketcher` draws, `drawing` remembers, `gallery` makes many, `opening` reads files.

Nothing in this folder may import `pygame` or `app.window`; the window has its own folder.
"""
