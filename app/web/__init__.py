"""A port for browsers: a page on any phone or tablet, and IMPSY's websockets. Nothing is loaded with this."""
