import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gezhi.cases.cli_classify import classify

ROWS = [
    *((f"{place}路灯不亮，请派人来修", "照明") for place in ("东门", "西门", "桥头", "巷口", "广场", "学校")),
    *((f"{place}垃圾没有人清运", "环卫") for place in ("东门", "西门", "桥头", "巷口", "广场", "学校")),
]


def write(path: Path, rows: list[tuple[str, str]], encoding: str = "utf-8", head: str = "text,label") -> Path:
    path.write_text("\n".join([head, *(f'"{text}",{label}' for text, label in rows)]), encoding=encoding)
    return path


def evaluate(*arguments: object) -> Result:
    return CliRunner().invoke(classify, ["evaluate", *map(str, arguments)])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_evaluation_prints_one_line_of_scores(tmp_path: Path, encoding: str) -> None:
    train = write(tmp_path / "train.csv", ROWS, encoding)
    test = write(tmp_path / "test.csv", [("路灯坏了，不亮", "照明"), ("垃圾太多，\n没人清运", "环卫")])
    result = evaluate("--train", train, "--test", test)
    assert result.exit_code == 0, result.output
    [line] = result.output.splitlines()
    scores = json.loads(line)
    assert scores.pop("texts_per_second") > 0
    assert scores == {"macro_f1": 1.0, "accuracy": 1.0, "train_rows": 12, "test_rows": 2}


def test_folds_need_only_the_training_file(tmp_path: Path) -> None:
    result = evaluate("--train", write(tmp_path / "train.csv", ROWS), "--folds", 3)
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["macro_f1"] == 1.0


def test_a_row_without_a_label_is_named(tmp_path: Path) -> None:
    train = write(tmp_path / "train.csv", [*ROWS, ("路灯", " ")])
    result = evaluate("--train", train, "--folds", 3)
    assert result.exit_code == 2
    assert "row 14 has no label" in result.output


def test_a_missing_column_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    result = evaluate("--train", write(tmp_path / "train.csv", ROWS, head="content,label"), "--folds", 3)
    assert result.exit_code == 2
    assert "column text is missing; the columns are content, label" in result.output


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photo.csv").write_bytes(b"text,label\n\xff\xff\xff,x\n")
    assert evaluate("--train", tmp_path / "none.csv", "--folds", 3).exit_code == 2
    result = evaluate("--train", tmp_path / "photo.csv", "--folds", 3)
    assert result.exit_code == 2
    assert "neither UTF-8 nor GB 18030" in result.output


def test_a_file_of_one_label_only_is_refused(tmp_path: Path) -> None:
    train = write(tmp_path / "train.csv", ROWS[:6])
    result = evaluate("--train", train, "--test", train)
    assert result.exit_code == 2
    assert "at least two labels" in result.output


def test_a_file_with_a_heading_only_is_refused(tmp_path: Path) -> None:
    train = write(tmp_path / "train.csv", [])
    result = evaluate("--train", train, "--folds", 3)
    assert result.exit_code == 2
    assert "no row below the heading" in result.output


def test_either_a_test_file_or_folds_are_needed(tmp_path: Path) -> None:
    train = write(tmp_path / "train.csv", ROWS)
    assert evaluate("--train", train).exit_code == 2
    assert evaluate("--train", train, "--test", train, "--folds", 3).exit_code == 2
