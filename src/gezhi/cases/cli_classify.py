"""Measure the classifier on files of labelled texts."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import click

from gezhi.lib.command import pure

COLUMNS = ("text", "label")
EXISTING_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
LONGEST_FIELD = 16 * 1024 * 1024  # characters


class FileRefused(click.ClickException):
    exit_code = 2


@click.group()
def classify() -> None:
    """Train and measure the classifier."""


@pure
@classify.command()
@click.option("--train", required=True, type=EXISTING_FILE, help="CSV with the columns text, label.")
@click.option("--test", type=EXISTING_FILE, help="CSV of texts that the model has not seen.")
@click.option("--folds", type=click.IntRange(2, 50), help="Cross-validate --train instead of --test.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the folds.")
def evaluate(train: Path, test: Path | None, folds: int | None, seed: int) -> None:
    """Print macro-F1, accuracy and texts per second as one line of JSON."""
    if (test is None) == (folds is None):
        raise click.UsageError("Give either --test FILE or --folds NUMBER.")
    known = read_examples(train)
    unseen = read_examples(test) if test else known
    try:
        scores = _scores(known, unseen, folds, seed)
    except ValueError as refused:
        raise FileRefused(f"{train}: {refused}") from refused
    line = {**scores, "train_rows": len(known[0]), "test_rows": len(unseen[0])}
    click.echo(json.dumps(line, ensure_ascii=False))


def _scores(
    train: tuple[list[str], list[str]], test: tuple[list[str], list[str]], folds: int | None, seed: int
) -> dict[str, float]:
    from gezhi.lib import textmodel

    if folds:
        scores = textmodel.cross_validate(*train, folds=folds, seed=seed)
    else:
        scores = textmodel.evaluate(textmodel.Examples(*train), textmodel.Examples(*test))
    return {
        "macro_f1": round(scores.macro_f1, 4),
        "accuracy": round(scores.accuracy, 4),
        "texts_per_second": round(scores.texts_per_second),
    }


def read_examples(path: Path) -> tuple[list[str], list[str]]:
    """Texts and labels of a CSV file in UTF-8 (with or without mark) or GB 18030 (GBK)."""
    csv.field_size_limit(LONGEST_FIELD)
    rows = csv.DictReader(io.StringIO(_decoded(path), newline=""))
    texts, labels = [], []
    try:
        _check_columns(path, rows.fieldnames or ())
        for number, row in enumerate(rows, start=2):
            label = (row["label"] or "").strip()
            if not label:
                raise FileRefused(f"{path}: row {number} has no label (the heading is row 1).")
            texts.append(row["text"] or "")
            labels.append(label)
    except csv.Error as error:
        raise FileRefused(f"{path}: line {rows.line_num} is not CSV: {error}.") from error
    if not texts:
        raise FileRefused(f"{path}: there is no row below the heading.")
    return texts, labels


def _check_columns(path: Path, found: Sequence[str]) -> None:
    missing = [column for column in COLUMNS if column not in found]
    if missing:
        raise FileRefused(
            f"{path}: column {' and '.join(missing)} is missing; "
            f"the columns are {', '.join(found) or 'none'}; needed are {', '.join(COLUMNS)}."
        )


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused(f"{path}: the text is neither UTF-8 nor GB 18030 (GBK).")
