"""A pack that writes letters: a rejection to whoever reported, a sheet for whoever handles."""

from pathlib import Path

from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from tests.packs import small

CATEGORY = "dark-stair"
FILES = {
    "pack.yaml": """\
name: letters
version: 1.0.0
title: {zh: 文书, en: Letters}
about: {zh: 试, en: For tests}
source: tests
""",
    "CHANGELOG.md": "# Letters\n\n## 1.0.0\n- Begun.\n",
    "functions.yaml": "functions:\n  - {key: stairs, name: {zh: 楼道, en: Stairs}}\n",
    "categories.yaml": """\
groups:
  - {key: stairs, name: {zh: 楼道, en: Stairs}}
categories:
  - {key: dark-stair, kind: local, code: "90001", name: {zh: 楼道灯, en: Stair light}, group: stairs,
     procedure: letters, function: stairs, limits: normal, form: stair}
""",
    "forms/stair.yaml": """\
key: stair
title: {zh: 楼道灯, en: Stair light}
schema:
  type: object
  properties:
    storey: {type: integer, minimum: 1, maximum: 99}
    parties: {type: string, maxLength: 200}
layout:
  - title: {zh: 情况, en: What it is}
    fields:
      - {key: storey, title: {zh: 楼层, en: Storey}}
      - {key: parties, title: {zh: 当事人, en: Parties}}
""",
    "parameters/limits.yaml": """\
parameters:
  - key: writing
    title: {zh: 办理时限, en: Time to write}
    values:
      - {since: 2026-01-01, length: 5 working days, source: tests}
""",
    "procedures/letters.yaml": """\
key: letters
title: {zh: 文书流程, en: Letters}
states:
  - {key: open, title: {zh: 待办, en: Open}, stage: collect, worked_by: [dispatcher], limit: writing}
  - {key: work, title: {zh: 处置, en: Work}, stage: handle, worked_by: [handler], limit: writing}
  - {key: turned-away, title: {zh: 不予受理, en: Turned away}, stage: evaluate, open: false}
transitions:
  - {key: dispatch, title: {zh: 派遣, en: Dispatch}, done: {zh: 已派遣, en: Dispatched}, kind: dispatch,
     from: [open], to: work, by: [dispatcher], needs: [unit], effects: [assign]}
  - {key: reject, title: {zh: 不予受理, en: Reject}, done: {zh: 不予受理, en: Rejected}, kind: reject,
     from: [open, work], to: turned-away, by: [dispatcher, handler], needs: [reason], document: rejection,
     effects: [cancel-assignments]}
""",
    "documents/rejection.yaml": """\
key: rejection
title: {zh: 不予受理告知书, en: Notice of Rejection}
word: 甬治告
to: reporter
blocks:
  - text:
      zh: "{reporter}：\\n您反映的“{text}”不予受理：{reason}"
      en: "{reporter}:\\nWhat you reported, “{text}”, is not taken up: {reason}"
  - only_with: form.parties
    text: {zh: "当事人：{form.parties}", en: "Parties: {form.parties}"}
  - rows:
      - [{zh: 楼层, en: Storey}, "{form.storey}"]
      - [{zh: 案件编号, en: Case}, "{number}"]
""",
    "documents/sheet.yaml": """\
key: sheet
title: {zh: 处置单, en: Handling Sheet}
word: 甬治处
to: unit
by: [dispatcher, handler]
procedures: [letters]
blocks:
  - rows:
      - [{zh: 地点, en: Place}, "{place}"]
      - [{zh: 承办单位, en: Unit}, "{unit}"]
      - [{zh: 要求, en: Ask}, "{reason}"]
  - steps: true
  - sign: [{zh: 处置人, en: Handled by}]
""",
}


def publish_letters(tmp_path: Path) -> None:
    publish(read_pack(small.write(tmp_path / "letters", FILES)))
