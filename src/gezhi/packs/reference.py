"""What a pack says, as tables and stories for people: on the page of a pack and in its reference file. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from gezhi.packs.drawing import Language
from gezhi.packs.scope import Scope
from gezhi.packs.shapes import (
    LEVELS,
    Category,
    Closing,
    Level,
    Limit,
    Monitor,
    Pack,
    Procedure,
    Recording,
    Situation,
    State,
    Step,
    ThingKind,
    Transition,
    WarningRule,
    Words,
)
from gezhi.packs.units import UNITS

Table = tuple[str, ...]

_WORDS: Final[dict[str, str]] = {
    "Categories": "类别",
    "Procedure": "流程",
    "Limits and numbers": "时限和数值",
    "Closing conditions": "结案条件",
    "Rules when a case opens": "立案时的规则",
    "Forms": "表单",
    "Messages": "给上报人的话",
    "Documents": "文书",
    "Indicators": "指标",
    "Appraisals": "考核办法",
    "Patrols and visits": "巡查和走访",
    "Warnings": "预警规则",
    "Monitors": "监测规则",
    "Things that sense": "感知设备",
    "Measures": "测什么",
    "Expected": "应报间隔",
    "Silent after": "静默判定",
    "Readings played": "读数演算",
    "Levels by minute": "各分钟的级别",
    "Hazards": "险情",
    "Set in other packs": "对其他场景包的设定",
    "Code": "编码",
    "Name": "名称",
    "Duty": "职责",
    "Limit": "时限",
    "Grids": "网格",
    "State": "状态",
    "Stage": "环节",
    "Waits for": "由谁办",
    "Step": "步骤",
    "Kind": "种类",
    "From": "从",
    "To": "到",
    "By": "谁可以",
    "Needs": "须给",
    "In force": "起于",
    "Value": "值",
    "Source": "依据",
    "Conditions": "条件",
    "When": "当",
    "Sets": "则",
    "Asks": "问",
    "Text": "文字",
    "Formula": "算式",
    "yes": "是",
    "no": "否",
    "stays": "不变",
    "closed": "已结",
    "approval": "审批",
    "by itself": "系统自动",
    "often": "次数",
}


@dataclass(frozen=True, slots=True)
class Section:
    """`anchor` is the section of the pack. `procedure`: the key of the procedure that is drawn with it."""

    anchor: str
    title: str
    headings: Table
    rows: tuple[Table, ...]
    procedure: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    title: str
    category: str
    starts: str
    lines: tuple[str, ...]


def word(english: str, language: Language) -> str:
    return english if language == "en" else _WORDS[english]


def said(words: Words, language: Language) -> str:
    return words.en if language == "en" else words.zh


def sections(pack: Pack, needed: Mapping[str, Pack], language: Language) -> list[Section]:
    """Those that hold something, in the order of a reader's questions."""
    scope, say = Scope(pack, needed), partial(said, language=language)
    found = [
        _categories(scope, language),
        *(part for one in pack.procedures for part in _procedure(one, language)),
        _section("parameters", "Limits and numbers", ("Name", "In force", "Value", "Source"), language,
                 _limits(pack, say)),
        _section("closings", "Closing conditions", ("Name", "Conditions"), language,
                 ((say(one.title), _closing(one)) for one in pack.closings)),
        _section("rules", "Rules when a case opens", ("Name", "When", "Sets"), language,
                 ((say(r.title), r.when, ", ".join(filter(None, (r.limits, r.function)))) for r in pack.rules)),
        _section("forms", "Forms", ("Name", "Asks"), language,
                 ((say(f.title), "; ".join(say(i.title) for g in f.layout for i in g.fields)) for f in pack.forms)),
        _section("messages", "Messages", ("Name", "Text"), language, ((m.key, say(m.text)) for m in pack.messages)),
        _section("documents", "Documents", ("Name",), language, ((say(d.title),) for d in pack.documents)),
        _section("indicators", "Indicators", ("Name", "Formula", "Source"), language,
                 ((say(i.title), i.formula, i.source) for i in pack.indicators)),
        _section("appraisals", "Appraisals", ("Name", "Formula", "Source"), language,
                 ((say(a.title), a.points, a.source) for a in pack.appraisals)),
        _section("plans", "Patrols and visits", ("Name", "often", "Source"), language,
                 ((say(p.title), f"{p.times}/{p.period}", p.source) for p in pack.plans)),
        _section("warnings", "Warnings", ("Name", "When", "Source"), language,
                 ((say(w.title), _warning(w), w.source) for w in pack.warnings)),
        _section("monitors", "Monitors", ("Name", "When", "Source"), language,
                 ((say(m.title), _monitor(m), m.source) for m in pack.monitors)),
        _section("things", "Things that sense", ("Name", "Measures", "Expected", "Silent after", "Source"), language,
                 (row for t in pack.things for row in _thing(t, say))),
        _section("recordings", "Readings played", ("Name", "Monitors", "Levels by minute"), language,
                 ((r.title, r.monitor, _levels(r)) for r in pack.recordings)),
        _section("hazards", "Hazards", ("Name", "Sets", "Source"), language,
                 ((say(h.text), h.category, h.source) for h in pack.hazards)),
        _section("overlays", "Set in other packs", ("Name", "Value"), language, _overlays(pack, say)),
    ]  # fmt: skip
    return [one for one in found if one.rows]


def _section(
    anchor: str, title: str, headings: Table, language: Language, rows: Iterator[Table], procedure: str = ""
) -> Section:
    heads = tuple(word(one, language) for one in headings)
    return Section(anchor, word(title, language), heads, tuple(rows), procedure)


def _categories(scope: Scope, language: Language) -> Section:
    functions = {one.key: one.name for pack in scope.packs for one in pack.functions}
    headings = ("Code", "Name", "Duty", "Procedure", "Limit", "Grids")

    def row(one: Category) -> Table:
        procedure = scope.procedures[one.procedure]
        grids = word("yes" if one.grids else "no", language)
        duty = said(functions[one.function], language)
        return (one.code, said(one.name, language), duty, said(procedure.title, language), one.limits, grids)

    return _section(
        "categories", "Categories", headings, language, (row(one) for one in scope.pack.categories)
    )


def _procedure(procedure: Procedure, language: Language) -> Iterator[Section]:
    names = {state.key: said(state.title, language) for state in procedure.states}
    title = f"{word('Procedure', language)}: {said(procedure.title, language)}"
    states = tuple(_state(one, language) for one in procedure.states)
    headings = tuple(word(one, language) for one in ("State", "Stage", "Waits for", "Limit"))
    yield Section(f"procedure-{procedure.key}", title, headings, states, procedure.key)
    heads = tuple(word(one, language) for one in ("Step", "Kind", "From", "To", "By", "Needs"))
    steps = tuple(_step(one, names, language) for one in procedure.transitions)
    yield Section(f"steps-{procedure.key}", f"{title} · {word('Step', language)}", heads, steps)
    watches = tuple((said(one.why, language), _when(procedure, one.key), one.do) for one in procedure.watches)
    heads = tuple(word(one, language) for one in ("Name", "When", "Step"))
    yield Section(f"watches-{procedure.key}", f"{title} · {word('by itself', language)}", heads, watches)


def _when(procedure: Procedure, key: str) -> str:
    watch = next(one for one in procedure.watches if one.key == key)
    return f"{watch.at} %" if watch.at is not None else f"{watch.after} × {watch.times}"


def _state(state: State, language: Language) -> Table:
    name = said(state.title, language) + ("" if state.open else f" ({word('closed', language)})")
    return (name, state.stage, ", ".join(state.worked_by), state.limit or "")


def _step(step: Transition, names: Mapping[str, str], language: Language) -> Table:
    to = names[step.to] if step.to else word("stays", language)
    needs = [*step.needs, *(f"({one})" for one in step.may)]
    if step.approve:
        needs.append(f"{word('approval', language)}: " + " → ".join(one.by for one in step.approve))
    source = ", ".join(names[key] for key in step.source)
    return (said(step.title, language), step.kind, source, to, ", ".join(step.by), ", ".join(needs))


def _limits(pack: Pack, say: Callable[[Words], str]) -> Iterator[Table]:
    for parameter in pack.parameters:
        for value in parameter.values:
            yield (
                say(parameter.title),
                value.since.isoformat(),
                f"{_value(value)} {parameter.unit}".strip(),
                value.source,
            )


def _value(limit: Limit) -> str:
    return limit.length or f"{limit.number:g}"


def _closing(closing: Closing) -> str:
    parts = [f"≥ {closing.least} {'/'.join(closing.kinds)}"]
    parts += [f"≤ {closing.within_metres} m"] if closing.within_metres else []
    names = ("in_time", "fresh", "other_person", "answered")
    return ", ".join([*parts, *(name.replace("_", " ") for name in names if getattr(closing, name))])


def _warning(rule: WarningRule) -> str:
    what = rule.sums or (f"different {rule.distinct}s" if rule.distinct else "signals")
    levels = ", ".join(f"{level} ≥ {rule.levels[level]}" for level in LEVELS if level in rule.levels)
    hours = f", {rule.hours}" if rule.hours else ""
    return f"{what} of {', '.join(rule.signals)} by {rule.by} within {rule.within}{hours}: {levels}"


def _monitor(one: Monitor) -> str:
    of = f"{one.of.kind or 'any thing'}: {one.of.property}" + (f" ({one.unit})" if one.unit else "")
    rules: Mapping[Level, str] = one.levels or {key: f"silent {span} s" for key, span in one.silences.items()}
    parts = ["; ".join(f"{level}: {rules[level]}" for level in one.reached)]
    parts += [f"for {one.for_}"] if one.for_ else []
    parts += [f"keep {one.keep}"] if one.keep else []
    parts += one.hours
    parts += [f"{one.escalate.to} after {one.escalate.after}"] if one.escalate else []
    return f"{of} — " + ", ".join(parts)


def _levels(recording: Recording) -> str:
    return ", ".join(f"{minute:g} {level}" for minute, level in recording.then) or "-"


def _thing(thing: ThingKind, say: Callable[[Words], str]) -> Iterator[Table]:
    for one in thing.datastreams:
        limits = f"{one.low:g} - {one.high:g} {UNITS[one.unit].symbol}".rstrip()
        measures = f"{say(one.title)} ({one.property}), {limits}" + (
            f", HJ 212 {one.code}" if one.code else ""
        )
        yield say(thing.title), measures, one.every, one.silent, thing.source


def _overlays(pack: Pack, say: Callable[[Words], str]) -> Iterator[Table]:
    for overlay in pack.overlays:
        for parameter in overlay.parameters:
            values = "; ".join(f"{one.since}: {_value(one)}" for one in parameter.values)
            yield (f"{overlay.pack}: {parameter.key}", values)
        for category in overlay.categories:
            yield (
                f"{overlay.pack}: {category.key}",
                " ".join(filter(None, (category.limits, *(category.words or ())))),
            )
        for message in overlay.messages:
            yield (f"{overlay.pack}: {message.key}", say(message.text))


def stories(pack: Pack, needed: Mapping[str, Pack], language: Language) -> list[Story]:
    scope = Scope(pack, needed)
    categories = {one.key: one for other in reversed(scope.packs) for one in other.categories}
    return [_story(one, categories[one.category], scope, language) for one in pack.situations]


def _story(situation: Situation, category: Category, scope: Scope, language: Language) -> Story:
    procedure = scope.procedures[category.procedure]
    states = {state.key: said(state.title, language) for state in procedure.states}
    steps = {step.key: said(step.title, language) for step in procedure.transitions}
    lines = tuple(_line(one, steps, states) for one in situation.steps)
    ends = f"⇒ {states[situation.ends]}"
    name = said(category.name, language)
    return Story(situation.title, name, situation.starts, (*lines, ends))


def _line(step: Step, steps: Mapping[str, str], states: Mapping[str, str]) -> str:
    after = f"+{step.after} · " if step.after else ""
    given = " · ".join(f"{key}: {value}" for key, value in step.given.items())
    then = f" → {states[step.then]}" if step.then else f" ✗ {step.refused}" if step.refused else ""
    return f"{after}{step.person} ({step.by}): {steps[step.do]}" + (f" [{given}]" if given else "") + then
