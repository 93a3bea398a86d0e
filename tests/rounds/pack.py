"""A pack with one patrol and two visits of houses that share an element."""

FILES = {
    "pack.yaml": """\
name: walks
version: 1.0.0
title: {zh: 巡查试验, en: Walks}
about: {zh: 试, en: For tests}
source: tests
""",
    "CHANGELOG.md": "# Walks\n\n## 1.0.0\n- Begun.\n",
    "functions.yaml": "functions:\n  - {key: houses, name: {zh: 住建, en: Housing}}\n",
    "categories.yaml": """\
groups:
  - {key: walls, name: {zh: 房屋, en: Walls}}
categories:
  - {key: wall-crack, kind: local, code: "90001", name: {zh: 墙体裂缝, en: Cracked wall},
     group: walls, procedure: look, function: houses, limits: normal}
""",
    "procedures/look.yaml": """\
key: look
title: {zh: 查看, en: Look}
states:
  - {key: look-open, title: {zh: 待查看, en: To look at}, stage: collect, worked_by: [dispatcher],
     limit: looking}
  - {key: look-done, title: {zh: 已查看, en: Looked at}, stage: evaluate, open: false}
transitions:
  - {key: look-close, title: {zh: 查看, en: Look}, done: {zh: 已查看, en: Looked at}, kind: close,
     from: [look-open], to: look-done, by: [dispatcher]}
""",
    "parameters/limits.yaml": """\
parameters:
  - key: looking
    title: {zh: 查看时限, en: Time to look}
    values:
      - {since: 2026-01-01, length: 2 working days, source: tests}
""",
    "plans.yaml": """\
elements:
  - key: danger-grade
    title: {zh: 危险等级, en: Danger grade}
    about: house
    purpose: {zh: 定巡查频次, en: How often to look}
    readers: [houses]
  - key: storeys
    title: {zh: 层数, en: Storeys}
    about: house
    purpose: {zh: 安排疏散, en: To plan the way out}
  - key: hydrants
    title: {zh: 消火栓数, en: Hydrants}
    about: grid
    purpose: {zh: 消防取水, en: Water for fire engines}
plans:
  - {key: daily-walk, title: {zh: 日常巡查, en: Daily walk}, kind: patrol, times: 1, period: day,
     workdays: true, form: walk, finds: [wall-crack], source: tests}
  - {key: danger-visit, title: {zh: 危房巡查, en: Dangerous houses}, kind: visit, about: house, times: 2,
     period: month, only: {element: danger-grade, in: [C, D]}, form: danger, finds: [wall-crack], source: tests}
  - {key: house-visit, title: {zh: 房屋走访, en: House visit}, kind: visit, about: house, times: 1,
     period: quarter, form: house, source: tests}
""",
    "forms/walk.yaml": """\
key: walk
title: {zh: 巡查, en: Walk}
schema: {type: object, properties: {hydrants: {type: integer, minimum: 0}, order: {type: boolean}}}
layout:
  - title: {zh: 巡查情况, en: What was seen}
    fields:
      - {key: order, title: {zh: 秩序良好, en: All in order}}
      - {key: hydrants, title: {zh: 消火栓数, en: Hydrants}, element: hydrants}
""",
    "forms/danger.yaml": """\
key: danger
title: {zh: 危房巡查, en: Dangerous house}
schema:
  type: object
  required: [danger_grade, note]
  properties:
    danger_grade: {type: string, enum: [A, B, C, D]}
    storeys: {type: integer, minimum: 1}
    note: {type: string, maxLength: 500}
layout:
  - title: {zh: 房屋, en: House}
    fields:
      - {key: danger_grade, title: {zh: 危险等级, en: Danger grade}, element: danger-grade,
         choices: {A: {zh: A 级, en: Grade A}, B: {zh: B 级, en: Grade B},
                   C: {zh: C 级, en: Grade C}, D: {zh: D 级, en: Grade D}}}
      - {key: storeys, title: {zh: 层数, en: Storeys}, element: storeys}
      - {key: note, title: {zh: 巡查记录, en: Note}, widget: lines}
""",
    "forms/house.yaml": """\
key: house
title: {zh: 房屋走访, en: House}
schema:
  type: object
  required: [floors]
  properties: {floors: {type: integer, minimum: 1}, note: {type: string, maxLength: 500}}
layout:
  - title: {zh: 房屋, en: House}
    fields:
      - {key: floors, title: {zh: 共几层, en: How many storeys}, element: storeys}
      - {key: note, title: {zh: 走访记录, en: What was said}}
""",
}
