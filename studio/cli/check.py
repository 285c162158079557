"""`thaw check`: what would spoil a run, found before it. Needs no torch. No Qt."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli.options import JsonOption, ProjectArgument
from studio.cli.output import Output, opened
from studio.cli.screen import Screen
from studio.cli.status import FAILED
from studio.cli.words import counted
from studio.cli.work import project_at
from studio.dataset.checking import findings as found_in
from studio.dataset.edits import apply_marks
from studio.engine.messages import Finding, FindingsFound, Progress
from studio.problems.base import Dataset
from studio.recipe.edit import with_values

STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}
SHOWN_ITEMS = 5


MendOption = Annotated[
    bool, typer.Option("--mend", help="Make the edits of the recipe that mend what is found.")
]


def command(project: ProjectArgument, mend: MendOption = False, is_json: JsonOption = False) -> None:
    """Look for trouble in the data before training; status 1 where something must be mended first."""
    with opened(is_json) as output:
        findings = _checked(project, output)
        if mend and _mended(project, output, findings):
            output.show("The recipe was mended; looking again:")
            findings = _checked(project, output)
        errors = sum(finding.severity == "error" for finding in findings)
        warnings = sum(finding.severity == "warning" for finding in findings)
        output.line({"done": "check", "errors": errors, "warnings": warnings, "findings": len(findings)})
        output.show(_verdict(errors, warnings))
    if errors:
        raise typer.Exit(FAILED)


def _checked(path: ProjectArgument, output: Output) -> list[Finding]:
    findings: list[Finding] = []
    with project_at(path) as project, Screen(output.screen) as screen:
        recipe, root = project.recipe, project.data_root
        dataset = apply_marks(project.problem.part("items").collect(recipe, root), project.journal.marks())

        output.show(_sets(dataset))

        def progress(text: str, done: int, total: int) -> None:
            if not output.is_json:
                screen.show(Progress(text=text, done=done, total=total))

        for finding in found_in(project.problem, dataset, recipe, root, progress, project.cache):
            findings.append(finding)
            output.event(FindingsFound(findings=(finding,)))
            _show(output, finding)
    return findings


def _sets(dataset: Dataset) -> str:
    """The sets as they are used: `82 items to train on, 18 to judge by, in 3 and 1 groups.`"""
    train, valid = dataset.train(), dataset.valid()
    words = f"{len(train):,} items to train on, {len(valid):,} to judge by"
    if not dataset.groups:
        return f"{words}."
    sides = [len({dataset.groups.get(item.key, item.key) for item in side}) for side in (train, valid)]
    return f"{words}, in {sides[0]:,} and {sides[1]:,} groups."


def _mended(path: ProjectArgument, output: Output, findings: list[Finding]) -> int:
    """Make every edit that errors and warnings offer, each field once; return how many."""
    fixes = [f.fix for f in findings if f.fix is not None and f.severity != "info"]
    with project_at(path, change=bool(fixes)) as project:
        recipe, done = project.recipe, set[str]()
        for fix in fixes:
            values = {name: value for name, value in fix.values.items() if name == "skip" or name not in done}
            recipe = with_values(recipe, project.problem, values)
            done |= set(values)
            output.note(f"Mended: {fix.label}")
        if fixes:
            project.save_recipe(recipe)
    return len(fixes)


def _show(output: Output, finding: Finding) -> None:
    style = STYLES[finding.severity]
    output.show(f"[{style}]{finding.severity.capitalize()}[/]: {_plain(finding.title)}")
    output.show(f"  {_plain(finding.meaning)}")
    if finding.items:
        shown = ", ".join(finding.items[:SHOWN_ITEMS])
        more = max(finding.count, len(finding.items)) - SHOWN_ITEMS
        output.show(f"  {_plain(shown)}" + (f" and {more:,} more" if more > 0 else ""))
    if finding.fix is not None:
        sets = " ".join(f"{name}={_value(value)}" for name, value in finding.fix.values.items())
        output.show(f"  To mend it: {_plain(finding.fix.label)} ({_plain(sets)})")


def _value(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value[:SHOWN_ITEMS])) + (",..." if len(value) > SHOWN_ITEMS else "")
    return str(value)


def _plain(text: str) -> str:
    """Names may hold square brackets, which the terminal's markup would eat."""
    return text.replace("[", r"\[")


def _verdict(errors: int, warnings: int) -> str:
    if errors:
        return f"{counted(errors, 'error')} must be mended before training."
    if warnings:
        return f"Ready to train, with {counted(warnings, 'warning')}."
    return "Ready to train."
