"""The text of the exported script that is about numbers and points; the rest is that of image classification."""

from __future__ import annotations

AIMED_PART = '''

class Aimed(NamedTuple):
    """A photo and its {what}."""

    photo: Path
    target: np.ndarray
'''

BLOCK_PART = '''

def photo_of(item):
    """Return the photo of an aimed one; an item without a target is the photo itself."""
    return item.photo if isinstance(item, Aimed) else item


def target_of(item):
    """Return the target of a photo."""
    return item.target


def numbers(row):
    """Return a row's {what}."""
    return np.array([float(row[name] or "nan") for name in COLUMNS], dtype=np.float32){shape}


def loaders(folder, stage):
    """Return the stage's batches: the photos of the table, in its order."""
    with open(HERE / "{slug}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    block = DataBlock(
        blocks=(ImageBlock(Photo), {block}),
        get_x=photo_of,
        get_y=target_of,
        splitter=IndexSplitter([i for i, row in enumerate(rows) if row["valid"] == "yes"]),
        item_tfms=Resize(stage.size, method={resize}, pad_mode=PadMode.Zeros),
        batch_tfms=[
            *{augment},
            Normalize.from_stats(*imagenet_stats, cuda=DEVICE.type == "cuda"),
        ],
    )
    items = [Aimed(folder / row["photo"], numbers(row)) for row in rows]
    return block.dataloaders(items, path=folder, bs=stage.batch_size, num_workers=0, device=DEVICE)
'''

MISSED_PART = '''

def missed(difference):
    """Return how much differences count."""
    return {missed}
'''

MISSED = {
    "absolute": "difference.abs()",
    "squared": "difference**2",
    "huber": 'F.huber_loss(difference, torch.zeros_like(difference), reduction="none", delta={near!r})',
}

POINT_PART = '''

class PointLoss:
    """Mean miss along x and y of the points in the picture; missing ones and those outside count for nothing."""

    def __call__(self, predicted, target, **_):
        wanted = target.as_subclass(torch.Tensor).float().reshape(predicted.shape)
        seen = (wanted.abs() <= 1).all(dim=2)
        apart = predicted.as_subclass(torch.Tensor).float() - torch.where(seen[..., None], wanted, 0.0)
        own = torch.where(seen, missed(apart).mean(dim=2), 0.0)
        return own.sum() / seen.sum().clamp(min=1)


def error_of_sides(predicted, target):
    """Return the mean distance of the known points, as a part of the fitted picture's side."""
    pairs = predicted.as_subclass(torch.Tensor) - target.as_subclass(torch.Tensor).reshape(predicted.shape)
    distances = pairs.float().norm(dim=2) / 2
    return distances[distances.isfinite()].mean()
'''

HEAD_PART = '''

class PointHead(nn.Module):
    """A heat map for every point, on a grid with a ring of cells around the picture; the answer is its mean place."""

    def __init__(self, features, points, dropout):
        super().__init__()
        self.reduce = nn.Sequential(
            nn.Conv2d(features, {units}, 3, padding=1, bias=False), nn.BatchNorm2d({units}), nn.ReLU()
        )
        self.drop = nn.Dropout2d(dropout)
        self.maps = nn.Conv2d({units}, points, 3, padding=2)

    def forward(self, features):
        fine = F.interpolate(self.reduce(features), scale_factor=2.0, mode="bilinear", align_corners=False)
        raw = self.maps(self.drop(fine))
        rows, columns = raw.shape[2:]
        share = raw.flatten(2).softmax(dim=2).unflatten(2, (rows, columns))
        x = (share.sum(dim=2) * cells(columns, raw)).sum(dim=2)
        y = (share.sum(dim=3) * cells(rows, raw)).sum(dim=2)
        return torch.stack([x, y], dim=2)


def cells(count, like):
    """Return the middles of a row of cells from -1 to 1, with one more on either side."""
    return (torch.arange(count, device=like.device, dtype=like.dtype) - 0.5) * (2.0 / (count - 2)) - 1.0
'''

HEAD_AFTER = """\
    learn.model[1] = PointHead(num_features_model(learn.model[0]), len(NAMES), {dropout})
    apply_init(learn.model[1], nn.init.kaiming_normal_)
"""

POOLED_AFTER = """\
    bounds = Bounded([-{beyond}] * 2 * len(NAMES), [{beyond}] * 2 * len(NAMES))
    learn.model[1] = nn.Sequential(learn.model[1], bounds, nn.Unflatten(1, (len(NAMES), 2)))
"""

BOUNDED_PART = '''

class Bounded(nn.Module):
    """Keeps answers between limits, by a sigmoid that leaves those about 0 as they are."""

    def __init__(self, low, high):
        super().__init__()
        self.register_buffer("low", torch.tensor(low))
        self.register_buffer("span", torch.tensor(high) - torch.tensor(low))
        place = (-self.low / self.span).clamp(0.05, 0.95)
        self.register_buffer("slope", 1 / (self.span * place * (1 - place)))
        self.register_buffer("offset", torch.logit(place))

    def forward(self, raw):
        return torch.sigmoid(raw * self.slope + self.offset) * self.span + self.low
'''

ZERO_AFTER = """\
    nn.init.zeros_(learn.model[1][-1].weight)  # begins at the mean
"""

BOUNDED_AFTER = """\
    learn.model[1] = nn.Sequential(learn.model[1], Bounded(LOW, HIGH))
"""

NUMBER_PART = '''

MEANS = {means}
DEVIATIONS = {deviations}
{limits}

class NumberLoss:
    """Mean error of numbers in units of their deviations; predictions come back in the numbers' own units."""

    def __call__(self, predicted, target, **_):
        outputs = predicted.as_subclass(torch.Tensor).float()
        wanted = target.as_subclass(torch.Tensor).float().reshape(outputs.shape)
        wanted = (wanted - outputs.new_tensor(MEANS)) / outputs.new_tensor(DEVIATIONS)
        return missed(outputs - wanted).mean(dim=1).mean()

    def activation(self, predicted):
        return predicted * predicted.new_tensor(DEVIATIONS) + predicted.new_tensor(MEANS)

    def decodes(self, predicted):
        return predicted


def mae(predicted, target):
    """Return the mean absolute error in the numbers' own units."""
    answers = NumberLoss().activation(predicted.as_subclass(torch.Tensor).float())
    return (answers - target.as_subclass(torch.Tensor).reshape(answers.shape)).abs().mean()
'''

LIMITS = """\
LOW = {low}  # standardised
HIGH = {high}
"""
