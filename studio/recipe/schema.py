"""The recipe: everything that decides a run, as frozen plain data.

The window edits it, the command line runs it, the exported script is written from it. What only one
problem type knows lives in `Recipe.options`, typed by that problem's `Options` struct. No torch, no Qt.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from studio.recipe.fields import about

SCHEMA = 1

Precision = Literal["auto", "fp32", "fp16", "bf16"]
SplitKind = Literal["random", "stratified", "folders", "list", "column", "group", "time", "hash"]
Auto = Literal["auto"]
Schedule = Literal["one_cycle", "flat_cosine", "constant"]


class Split(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How items are divided into training and validation."""

    kind: Annotated[
        SplitKind,
        about(
            "Validation set",
            "Which items are kept aside to judge the model. It never trains on them.",
            choices={
                "random": "Random share",
                "stratified": "Random share of every class",
                "folders": "Folders for training and validation",
                "list": "A list of files",
                "column": "A column of the table",
                "group": "Random groups, each kept whole",
                "time": "The latest share",
                "hash": "A share that stays as data grows",
            },
            note="split",
        ),
    ] = "stratified"
    valid_pct: Annotated[
        float,
        Meta(gt=0.0, lt=1.0),
        about(
            "Share for validation",
            "The part of all items that is kept aside.",
            shown_when=("kind", ("random", "stratified", "group", "time", "hash")),
            note="split",
        ),
    ] = 0.2
    train: Annotated[
        str,
        about(
            "Training folder",
            "Items below this folder train the model.",
            shown_when=("kind", ("folders",)),
            note="split",
        ),
    ] = "train"
    valid: Annotated[
        str,
        about(
            "Validation folder",
            "Items below this folder judge the model.",
            shown_when=("kind", ("folders",)),
            note="split",
        ),
    ] = "valid"
    column: Annotated[
        str,
        about(
            "Validation column",
            "True, 1 or valid in this column keeps a row for validation.",
            shown_when=("kind", ("column",)),
            note="split",
        ),
    ] = "is_valid"
    valid_list: Annotated[
        str,
        about(
            "Validation list",
            "A text file below the data folder that names the validation items, one a line.",
            shown_when=("kind", ("list",)),
            note="split",
        ),
    ] = "valid.txt"
    train_list: Annotated[
        str,
        about(
            "Training list",
            "A text file that names the training items. Empty: all that are not for validation.",
            shown_when=("kind", ("list",)),
            note="split",
        ),
    ] = ""
    group: Annotated[
        str,
        about(
            "Groups",
            r"What belongs together: “folder”, a column of the table, or a pattern in the file name such as "
            r"patient(\d+)_. Items of a group never lie on both sides.",
            choices={"folder": "The folder of the file"},
            open=True,
            shown_when=("kind", ("group",)),
            note="split",
        ),
    ] = "folder"
    time: Annotated[
        str,
        about(
            "Time",
            "Where the time of an item is written: a column of dates or numbers, the date (or the frame's number) in "
            "the file's name, or the date that the camera noted.",
            choices={"name": "The date or number in the file's name", "exif": "The camera's date (EXIF)"},
            open=True,
            shown_when=("kind", ("time",)),
            note="split",
        ),
    ] = "name"
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None
    """What the sides are drawn with; None for the recipe's own seed. Set where a run is repeated with another one."""
    hash_key: Annotated[
        str,
        about(
            "Drawn by",
            "What decides the side of an item, whatever else is added: its path, its file's name, or a column.",
            choices={"path": "The path (rows: their number)", "name": "The file's name"},
            open=True,
            shown_when=("kind", ("hash",)),
            note="split",
        ),
    ] = "path"


class Data(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the data is. `root` is relative to the project folder where it can be."""

    root: str
    split: Split = Split()
    skip: tuple[str, ...] = ()


class Rate(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A learning rate: `slice(max)` without `min`, `slice(min, max)` with it."""

    max: Annotated[float, Meta(gt=0.0)]
    min: Annotated[float, Meta(gt=0.0)] | None = None

    def __str__(self) -> str:
        if self.min is None:
            return f"slice({self.max:.2g})"
        return f"slice({self.min:.2g}, {self.max:.2g})"


class Stage(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One fit: which layers train, for how long, at what size, batch and rate.

    `freeze_to` thaws the last layer groups only, counted from the end as fastai does (-2: the last two); it goes with
    `freeze`. `part` names what is trained, where a problem trains several networks one after the other. `accumulate`
    sends each batch through the network in so many parts, one step of the optimizer for all of them.
    """

    freeze: bool
    epochs: Annotated[int, Meta(ge=1, le=10_000)]
    lr: Rate
    size: Annotated[int, Meta(ge=16, le=4096)] | None = None
    batch_size: Annotated[int, Meta(ge=1)] | Auto = "auto"
    schedule: Schedule = "one_cycle"
    freeze_to: Annotated[int, Meta(ge=-100, le=-2)] | None = None
    part: str = ""
    accumulate: Annotated[int, Meta(ge=1, le=1024)] = 1


class Training(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the learner trains."""

    stages: Annotated[tuple[Stage, ...], Meta(min_length=1)]
    precision: Annotated[
        Precision,
        about(
            "Precision",
            "Half precision is faster and smaller where the card has it; automatic uses it only there.",
            choices={"auto": "Automatic", "fp32": "32 bit", "fp16": "16 bit (fp16)", "bf16": "16 bit (bf16)"},
            more=True,
            note="precision",
        ),
    ] = "auto"
    weight_decay: Annotated[
        float,
        Meta(ge=0.0, le=10.0),
        about(
            "Weight decay",
            "Pulls every weight towards zero at each step; more of it means less over-fitting.",
            more=True,
            note="weight-decay",
        ),
    ] = 0.01
    keep_best: Annotated[
        bool,
        about(
            "Keep the best epoch",
            "The model is that of the best epoch instead of the last; a stage goes on from the best before it. "
            "Epochs at another picture size are not compared.",
            more=True,
            note="over-under-fitting",
        ),
    ] = False
    early_stopping: Annotated[
        int,
        Meta(ge=0, le=1000),
        about(
            "Stop early",
            "Ends a stage after so many epochs in a row without improvement; 0 never does. One-cycle learns most in "
            "its last epochs: choose another schedule with it.",
            unit="epochs",
            more=True,
            note="epochs",
        ),
    ] = 0
    min_delta: Annotated[
        float,
        Meta(ge=0.0),
        about("Improvement", "The least change of the watched value that counts as better.", more=True),
    ] = 0.0
    monitor: Annotated[
        str,
        Meta(min_length=1),
        about(
            "Watch",
            "What decides which epoch is best: the run's score, the validation loss, or a metric by its name.",
            choices={"score": "The score", "valid_loss": "Validation loss"},
            open=True,
            more=True,
            note="metric",
        ),
    ] = "score"
    workers: Annotated[
        int,
        Meta(ge=0, le=64),
        about(
            "Loader processes",
            "Processes that prepare batches ahead. 0 prepares them in the training process: right for small photos, "
            "tables and ratings. More help where photos are large and the card waits for them.",
            more=True,
        ),
    ] = 0
    exact: Annotated[
        bool,
        about(
            "As plain fastai",
            "Trains with fastai's own loaders and optimizer, so that a plain script repeats every loss to the bit. "
            "Slower; the quick way learns as well.",
            more=True,
        ),
    ] = False
    compile: Annotated[
        bool,
        about(
            "Compile the network",
            "Translates the network into fused code (torch.compile). The first batches then take minutes: for long "
            "runs on a card.",
            more=True,
        ),
    ] = False


class Recipe(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole of a run. `options` is validated by the problem (`Problem.options_of`)."""

    problem: str
    name: str
    data: Data
    training: Training
    options: dict[str, Any] = {}
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 42
    schema: int = SCHEMA

    @property
    def split_seed(self) -> int:
        """What training and validation items are drawn with."""
        return self.seed if self.data.split.seed is None else self.data.split.seed
