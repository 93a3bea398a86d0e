"""Which files a pack may have and what each holds."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from gezhi.packs.shapes import (
    Appraisal,
    Category,
    Closing,
    DocumentTemplate,
    Element,
    Form,
    Function,
    Group,
    HazardRule,
    Indicator,
    Manifest,
    Message,
    Monitor,
    Overlay,
    Parameter,
    Procedure,
    Recording,
    RoundPlan,
    Rule,
    Shape,
    Situation,
    ThingKind,
    WarningRule,
)


class FunctionsFile(Shape):
    functions: tuple[Function, ...]


class CategoriesFile(Shape):
    groups: tuple[Group, ...]
    categories: tuple[Category, ...]


class ParametersFile(Shape):
    parameters: tuple[Parameter, ...]


class MessagesFile(Shape):
    messages: tuple[Message, ...]


class ClosingsFile(Shape):
    closings: tuple[Closing, ...]


class RulesFile(Shape):
    rules: tuple[Rule, ...]


class IndicatorsFile(Shape):
    indicators: tuple[Indicator, ...] = ()
    appraisals: tuple[Appraisal, ...] = ()


class PlansFile(Shape):
    elements: tuple[Element, ...] = ()
    plans: tuple[RoundPlan, ...] = ()


class WarningsFile(Shape):
    warnings: tuple[WarningRule, ...]


class MonitorsFile(Shape):
    monitors: tuple[Monitor, ...]


class ThingsFile(Shape):
    things: tuple[ThingKind, ...]


class HazardsFile(Shape):
    hazards: tuple[HazardRule, ...]


class SituationsFile(Shape):
    situations: tuple[Situation, ...]


class RecordingsFile(Shape):
    recordings: tuple[Recording, ...]


@dataclass(frozen=True)
class FileKind:
    """`section` is set where the whole file is one object of that section of the pack."""

    pattern: str
    shape: type[Shape]
    schema: str
    section: str | None = None


FILE_KINDS = (
    FileKind("pack.yaml", Manifest, "pack", "manifest"),
    FileKind("functions.yaml", FunctionsFile, "functions"),
    FileKind("categories.yaml", CategoriesFile, "categories"),
    FileKind("procedures/*.yaml", Procedure, "procedure", "procedures"),
    FileKind("parameters/*.yaml", ParametersFile, "parameters"),
    FileKind("messages/*.yaml", MessagesFile, "messages"),
    FileKind("closings.yaml", ClosingsFile, "closings"),
    FileKind("rules/*.yaml", RulesFile, "rules"),
    FileKind("forms/*.yaml", Form, "form", "forms"),
    FileKind("documents/*.yaml", DocumentTemplate, "document", "documents"),
    FileKind("indicators/*.yaml", IndicatorsFile, "indicators"),
    FileKind("plans.yaml", PlansFile, "plans"),
    FileKind("warnings.yaml", WarningsFile, "warnings"),
    FileKind("monitors.yaml", MonitorsFile, "monitors"),
    FileKind("things.yaml", ThingsFile, "things"),
    FileKind("hazards.yaml", HazardsFile, "hazards"),
    FileKind("overlays/*.yaml", Overlay, "overlay", "overlays"),
    FileKind("tests/*.yaml", SituationsFile, "situations"),
    FileKind("tests/readings/*.yaml", RecordingsFile, "recordings"),
)
CHANGELOG = "CHANGELOG.md"
KNOWN_FILES = ", ".join([*(kind.pattern for kind in FILE_KINDS), CHANGELOG])


def kind_of(name: str) -> FileKind | None:
    """The kind of the file with this path inside a pack, `/` between folders."""
    return next((kind for kind in FILE_KINDS if _fits(name, kind.pattern)), None)


def _fits(name: str, pattern: str) -> bool:
    return name.count("/") == pattern.count("/") and fnmatchcase(name, pattern)
