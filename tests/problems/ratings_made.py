"""Ratings made for tests: users who like one of two kinds of film, some films better than others."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from studio.recipe.schema import Data, Rate, Recipe, Split, Stage, Training

USERS, FILMS = 60, 40


def write_ratings(folder: Path, seed: int = 0) -> Path:
    """`u.data` (tabs, no header: user, film, stars from 1 to 5, seconds) and `u.item` (bars, Latin-1: film, title)."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(seed)
    quality = {film: draw.gauss(0, 0.5) for film in range(FILMS)}
    rows = []
    for user in range(USERS):
        for film in draw.sample(range(FILMS), 25):
            likes = 1.2 if (user + film) % 2 == 0 else -1.2
            stars = min(5, max(1, round(3.2 + likes + quality[film] + draw.gauss(0, 0.3))))
            rows.append(f"{user + 100}\t{film + 1}\t{stars}\t{880_000_000 + draw.randint(0, 9999)}")
    draw.shuffle(rows)
    (folder / "u.data").write_text("\n".join(rows) + "\n", encoding="utf-8")
    titles = "".join(f"{film + 1}|Café {film + 1} (19{50 + film})|01-Jan-1995|\n" for film in range(FILMS))
    (folder / "u.item").write_bytes(titles.encode("latin-1"))
    return folder / "u.data"


def recipe(root: Path, epochs: int = 8, **options: Any) -> Recipe:
    """A recipe of one stage at batches of 32."""
    stage = Stage(freeze=False, epochs=epochs, lr=Rate(max=2e-2), batch_size=32)
    return Recipe(
        problem="collab",
        name="films",
        data=Data(root=str(root), split=Split(kind="random")),
        training=Training(stages=(stage,), weight_decay=0.1),
        options={"table": "u.data", "titles": "u.item", "factors": 8, **options},
    )
