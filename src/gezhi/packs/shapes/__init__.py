"""What a pack may say. Unknown keys are errors; every value is checked when the pack loads.

A pack is a folder of YAML files. This folder is their one definition: the JSON Schemas in packs/_schema are
generated from it, and the case engine works on these shapes alone.
"""

from gezhi.packs.shapes.base import Key, Length, Role, Shape, Version, Words
from gezhi.packs.shapes.categories import (
    CALLBACK_LIMIT,
    ENGINE_LIMITS,
    ORDER_LIMIT,
    REPORT_IN_LIMIT,
    Attribute,
    Category,
    Function,
    Group,
    Limit,
    Message,
    Parameter,
    Public,
    Rule,
    in_force,
)
from gezhi.packs.shapes.closings import Closing
from gezhi.packs.shapes.documents import Block, DocumentTemplate
from gezhi.packs.shapes.forms import (
    Form,
    FormCheck,
    FormField,
    FormGroup,
    FormSchema,
    Items,
    Property,
    ShowIf,
)
from gezhi.packs.shapes.hazards import HAZARDS, Alarm, Hazard, HazardRule
from gezhi.packs.shapes.indicators import Appraisal, Counted, Indicator
from gezhi.packs.shapes.monitors import (
    Clearing,
    Downgrade,
    Escalation,
    Gathering,
    Monitor,
    Watched,
    seconds_of,
)
from gezhi.packs.shapes.overlays import OverlaidCategory, OverlaidParameter, Overlay
from gezhi.packs.shapes.pack import Manifest, Pack
from gezhi.packs.shapes.plans import Element, ElementIs, RoundPlan
from gezhi.packs.shapes.procedures import (
    Approval,
    Effect,
    Kind,
    Need,
    Procedure,
    Stage,
    State,
    Transition,
    Watch,
)
from gezhi.packs.shapes.recordings import Recording
from gezhi.packs.shapes.situations import Situation, Step
from gezhi.packs.shapes.things import AT_HOME, DatastreamKind, ThingKind
from gezhi.packs.shapes.warnings import LEVELS, Level, Span, WarningRule

__all__ = [
    "AT_HOME",
    "CALLBACK_LIMIT",
    "ENGINE_LIMITS",
    "HAZARDS",
    "LEVELS",
    "ORDER_LIMIT",
    "REPORT_IN_LIMIT",
    "Alarm",
    "Appraisal",
    "Approval",
    "Attribute",
    "Block",
    "Category",
    "Clearing",
    "Closing",
    "Counted",
    "DatastreamKind",
    "DocumentTemplate",
    "Downgrade",
    "Effect",
    "Element",
    "ElementIs",
    "Escalation",
    "Form",
    "FormCheck",
    "FormField",
    "FormGroup",
    "FormSchema",
    "Function",
    "Gathering",
    "Group",
    "Hazard",
    "HazardRule",
    "Indicator",
    "Items",
    "Key",
    "Kind",
    "Length",
    "Level",
    "Limit",
    "Manifest",
    "Message",
    "Monitor",
    "Need",
    "OverlaidCategory",
    "OverlaidParameter",
    "Overlay",
    "Pack",
    "Parameter",
    "Procedure",
    "Property",
    "Public",
    "Recording",
    "Role",
    "RoundPlan",
    "Rule",
    "Shape",
    "ShowIf",
    "Situation",
    "Span",
    "Stage",
    "State",
    "Step",
    "ThingKind",
    "Transition",
    "Version",
    "WarningRule",
    "Watch",
    "Watched",
    "Words",
    "in_force",
    "seconds_of",
]
