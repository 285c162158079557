"""The files that let a bundle answer where no studio is installed. No torch, no Qt.

They are the studio's own modules, copied with nothing changed but the lines that import each other, so that
there is one truth about how a photo becomes the network's input.
"""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import re
from pathlib import Path

from studio.exports.manifest import Manifest

NEEDS = ("onnxruntime", "numpy", "Pillow")
OWN_IMPORT = re.compile(r"^(\s*)from studio\.(?:\w+\.)*(\w+) import", re.MULTILINE)
README = """{name}

A model exported by Thaw Studio {studio} on {created}.
{proof}

It answers on any CPU, with Python 3.11 or newer:

    python -m pip install -r requirements.txt
    python predict.py FILE_OR_FOLDER ...
    python predict.py --json FILE_OR_FOLDER ...

model.onnx        the model, with its preprocessing and its {n_classes} class names inside
bundle.json       the same description, to read, and how the model was compared with the trained one
predict.py        the program; the other .py files belong to it
requirements.txt  what it needs

Classes: {classes}

Thaw Studio answers with it too:  thaw predict THIS_FOLDER FILE_OR_FOLDER ...
"""


def write(folder: Path, manifest: Manifest) -> None:
    """Write predict.py, the modules it needs, requirements.txt and README.txt into `folder`."""
    answers = f"studio.problems.{manifest.problem}.answers"
    for name in sorted(imported("studio.exports.runner") | {answers} | imported(answers)):
        (folder / f"{name.rpartition('.')[2]}.py").write_text(flattened(source(name)), encoding="utf-8")
    (folder / "predict.py").write_text(flattened(source("studio.exports.runner")), encoding="utf-8")
    pins = (f"{need}>={importlib.metadata.version(need)}\n" for need in NEEDS)
    (folder / "requirements.txt").write_text("".join(pins), encoding="utf-8")
    (folder / "README.txt").write_text(readme(manifest), encoding="utf-8")


def source(module: str) -> str:
    """Return a module's source, also where it is frozen into an application."""
    spec = importlib.util.find_spec(module)
    text = getattr(spec.loader, "get_source", lambda _: None)(module) if spec else None
    if text is None:
        raise FileNotFoundError(f"the source of {module} is not in this installation")
    return str(text)


def imported(module: str) -> set[str]:
    """Return the studio's modules that `module` imports, directly or not."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        tree = ast.parse(source(waiting.pop()))
        names = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
        new = {n for n in names if n.startswith("studio.")} - found
        found |= new
        waiting += new
    return found


def flattened(text: str) -> str:
    """Return source whose imports look beside it: `from studio.a.b import c` becomes `from b import c`."""
    return OWN_IMPORT.sub(r"\1from \2 import", text)


def readme(manifest: Manifest) -> str:
    """Return the words that go with a bundle."""
    return README.format(
        name=manifest.name,
        studio=manifest.studio,
        created=manifest.created,
        proof=manifest.proof.sentence if manifest.proof else "",
        n_classes=len(manifest.classes),
        classes=", ".join(manifest.classes),
    )
