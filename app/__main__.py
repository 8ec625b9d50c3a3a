"""`python -m app`: the same as `ghostjam`."""

from __future__ import annotations

import sys

from ghostjam import main

if __name__ == "__main__":
    sys.exit(main())
