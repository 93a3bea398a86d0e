"""The pack as a whole."""

from gezhi.packs.shapes.base import Key, Shape, Version, Words
from gezhi.packs.shapes.categories import Category, Function, Group, Message, Parameter, Rule
from gezhi.packs.shapes.closings import Closing
from gezhi.packs.shapes.documents import DocumentTemplate
from gezhi.packs.shapes.forms import Form
from gezhi.packs.shapes.hazards import HazardRule
from gezhi.packs.shapes.indicators import Appraisal, Indicator
from gezhi.packs.shapes.monitors import Monitor
from gezhi.packs.shapes.overlays import Overlay
from gezhi.packs.shapes.plans import Element, RoundPlan
from gezhi.packs.shapes.procedures import Procedure
from gezhi.packs.shapes.recordings import Recording
from gezhi.packs.shapes.situations import Situation
from gezhi.packs.shapes.things import ThingKind
from gezhi.packs.shapes.warnings import WarningRule


class Manifest(Shape):
    """`needs`: other packs and the version of each whose procedures, functions, closings, forms, messages and
    parameters this one uses. `fallback`: the category of a report that nothing is known about, until a person
    says better."""

    name: Key
    version: Version
    title: Words
    about: Words
    source: str
    needs: dict[Key, Version] = {}
    fallback: Key | None = None


class Pack(Shape):
    """A whole pack as loaded. `digest` is the SHA-256 of its canonical JSON, hex."""

    manifest: Manifest
    functions: tuple[Function, ...] = ()
    groups: tuple[Group, ...] = ()
    categories: tuple[Category, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    messages: tuple[Message, ...] = ()
    closings: tuple[Closing, ...] = ()
    rules: tuple[Rule, ...] = ()
    forms: tuple[Form, ...] = ()
    documents: tuple[DocumentTemplate, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    appraisals: tuple[Appraisal, ...] = ()
    elements: tuple[Element, ...] = ()
    plans: tuple[RoundPlan, ...] = ()
    warnings: tuple[WarningRule, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    things: tuple[ThingKind, ...] = ()
    hazards: tuple[HazardRule, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    situations: tuple[Situation, ...] = ()
    recordings: tuple[Recording, ...] = ()
    digest: str = ""
