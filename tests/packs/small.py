"""A pack small enough to break on purpose, and a way to write it with one change."""

from pathlib import Path

FILES = {
    "pack.yaml": """\
name: small
version: 1.0.0
title: {zh: 小, en: Small}
about: {zh: 试, en: For tests}
source: tests
fallback: lamp
""",
    "CHANGELOG.md": "# Small\n\n## 1.0.0\n- Begun.\n",
    "functions.yaml": """\
functions:
  - {key: municipal, name: {zh: 市政, en: Municipal}}
""",
    "categories.yaml": """\
groups:
  - {key: street, name: {zh: 街面, en: Street}}
categories:
  - {key: lamp, kind: matter, code: "00001", name: {zh: 路灯, en: Lamp}, words: [灯不亮],
     group: street, procedure: short, function: municipal, limits: normal}
  - key: hole
    kind: matter
    code: "00002"
    name: {zh: 坑洞, en: Hole}
    group: street
    procedure: short
    function: municipal
    limits: normal
""",
    "parameters/limits.yaml": """\
parameters:
  - key: handling.normal
    title: {zh: 处置时限, en: Time to handle}
    values:
      - {since: 2026-07-01, length: 1 working days, source: tests}
      - {since: 2026-09-01, length: 4 working hours, source: tests}
  - key: rating
    title: {zh: 评价期限, en: Time to rate}
    values:
      - {since: 2026-07-01, length: 15 days, source: tests}
""",
    "messages/answers.yaml": """\
messages:
  - key: received
    text: {zh: "{number}已收到", en: "{number} has arrived"}
""",
    "procedures/short.yaml": """\
key: short
title: {zh: 短, en: Short}
answer: received
states:
  - {key: open, title: {zh: 待办, en: Open}, stage: collect, worked_by: [dispatcher], limit: handling}
  - {key: work, title: {zh: 处置, en: Work}, stage: handle, worked_by: [handler], limit: handling}
  - {key: check, title: {zh: 核查, en: Check}, stage: feedback, worked_by: [verifier], limit: handling}
  - {key: done, title: {zh: 办结, en: Done}, stage: verify, open: false, limit: rating}
  - {key: old, title: {zh: 归档, en: Old}, stage: evaluate, open: false}
transitions:
  - key: dispatch
    title: {zh: 派遣, en: Dispatch}
    done: {zh: 已派遣, en: Dispatched}
    kind: dispatch
    from: [open]
    to: work
    by: [dispatcher]
    needs: [unit]
    effects: [assign]
  - key: finish
    title: {zh: 完成, en: Finish}
    done: {zh: 已完成, en: Finished}
    kind: finish
    from: [work]
    to: check
    by: [handler]
    needs: [evidence]
    effects: [finish-assignment]
  - key: verify
    title: {zh: 核查, en: Verify}
    done: {zh: 已核查, en: Verified}
    kind: verify
    from: [check]
    to: done
    by: [verifier]
    not_by: [finish]
  - key: add
    title: {zh: 补充, en: Add}
    done: {zh: 已补充, en: Added}
    kind: add
    from: [open, work]
    by: [reporter]
    needs: [text]
  - key: close
    title: {zh: 归档, en: Close}
    done: {zh: 已归档, en: Closed}
    kind: close
    from: [done]
    to: old
    by: [system]
    when_overdue: true
  - key: reopen
    title: {zh: 重办, en: Reopen}
    done: {zh: 已重办, en: Reopened}
    kind: reopen
    from: [done]
    to: open
    by: [reporter]
    needs: [reason]
""",
    "tests/stories.yaml": """\
situations:
  - title: A lamp is mended
    category: lamp
    starts: "2026-07-06 09:00"
    steps:
      - {do: dispatch, by: dispatcher, person: Lin, with: {unit: municipal}, then: work}
    ends: work
""",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def changed(name: str, old: str, new: str) -> dict[str, str]:
    """The files with one text replaced where it stands first."""
    assert old in FILES[name], f"{old!r} is not in {name}"
    return {**FILES, name: FILES[name].replace(old, new, 1)}


def line_of(files: dict[str, str], name: str, text: str) -> int:
    return files[name][: files[name].index(text)].count("\n") + 1
