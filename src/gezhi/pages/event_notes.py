"""What a step changed besides the state, in a few words for the timeline."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from gezhi.cases.world import World
from gezhi.packs.shapes import Procedure
from gezhi.pages.acting import unit_name
from gezhi.pages.lengths import length_words
from gezhi.pages.showing import said
from gezhi.places.queries import place_names


def event_notes(facts: Mapping[str, object], procedure: Procedure, world: World) -> list[str]:
    changed = [*_over(facts, world), *_units(facts, world), *_levels(facts, world)]
    return [*_by_agent(facts), *_asked(facts, procedure), *changed, *_unsaid(facts)]


def _asked(facts: Mapping[str, object], procedure: Procedure) -> Iterator[str]:
    step, length, watch = facts.get("step"), facts.get("length"), facts.get("watch")
    titles = {one.key: said(one.title) for one in procedure.transitions}
    if step:
        yield _("申请事项：%(title)s") % {"title": titles.get(str(step), str(step))}
    if facts.get("asked_by"):
        yield _("经审批同意")
    if facts.get("said"):
        yield _("审批意见：%(words)s") % {"words": facts["said"]}
    if length:
        yield _("时长：%(length)s") % {"length": length_words(str(length))}
    why = next((said(one.why) for one in procedure.watches if one.key == watch), "")
    if why:
        yield _("系统自动：%(why)s") % {"why": why}


def _over(facts: Mapping[str, object], world: World) -> Iterator[str]:
    keys, versions = facts.get("procedure"), facts.get("pack_version")
    if isinstance(keys, list) and isinstance(versions, list):
        procedure = world.catalogue.find_procedure(versions[1], keys[1])
        yield _("改按“%(title)s”办理") % {"title": said(procedure.title) if procedure else keys[1]}


def _units(facts: Mapping[str, object], world: World) -> Iterator[str]:
    called = facts.get("units")
    if isinstance(called, list):
        yield _("请到：%(names)s") % {"names": "、".join(_name(unit, world) for unit in called)}
    if facts.get("share"):
        yield _name(facts["share"], world)


def _levels(facts: Mapping[str, object], world: World) -> Iterator[str]:
    held = facts.get("held")
    if isinstance(held, list) and held[1]:
        names = place_names([str(held[1])])
        yield _("现由 %(place)s 指挥") % {"place": names.get(str(held[1]), str(held[1]))}


def _by_agent(facts: Mapping[str, object]) -> Iterator[str]:
    if facts.get("source") == "agent":
        yield _("代居民上报")


def _unsaid(facts: Mapping[str, object]) -> Iterator[str]:
    """What the photos of a closing did not say, so that nobody could check it."""
    missing = facts.get("unsaid")
    words = {"place": _("照片未带拍摄位置"), "time": _("照片未带拍摄时间")}
    if isinstance(missing, list):
        yield from (words[str(one)] for one in missing if str(one) in words)


def _name(unit: object, world: World) -> str:
    card = world.directory.units.get(unit) if isinstance(unit, int) else None
    return unit_name(card) if card else str(unit)
