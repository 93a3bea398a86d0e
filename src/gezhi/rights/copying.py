"""A person's copy: one archive with JSON, a table for each kind of record, photos and papers, and what each column is.
Pure but for the file that it writes."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from gezhi.people.purposes import PURPOSES
from gezhi.rights.queries.holding import Plain, Sheet
from gezhi.rights.register import GRADES, kept_for

BOM: Final = "\ufeff"  # spreadsheets on Windows read UTF-8 by it
_README: Final = """个人信息副本
{name}，{at:%Y-%m-%d %H:%M}

data.json      全部内容，机器可读（UTF-8，JSON）
tables/        同样的内容，每类记录一张表（CSV，可用表格软件打开）
photos/        您上报时附的照片
documents/     发给您的文书（PDF）
looks.csv      谁查看过：岗位、单位、目的、时间
columns.csv    每一栏是什么、为什么留、依据、留多久
salt 一栏是存证用的盐值：HMAC-SHA256（盐值，您说的话）等于存证链里那一条的 said，可自行核对。

A copy of your personal information
data.json      everything, for machines (UTF-8, JSON)
tables/        the same, one table for each kind of record (CSV)
photos/        the photos that came with your reports
documents/     documents that were issued to you (PDF)
looks.csv      who looked: role, unit, purpose, time
columns.csv    what each column is, what it is kept for, the basis, how long
salt           HMAC-SHA256(salt, what you said) is `said` of that entry in the ledger: you can check it yourself
"""


def write_copy(
    out: IO[bytes],
    sheets: Sequence[Sheet],
    looks: Sequence[Mapping[str, Plain]],
    files: Iterable[tuple[str, Path]],
    *,
    name: str,
    at: datetime,
) -> None:
    """`files`: name in the archive and where it lies; one that is gone is left out."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", BOM + _README.format(name=name, at=at))
        archive.writestr("data.json", _data(sheets, looks, name, at))
        archive.writestr("columns.csv", BOM + _columns(sheets))
        archive.writestr("looks.csv", BOM + _table(list(looks[0]) if looks else ["at"], looks))
        for sheet in sheets:
            archive.writestr(f"tables/{sheet.table}.csv", BOM + _table(sheet.columns, sheet.rows))
        for inside, path in files:
            if path.exists():
                archive.write(path, inside, zipfile.ZIP_STORED)


def _data(sheets: Sequence[Sheet], looks: Sequence[Mapping[str, Plain]], name: str, at: datetime) -> str:
    told = {
        "node": name,
        "made_at": at.isoformat(),
        "tables": {sheet.table: list(sheet.rows) for sheet in sheets},
        "looks": list(looks),
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, Plain]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([[_cell(row.get(column)) for column in columns] for row in rows])
    return out.getvalue()


def _cell(value: Plain) -> str:
    """Nothing that a spreadsheet would take for a formula."""
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _columns(sheets: Sequence[Sheet]) -> str:
    head = ["column", "什么", "what", "用途", "purpose", "依据", "basis", "分级", "grade", "保留", "kept"]
    rows = []
    for sheet in sheets:
        for column, tag in sheet.tags.items():
            kept = kept_for(tag.retention, tag.retention.days)
            rows.append(
                {
                    "column": f"{sheet.table}.{column}",
                    "什么": tag.what[0],
                    "what": tag.what[1],
                    "用途": "、".join(PURPOSES[one].zh for one in tag.purpose),
                    "purpose": ", ".join(PURPOSES[one].en for one in tag.purpose),
                    "依据": f"{tag.basis.law[0]}：{tag.basis.duty[0]}",
                    "basis": f"{tag.basis.law[1]}: {tag.basis.duty[1]}",
                    "分级": GRADES[tag.grade][0],
                    "grade": GRADES[tag.grade][1],
                    "保留": kept[0],
                    "kept": kept[1],
                }
            )
    return _table(head, rows)
