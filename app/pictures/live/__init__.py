"""Light on the window: what fades, what glows, and small pictures with smooth edges, as pygame's surfaces."""

from __future__ import annotations

import os

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
