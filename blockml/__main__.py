"""``python -m blockml``: the same as the command ``blockml``."""

from __future__ import annotations

import sys

from blockml.cli import main

sys.exit(main())
