"""Results of other kinds than photos with one class: rows, numbers, ratings, tags, texts, masks. All invented.

For previews, pictures and tests only. Must not import: torch, numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import mkdtemp

import msgspec
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from studio.engine import messages as m
from studio.project.results import (
    Bars,
    ClassScore,
    Figure,
    Grid,
    ItemResult,
    Pictures,
    Results,
    Samples,
    Scatter,
)
from studio.ui.pages.results_parts.kinds_project import put, worst
from studio.ui.pages.results_parts.sample import draw
from studio.ui.store import Store

_JOBS = ("Exec-managerial", "Adm-clerical", "Craft-repair", "Sales", "Prof-specialty", "Other-service")
_SCHOOLS = ("Bachelors", "HS-grad", "Masters", "Some-college", "11th", "Assoc-acdm")
_MARRIED = ("Married-civ-spouse", "Never-married", "Divorced", "Widowed")
_FILMS = (
    "Titanic (1997)", "Star Wars (1977)", "Shawshank Redemption, The (1994)", "Schindler's List (1993)",
    "Rear Window (1954)", "Silence of the Lambs, The (1991)", "L.A. Confidential (1997)", "Casablanca (1942)",
    "Good Will Hunting (1997)", "Usual Suspects, The (1995)", "Close Shave, A (1995)", "Boot, Das (1981)",
    "Children of the Corn: The Gathering (1996)", "Lawnmower Man 2 (1996)", "Mortal Kombat: Annihilation (1997)",
    "Showgirls (1995)", "Barb Wire (1996)", "Beautician and the Beast, The (1997)", "Robocop 3 (1993)",
    "Crow: City of Angels, The (1996)", "Toy Story (1995)", "Fargo (1996)", "Kolya (1996)", "Twister (1996)",
    "Alien (1979)", "Blade Runner (1982)", "Braveheart (1995)", "Contact (1997)", "English Patient, The (1996)",
    "Fifth Element, The (1997)", "Godfather, The (1972)", "Independence Day (ID4) (1996)", "Jaws (1975)",
)  # fmt: skip
_MOVED = (
    (
        "412: negative · 97.8 %, taken for positive",
        "for it: funny ×3.1, brilliant ×2.2; against it: waste ×1.9",
    ),
    ("87: positive · 94.1 %, taken for negative", "for it: slow ×2.7, dull ×1.6; against it: charming ×1.4"),
    ("530: positive · 99.4 %, rightly so", "for it: wonderful ×2.4, best ×1.8"),
    ("19: negative · 99.1 %, rightly so", "no single word: the whole of it"),
)
_TAGS = ("clear", "primary", "agriculture", "road", "water", "cloudy", "haze", "habitation", "slash_burn")


def fill_rows(store: Store) -> None:
    """A class for every row: a ranking, importance of columns, confusion."""
    classes, random = ("<50k", ">=50k"), Random(5)
    items = [_row(at, classes, random) for at in range(2_400)]
    valid = [(classes.index(i.target), classes.index(i.predicted)) for i in items if i.valid]
    counts = [[valid.count((target, said)) for said in (0, 1)] for target in (0, 1)]
    scores = tuple(_class_score(name, at, counts) for at, name in enumerate(classes))
    right = sum(counts[i][i] for i in (0, 1)) / sum(map(sum, counts))
    metrics: dict[str, float | None] = {"valid_loss": 0.3348, "accuracy": right, "error_rate": 1 - right}
    ranking = (
        ("Histogram gradient boosting", 0.8709, 0.1291), ("Random forest", 0.8561, 0.1439),
        ("This network", round(right, 4), round(1 - right, 4)), ("Logistic regression", 0.8254, 0.1746),
        ("Most common answer", 0.7646, 0.2354),
    )  # fmt: skip
    columns = (
        "capital-gain", "marital-status", "education-num", "age", "occupation", "relationship", "hours-per-week",
        "capital-loss", "sex", "workclass", "education", "native-country", "race", "fnlwgt",
    )  # fmt: skip
    worth = (4.62, 3.9, 2.84, 1.71, 1.42, 1.1, 0.93, 0.71, 0.26, 0.2, 0.14, 0.03, 0.01, -0.12)
    figures: tuple[Figure, ...] = (
        Grid("Beside simpler models", ("Model", "Accuracy", "Error rate"), ranking,
             "Histogram gradient boosting comes first, the network is number 3. "
             "All were trained and judged on the same rows.", best=0),
        Bars("Importance of columns", columns, worth, "points of accuracy",
             "How much worse the validation score gets when a column is shuffled: what the model relies on."),
    )  # fmt: skip
    found = Results("tabular", classes, metrics, worst(items), tuple(map(tuple, counts)), scores, figures)
    put(
        store,
        "tabular",
        "adult incomes",
        found,
        {5: 0.829, 6: 0.8336},
        options={"table": "adult.csv", "target": "salary"},
    )


def fill_numbers(store: Store) -> None:
    """A number for every row: a ranking by RMSE, importance, predicted against true."""
    random = Random(8)
    true = [max(1.0, random.gauss(0, 1) ** 2 * 160 + random.uniform(0, 60)) for _ in range(1_800)]
    said = [max(0.0, t * random.gauss(1, 0.14) + random.gauss(0, 24)) for t in true]
    items = [_count(at, true[at], said[at], random) for at in range(400)]
    ranking = (
        ("Histogram gradient boosting", 39.412, 24.018, 0.9531), ("This network", 52.604, 33.87, 0.9163),
        ("Random forest", 54.17, 33.2, 0.9113), ("Linear regression", 141.06, 106.42, 0.3985),
        ("Mean", 181.9, 143.3, 0.0),
    )  # fmt: skip
    columns = (
        "datetime · hour", "datetime · year", "workingday", "temp", "atemp", "humidity", "season", "weather",
        "windspeed",
    )  # fmt: skip
    worth = (128.2, 41.3, 38.04, 22.9, 15.81, 11.2, 7.45, 4.9, 0.62)
    metrics: dict[str, float | None] = {"valid_loss": 0.0838, "rmse": 52.604, "mae": 33.87, "r2": 0.9163}
    figures: tuple[Figure, ...] = (
        Grid("Beside simpler models", ("Model", "RMSE", "MAE", "R²"), ranking,
             "Histogram gradient boosting comes first, the network is number 2.", best=0),
        Bars("Importance of columns", columns, worth, "rise of RMSE"),
        Scatter("Predicted against true", "true count", "predicted count", tuple(true), tuple(said),
                tuple(f"row {at + 2}" for at in range(len(true))), diagonal=True,
                sentence="On the line the answer is right. Above it is too high, below too low."),
    )  # fmt: skip
    found = Results("tabular", (), metrics, worst(items), figures=figures, unit="bikes")
    put(
        store, "tabular", "bike share", found, {5: 61.31, 6: 54.94}, "rmse",
        options={"table": "train.csv", "target": "count", "ignore": "casual,registered"},
    )  # fmt: skip


def fill_ratings(store: Store) -> None:
    """Ratings: biases of the items, a map of them with names, the most similar ones."""
    random = Random(2)
    items = [_rating(at, random) for at in range(300)]
    biases = sorted((random.gauss(0, 0.35) for _ in _FILMS), reverse=True)
    places = [(random.gauss(0, 1.0), random.gauss(0, 0.8)) for _ in range(240)]
    names = (*_FILMS, *(f"Film {at} (199{at % 10})" for at in range(len(places) - len(_FILMS))))
    metrics: dict[str, float | None] = {"valid_loss": 0.8312, "mse": 0.8312, "rmse": 0.9117}
    ranking = (("User and item bias", 0.8921), ("Mean rating", 1.2674))
    figures: tuple[Figure, ...] = (
        Grid("Beside simpler models", ("Model", "MSE"), (("This model", 0.8312), *ranking),
             "The model comes first. All were judged on the same ratings.", best=0),
        Bars("Item biases", _FILMS, tuple(round(b, 3) for b in biases), "stars",
             "How much better or worse an item is rated than its tags and its viewers would suggest."),
        Scatter("Map of the items", "first component", "second component", tuple(x for x, _ in places),
                tuple(y for _, y in places), names, sentence="Items near each other please the same people."),
        Samples("Most similar", tuple((name, ", ".join(random.sample(_FILMS, 4))) for name in _FILMS[:8])),
    )  # fmt: skip
    found = Results("collab", (), metrics, worst(items), figures=figures)
    columns = {"table": "u.data", "user": "user", "item": "item", "rating": "rating", "titles": "u.item"}
    put(store, "collab", "film ratings", found, {5: 0.8806, 6: 0.8409}, "mse", options=columns)


def fill_tags(store: Store) -> None:
    """Several tags for every photo, and pictures that the run has kept."""
    folder, random = Path(mkdtemp(prefix="thaw-sample-")), Random(4)
    keys = [f"tile_{at}.png" for at in range(12)]
    for at, key in enumerate(keys):
        draw(at).save(str(folder / key))
    items = [_tagged(keys[at % len(keys)], at, random) for at in range(90)]
    scores = tuple(
        ClassScore(tag, 60 - 6 * n, 0.95 - 0.07 * n, 0.93 - 0.09 * n, 0.94 - 0.08 * n)
        for n, tag in enumerate(_TAGS)
    )
    metrics: dict[str, float | None] = {"valid_loss": 0.118, "fbeta_score": 0.8874, "accuracy_multi": 0.9561}
    pictures = Pictures(
        "Examples", tuple(keys[:8]), tuple(f"{i.key}: {', '.join(i.predicted)}" for i in items[:8])
    )
    found = Results("multi_label", _TAGS, metrics, worst(items), per_class=scores, figures=(pictures,))
    columns = {"table": "labels.csv", "item_column": "image_name", "label_column": "tags"}
    put(store, "multi_label", "forest tiles", found, {6: 0.871}, "fbeta_score", folder, columns)


def fill_texts(store: Store) -> None:
    """A class for every text, and the words that decided."""
    classes, random = ("negative", "positive"), Random(6)
    items = [_text(at, classes, random) for at in range(200)]
    counts = [[81, 17], [19, 83]]
    metrics: dict[str, float | None] = {"valid_loss": 0.462, "accuracy": 0.82, "perplexity": 61.3}
    entries = (
        ("I liked this movie because", "of the way it is told: slowly, and without one word too many."),
        (
            "This movie was terrible,",
            "and I say that as somebody who has sat through all of the earlier ones twice.",
        ),
    )
    figures: tuple[Figure, ...] = (
        Grid("Beside simpler models", ("Model", "Accuracy"), (("TF-IDF and logistic regression", 0.835),
             ("This network", 0.82), ("The most common class", 0.51)),
             "TF-IDF and logistic regression comes first, the network is number 2. All were trained and judged on the "
             "same texts.", best=0),
        Samples("Words that moved the answer", _MOVED,
                "How many times surer of its answer the model is for having read a word, found by hiding it. First the "
                "most wrong validation texts, then those that it was surest of."),
        Bars("Words behind the worst mistakes", ("funny", "brilliant", "slow", "waste"), (1.312, 0.871, -0.402, -0.933),
             "doublings of the odds",
             "How often a word doubles the odds of the wrong answer, on average over the most wrong texts; below 0, it "
             "spoke for the right one."),
        Samples("How it goes on", entries, "Written by the language model, word by word."),
    )  # fmt: skip
    scores = tuple(_class_score(name, at, counts) for at, name in enumerate(classes))
    found = Results("text", classes, metrics, worst(items), tuple(map(tuple, counts)), scores, figures)
    columns = {"table": "reviews.csv", "text_column": "text", "label_column": "label"}
    put(store, "text", "film reviews", found, {6: 0.79}, options=columns)


def fill_points(store: Store) -> None:
    """Key points: one line each, and photos with true and seen points."""
    folder, random = Path(mkdtemp(prefix="thaw-sample-")), Random(9)
    names, keys = ("nose", "left ear", "right ear", "tail"), [f"frame_{at:03d}.png" for at in range(12)]
    for at, key in enumerate(keys):
        draw(at).save(str(folder / key))
    items = [_pointed(keys[at % len(keys)], at, random) for at in range(12)]
    lines = tuple(
        (name, 20, 9.1 + 2.4 * n, 7.8 + 2 * n, 16.4 + 5 * n, 2.8 + 0.7 * n, 100 - 4 * n, 96.2 - n)
        for n, name in enumerate(names)
    )
    columns = ("Point", "Photos", "Mean, px", "Median", "90 %", "% of width", "Found, %", "Mean place")
    figures: tuple[Figure, ...] = (
        Grid("Errors of the points", columns, lines,
             "On average a point is 12.7 px off. Always answering the mean place of all photos is 94.7 px off. "
             "Found means within 5 % of the photo's width."),
    )  # fmt: skip
    metrics: dict[str, float | None] = {
        "valid_loss": 0.041, "point_error": 12.7, "error_of_width": 0.0397, "pck": 0.94
    }  # fmt: skip
    found = Results("image_regression", (), metrics, worst(items), figures=figures, unit="px")
    put(store, "image_regression", "mouse in a field", found, {6: 15.2}, "point_error", folder)
    assert store.scan is not None
    counts = tuple(m.ClassCount(name, 80 - 6 * n, 20 - n) for n, name in enumerate(names))
    store.scan = msgspec.structs.replace(store.scan, classes=counts)


def fill_masks(store: Store) -> None:
    """A class for every pixel: scores of each class, and photos with what was seen in them."""
    folder, classes = Path(mkdtemp(prefix="thaw-sample-")), ("ground", "leaf", "ant")
    given = {"images": "images", "masks": "masks", "codes": "", "classes": ", ".join(classes)}
    keys = [f"images/{at:02d}.png" for at in range(12)]
    for at, key in enumerate(keys):
        for place, picture in ((key, draw(at)), (key.replace("images", "masks"), _mask(at))):
            (folder / place).parent.mkdir(exist_ok=True)
            picture.save(str(folder / place))
    items = [
        ItemResult(key, at % 4 == 0, classes, classes[: 2 + at % 2], 0.9 - 0.06 * at, 0.7 + 0.02 * at)
        for at, key in enumerate(keys)
    ]
    scores = tuple(
        ClassScore(name, 9000 - 3000 * n, 0.94 - 0.06 * n, 0.95 - 0.09 * n, 0.94 - 0.07 * n)
        for n, name in enumerate(classes)
    )
    metrics: dict[str, float | None] = {
        "valid_loss": 0.241,
        "foreground_acc": 0.917,
        "dice": 0.884,
        "iou": 0.801,
    }
    found = Results("segmentation", classes, metrics, worst(items), per_class=scores)
    put(store, "segmentation", "ants in leaves", found, {6: 0.778}, "iou", folder, given)


def _mask(seed: int) -> QImage:
    """Values 0, 1 and 2: ground, a leaf, an ant."""
    random = Random(seed)
    made = QImage(320, 240, QImage.Format.Format_Grayscale8)
    made.fill(0)
    painter = QPainter(made)
    painter.setPen(Qt.PenStyle.NoPen)
    for value, across, high in ((1, 240, 150), (2, 110, 60)):
        painter.setBrush(QColor(value, value, value))
        at = QPointF(random.uniform(130, 190), random.uniform(100, 140))
        painter.drawEllipse(at, across / 2, high / 2)
    painter.end()
    return made


KINDS: dict[str, Callable[[Store], None]] = {
    "masks": fill_masks,
    "rows": fill_rows,
    "numbers": fill_numbers,
    "ratings": fill_ratings,
    "tags": fill_tags,
    "texts": fill_texts,
    "points": fill_points,
}


def _class_score(name: str, at: int, counts: list[list[int]]) -> ClassScore:
    hits, asked = counts[at][at], sum(counts[at])
    said = sum(line[at] for line in counts)
    return ClassScore(name, asked, hits / said, hits / asked, 2 * hits / (asked + said))


def _row(at: int, classes: tuple[str, ...], random: Random) -> ItemResult:
    target = classes[random.random() < 0.24]
    wrong = random.random() < 0.15
    predicted = classes[1 - classes.index(target)] if wrong else target
    sure = random.uniform(0.5, 0.995)
    words = (
        f"age: {random.randint(19, 74)}, education: {random.choice(_SCHOOLS)}, "
        f"marital-status: {random.choice(_MARRIED)}, occupation: {random.choice(_JOBS)}, "
        f"hours-per-week: {random.choice((20, 40, 45, 50, 60))}, "
        f"capital-gain: {random.choice((0, 0, 0, 7688, 15024))}, native-country: United-States, …"
    )
    scores = (sure, 1 - sure) if predicted == classes[0] else (1 - sure, sure)
    loss = random.uniform(0.8, 5) if wrong else random.uniform(0.01, 0.6)
    return ItemResult(str(at + 2), at % 4 == 0, target, predicted, loss, sure, scores, words)


def _count(at: int, true: float, said: float, random: Random) -> ItemResult:
    words = (
        f"datetime: 2012-{at % 12 + 1:02d}-{at % 19 + 1:02d} {at % 24:02d}:00:00, season: {at % 4 + 1}, "
        f"workingday: {at % 2}, weather: {random.randint(1, 3)}, temp: {random.uniform(2, 36):.4g}, "
        f"humidity: {random.randint(20, 98)}"
    )
    loss = ((said - true) / 181) ** 2
    return ItemResult(str(at + 2), at % 5 == 0, float(round(true)), said, loss, words=words)


def _rating(at: int, random: Random) -> ItemResult:
    target = float(random.choice((1, 2, 3, 4, 4, 5, 5)))
    said = min(5.4, max(0.6, random.gauss(0.5 * target + 1.8, 0.5)))
    words = f"user: {random.randint(1, 943)}, item: {random.choice(_FILMS)}"
    return ItemResult(str(at + 1), at % 5 == 0, target, said, (said - target) ** 2, words=words)


def _pointed(key: str, at: int, random: Random) -> ItemResult:
    x, y = random.uniform(80, 240), random.uniform(70, 170)
    truth = tuple((x + dx, y + dy) for dx, dy in ((0, 0), (-12, 16), (14, 15), (4, 62)))
    said = tuple((px + random.gauss(0, 9), py + random.gauss(0, 9)) for px, py in truth)
    target = (*truth[:3], None) if at % 5 == 4 else truth
    return ItemResult(key, at % 3 == 0, target, said, random.expovariate(20))


def _tagged(key: str, at: int, random: Random) -> ItemResult:
    target = tuple(sorted(random.sample(_TAGS[:6], random.randint(1, 4))))
    said = tuple(sorted(set(target) ^ set(random.sample(_TAGS, random.choice((0, 0, 1, 2))))))
    scores = tuple(random.uniform(0.6, 0.99) if t in said else random.uniform(0.01, 0.4) for t in _TAGS)
    return ItemResult(key, at % 3 == 0, target, said, random.expovariate(4), None, scores)


def _text(at: int, classes: tuple[str, ...], random: Random) -> ItemResult:
    good = random.random() < 0.5
    wrong = random.random() < 0.18
    words = (
        "The story takes its time, and for once that is a compliment: every scene earns its place, the score "
        "stays out of the way, and the two leads play as if nobody were watching. I would see it again tomorrow."
        if good
        else "I wanted to like this. The idea is fine and the town looks lovely, but nobody in it behaves like a "
        "person, the jokes arrive a beat late, and the last half hour undoes what little had been built up before."
    )
    target = classes[good]
    predicted = classes[1 - good] if wrong else target
    sure = random.uniform(0.5, 0.99)
    scores = (sure, 1 - sure) if predicted == classes[0] else (1 - sure, sure)
    loss = random.uniform(0.8, 4) if wrong else random.uniform(0.01, 0.6)
    return ItemResult(str(at), at % 3 == 0, target, predicted, loss, sure, scores, f"{words} ({at})")
