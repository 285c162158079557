"""States of the gauge and its panel for `python -m studio.ui.shots`. Sample figures only."""

from __future__ import annotations

from studio.engine import messages as m
from studio.engine.batch_size import meaning
from studio.ui.store import Reading, Store

_GB = 1024.0
STEPS = 1600


def no_gpu(store: Store) -> None:
    """A computer without a card, and a small network whose sizes lie close together."""
    store.reading = Reading("Memory (RAM)", "ram", 23.5 * _GB, 6.0 * _GB, 1.4 * _GB, 16.1 * _GB)
    store.estimate = _estimate(11.7 * _GB, 200.0, 3.0, "cpu", precision="fp32")


def two_cards(store: Store) -> None:
    """Two cards; another program holds much of the first."""
    cards = ((0, "RTX 4090", 9.6 * _GB), (1, "RTX 3060", 11.4 * _GB))
    store.reading = Reading(
        "RTX 4090", "gpu", 24 * _GB, 12.9 * _GB, 1.5 * _GB, 9.6 * _GB, card=0, cards=cards
    )
    store.estimate = _estimate(9.9 * _GB, 400.0, 65.0, "RTX 4090")


def unknown(store: Store) -> None:
    """A card that does not tell its memory."""
    reason = "The driver does not tell this card's memory (Not Supported)."
    store.reading = Reading("NVIDIA GB10", "unknown", reason=reason)
    store.estimate = _estimate(float("inf"), 400.0, 65.0, "NVIDIA GB10")


def nothing_fits(store: Store) -> None:
    """Not even a batch of 4."""
    store.reading = Reading("GTX 1650", "gpu", 4 * _GB, 1.1 * _GB, 0.4 * _GB, 2.5 * _GB)
    store.estimate = _estimate(2.3 * _GB, 600.0, 520.0, "GTX 1650", fits=False, precision="fp32")


def in_training(store: Store) -> None:
    """A run whose first stage is over: what it took, at rest and at its peak."""
    run = store.live or store.run
    if run is not None:
        first = run.plan[0].index
        taken = m.StageMemory(
            run=run.run, stage=first, floor_mib=940.0, peak_mib=5480.0, predicted_mib=4620.0
        )
        run.apply(taken)
    store.estimate = _estimate(18 * _GB, 500.0, 70.0, "RTX 4090")


def _estimate(
    limit: float, fixed: float, per_item: float, device: str, fits: bool = True, precision: str = "fp16"
) -> m.Estimated:
    stages = tuple(_stage(at, limit, fixed * (1 + at), per_item * (1 + at), fits) for at in range(2))
    known = 0.0 if limit == float("inf") else limit
    return m.Estimated(
        free_mib=known,
        total_mib=2 * known,
        device_name=device,
        stages=stages,
        limit_mib=known,
        precision=precision,
    )


def _stage(at: int, limit: float, fixed: float, per_item: float, fits: bool) -> m.StageEstimate:
    chosen = 64 if fits else 4
    sizes = (4, 8, 16, 32, 64, 128, 256) if fits else (2, 4, 8, 16, 32)
    mibs = [fixed + per_item * size for size in sizes]
    ticks = tuple(
        m.BatchTick(size, mib, mib <= limit, meaning(mib, limit, STEPS // size))
        for size, mib in zip(sizes, mibs, strict=True)
    )
    offers = (
        m.Offer("Train in half precision", 0.6 * mibs[1], values={"precision": "auto"}),
        m.Offer("Accumulate 2 parts of 2", mibs[0], stage={"batch_size": 4, "accumulate": 2}),
        m.Offer("Train at 160 pixels", 0.55 * mibs[1], stage={"size": 160}),
        m.Offer("Use resnet18", 0.4 * mibs[1], values={"arch": "resnet18"}),
    )
    reason = "The usual batch: larger ones rarely learn better."
    return m.StageEstimate(
        at,
        chosen,
        fixed + per_item * chosen,
        ticks,
        reason if fits else "Not even the smallest batch fits into the memory that is free.",
        fits=fits,
        floor_mib=0.7 * fixed,
        offers=() if fits else offers,
    )


SCENES = {
    "no-gpu": no_gpu,
    "two-cards": two_cards,
    "unknown": unknown,
    "nothing-fits": nothing_fits,
    "training": in_training,
}
