"""An engine process that knows the clouds: `python -m tests.engine.toy_engine [checkpoint minutes]`."""

from __future__ import annotations

import sys

from studio.engine.server import main
from tests.engine.toy_problem import registered

if __name__ == "__main__":
    with registered():
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0)
