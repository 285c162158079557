"""`python -m studio.engine [--checkpoint-minutes N]`: the engine process. Started by the window, not by people."""

from __future__ import annotations

import argparse
from multiprocessing import freeze_support

from studio.engine.patience import wait_asleep
from studio.engine.server import main

DEFAULT_MINUTES = 5.0

if __name__ == "__main__":
    freeze_support()
    wait_asleep()
    parser = argparse.ArgumentParser(prog="python -m studio.engine", description="The engine of Thaw Studio.")
    parser.add_argument("--checkpoint-minutes", type=float, default=DEFAULT_MINUTES)
    main(parser.parse_args().checkpoint_minutes)
