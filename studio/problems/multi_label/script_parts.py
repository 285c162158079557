"""The text of the exported script that is about tags; the rest is that of image classification. Nothing but text."""

from __future__ import annotations

TAGGED_PART = '''

class Tagged(NamedTuple):
    """A photo and its tags."""

    photo: Path
    tags: list
'''

BLOCK_PART = '''

def photo_of(item):
    """Return the photo of a tagged one; an item without tags is the photo itself."""
    return item.photo if isinstance(item, Tagged) else item


def tags_of(item):
    """Return the tags of a tagged photo."""
    return item.tags


def loaders(folder, stage):
    """Return the stage's batches: the photos of the table, in its order."""
    with open(HERE / "{slug}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    block = DataBlock(
        blocks=(ImageBlock(Photo), MultiCategoryBlock(vocab=CLASSES)),
        get_x=photo_of,
        get_y=tags_of,
        splitter=IndexSplitter([i for i, row in enumerate(rows) if row["valid"] == "yes"]),
        item_tfms=Resize(stage.size, method={resize}),
        batch_tfms=[
            *{augment},
            Normalize.from_stats(*imagenet_stats, cuda=DEVICE.type == "cuda"),
        ],
    )
    items = [Tagged(folder / row["photo"], [t for t in row["tags"].split({between}) if t]) for row in rows]
    return block.dataloaders(items, path=folder, bs=stage.batch_size, num_workers=0, device=DEVICE)
'''
