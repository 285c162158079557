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
'''

TOLD_PART = '''

class PointMetric(Metric):
    """A figure of the known points of the validation set, from distances in pixels of their photos."""

    sizes = {{}}

    def __init__(self, figure):
        self.figure = figure

    def reset(self):
        self.pixels, self.widths = [], []

    def accumulate(self, learn):
        high, wide = learn.xb[0].shape[-2:]
        answers, truths = (t.detach().as_subclass(torch.Tensor).float().cpu().numpy() for t in (learn.pred, learn.y))
        for item, *both in zip(learn.dl.dataset.items[len(self.pixels) :], answers, truths):
            if item.photo not in self.sizes:
                self.sizes[item.photo] = open_photo(item.photo).size
            said, true = (place.reshape(-1, 2).astype(np.float64) for place in both)
            apart = (said - true) / 2 * shown(self.sizes[item.photo], (wide, high))
            self.pixels.append(np.hypot(*apart.T))
            self.widths.append(np.full(len(apart), float(self.sizes[item.photo][0])))

    @property
    def value(self):
        pixels, widths = np.concatenate(self.pixels), np.concatenate(self.widths)
        known = np.isfinite(pixels)
        return float(self.figure(pixels[known], widths[known])) if known.any() else None

    @property
    def name(self):
        return self.figure.__name__


def shown(photo, size):
    """Return width and height of what a fitted picture shows, in pixels of its photo."""
    {shown}
'''

_SCALED = """scale = {most}(photo[0] / size[0], photo[1] / size[1])
    return int(scale * size[0]), int(scale * size[1])"""
SHOWN = {"squish": "return photo", "pad": _SCALED.format(most="max"), "crop": _SCALED.format(most="min")}

POINT_FIGURE = '''

def {name}(pixels, widths):
    """Return {words}."""
    return {figure}
'''

POINT_FIGURES = {
    "point_error": ("the mean distance", "pixels.mean()"),
    "error_of_width": ("the mean distance as a part of the photo's width", "(pixels / widths).mean()"),
    "pck": ("the share of points within 5 % of the width", "(pixels / widths <= 0.05).mean()"),
    "pck_10": ("the share of points within 10 % of the width", "(pixels / widths <= 0.1).mean()"),
    "median_point_error": ("the distance that half of the points keep", "np.median(pixels)"),
    "max_point_error": ("the largest distance", "pixels.max()"),
}
"""What they say, and the figure of distances and widths of photos, in pixels."""

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
'''

LIMITS = """\
LOW = {low}  # standardised
HIGH = {high}
"""
