"""No formal closing: what must be true of the evidence, the verifier and the answers before a case is closed. Pure.

What a photo does not say is not held against it: a place is checked only where the camera wrote one, and so is a
time (`unsaid` names what is missing, for whoever verifies). Everything else is checked whatever the photo says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Final

from gezhi.cases.procedure import Refused
from gezhi.packs.shapes import Closing, Kind
from gezhi.places.coordinates import gcj02_to_wgs84

CHECKED: Final = frozenset({Kind.FINISH, Kind.VERIFY})
HANDLED: Final = frozenset({Kind.HANDLE, Kind.FINISH, Kind.SHARE})  # kinds of steps by which somebody handles
_MINUTE: Final = timedelta(minutes=1)
SLACK: Final = timedelta(minutes=10)  # that a camera's clock may be wrong
EARTH: Final = 6_371_000  # metres


@dataclass(frozen=True, slots=True)
class Twin:
    """The same picture, stored before. `number`: of its case, "" when that is this case or out of sight."""

    own: bool
    number: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A piece of evidence. `given`: with the step that is decided; `blank`: nothing can be seen on it."""

    key: str
    given: bool
    kind: str = "photo"
    blank: bool = False
    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    twin: Twin | None = None


@dataclass(frozen=True, slots=True)
class BackInRange:
    """What must be true of the readings that warned of the case. `since`: when they came back; None: they have not."""

    since: datetime | None
    within: timedelta
    evidence: bool  # a person's will do instead


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """What the case shows. `since`: when it was opened last; `pictures`: the evidence of handling since then, and
    what is given with the step; `handlers`: who handled it, ever; `untold`: reports whose reporters can be reached
    and were told nothing of what was done."""

    kind: Kind
    at: datetime
    since: datetime
    account_id: int | None
    lon: float | None = None
    lat: float | None = None
    pictures: Sequence[Picture] = ()
    handlers: frozenset[int] = frozenset()
    untold: int = 0
    readings: BackInRange | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A closing that is asked for, under its conditions."""

    closing: Closing
    facts: ClosingFacts


def check(claim: Claim | None) -> dict[str, object]:
    """Raises Refused, saying all that is wrong. Returns what the history keeps of it: what could not be checked."""
    if claim is None:
        return {}
    refused = refusal(faults(claim.closing, claim.facts))
    if refused is not None:
        raise refused
    missing = unsaid(claim.closing, claim.facts)
    return {"unsaid": missing} if missing else {}


def faults(closing: Closing, facts: ClosingFacts) -> list[Refused]:
    """Why the case cannot be closed as it stands; empty when it can. At `finish` the photos given with it are
    looked at, at `verify` all of them, who verifies and who was answered."""
    found = [*_too_little(closing, facts), *_photo_faults(closing, facts)]
    if facts.kind is Kind.VERIFY:
        found += [*_own_work(closing, facts), *_unanswered(closing, facts), *_out_of_range(facts)]
    return found


def refusal(found: Sequence[Refused]) -> Refused | None:
    """One refusal that says all of them, under the code of the first."""
    if len(found) < 2:
        return found[0] if found else None
    return Refused(found[0].code, "".join(one.zh for one in found), " ".join(one.en for one in found))


def unsaid(closing: Closing, facts: ClosingFacts) -> list[str]:
    """What could not be checked since the photos do not say it: "place", "time". For the history."""
    looked = [picture for picture in facts.pictures if picture.kind == "photo" and picture.given]
    missing = []
    if closing.within_metres and facts.lon is not None and any(one.lon is None for one in looked):
        missing.append("place")
    if closing.in_time and any(one.taken_at is None for one in looked):
        missing.append("time")
    return missing


def _too_little(closing: Closing, facts: ClosingFacts) -> Iterator[Refused]:
    held = sum(1 for one in facts.pictures if one.kind in closing.kinds)
    if held < closing.least:
        yield Refused(
            "too-little-evidence",
            f"结案至少要有 {closing.least} 份佐证，现有 {held} 份，请补拍处置后的照片。",
            f"Closing needs {closing.least} pieces of evidence; there are {held}. Add photos taken after handling.",
        )


def _photo_faults(closing: Closing, facts: ClosingFacts) -> Iterator[Refused]:
    photos = [one for one in facts.pictures if one.kind == "photo"]
    for number, photo in enumerate(photos, start=1):
        if photo.blank:
            yield _blank(number)
        if closing.fresh and photo.twin:
            yield _reused(number, photo.twin)
        if closing.in_time and photo.taken_at:
            yield from _out_of_time(number, photo.taken_at, facts)
        if closing.within_metres:
            yield from _far(number, photo, closing.within_metres, facts)


def _blank(number: int) -> Refused:
    return Refused(
        "blank-photo",
        f"第 {number} 张照片看不出内容，请重新拍摄，拍清处置后的现场。",
        f"Nothing can be seen on photo {number}. Take one that shows the place after handling.",
    )


def _reused(number: int, twin: Twin) -> Refused:
    if twin.own:
        zh, en = "本案此前已用过", "was used in this case before"
    elif twin.number:
        zh, en = f"已在案件 {twin.number} 中用过", f"was used in case {twin.number}"
    else:
        zh, en = "已在另一案件中用过", "was used in another case"
    return Refused(
        "reused-photo",
        f"第 {number} 张照片{zh}（裁剪、压缩、翻转或加水印仍是同一张），请到现场重新拍摄。",
        f"Photo {number} {en} (cropped, compressed, mirrored or marked it is still the same). Take a new one there.",
    )


def _out_of_time(number: int, taken_at: datetime, facts: ClosingFacts) -> Iterator[Refused]:
    if taken_at < facts.since - SLACK:
        yield Refused(
            "old-photo",
            f"第 {number} 张照片拍摄于立案（或重办）之前，不能证明处置结果，请拍摄处置后的现场。",
            f"Photo {number} was taken before the case was opened (again), so it proves nothing. Take one now.",
        )
    elif taken_at > facts.at + SLACK:
        yield Refused(
            "old-photo",
            f"第 {number} 张照片的拍摄时间晚于现在，请校准手机时间后重新拍摄。",
            f"Photo {number} claims to be taken in the future. Set the camera's clock and take it again.",
        )


def _far(number: int, photo: Picture, limit: int, facts: ClosingFacts) -> Iterator[Refused]:
    if photo.lon is None or photo.lat is None or facts.lon is None or facts.lat is None:
        return
    metres = apart(photo.lon, photo.lat, facts.lon, facts.lat)
    if metres > limit:
        yield Refused(
            "far-photo",
            f"第 {number} 张照片拍摄于距事发地 {metres} 米处，应在 {limit} 米以内，请到现场拍摄。",
            f"Photo {number} was taken {metres} m away; at most {limit} m are allowed. Take one at the place.",
        )


def apart(photo_lon: float, photo_lat: float, lon: float, lat: float) -> int:
    """Metres, the smaller of two readings: some cameras write GCJ-02, which lies up to 700 m off in China."""
    moved_lon, moved_lat = gcj02_to_wgs84(photo_lon, photo_lat)
    readings = ((photo_lon, photo_lat), (float(moved_lon), float(moved_lat)))
    return round(min(_metres(one_lon, one_lat, lon, lat) for one_lon, one_lat in readings))


def _metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Haversine."""
    half_up, half_across = radians(other_lat - lat) / 2, radians(other_lon - lon) / 2
    chord = sin(half_up) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(half_across) ** 2
    return 2 * EARTH * asin(sqrt(min(1.0, chord)))


def _own_work(closing: Closing, facts: ClosingFacts) -> Iterator[Refused]:
    if closing.other_person and facts.account_id in facts.handlers:
        yield Refused(
            "own-work",
            "您参与过本案处置，不能由您核查结案，请由另一人核查。",
            "You took part in handling this case, so another person must verify it.",
        )


def _out_of_range(facts: ClosingFacts) -> Iterator[Refused]:
    readings = facts.readings
    if readings is None or (readings.evidence and facts.pictures):
        return
    wanted = round(readings.within / _MINUTE)
    instead = (
        ("，或补充现场佐证", " Evidence from the place will do instead.") if readings.evidence else ("", "")
    )
    if readings.since is None:
        yield Refused(
            "readings-out",
            f"监测读数尚未恢复正常，恢复满 {wanted} 分钟后方可核查结案{instead[0]}。",
            f"Readings are still out of range. Verify {wanted} minutes after they are back.{instead[1]}",
        )
    elif facts.at < readings.since + readings.within:
        held = (facts.at - readings.since) // _MINUTE
        yield Refused(
            "readings-out",
            f"监测读数恢复正常 {held} 分钟，须满 {wanted} 分钟方可核查结案{instead[0]}。",
            f"Readings have been back in range for {held} of {wanted} minutes.{instead[1]}",
        )


def _unanswered(closing: Closing, facts: ClosingFacts) -> Iterator[Refused]:
    if closing.answered and facts.untold:
        yield Refused(
            "unanswered",
            f"还有 {facts.untold} 位反映人未被告知办理情况，请先答复反映人，再核查结案。",
            f"{facts.untold} reporter(s) were not told what was done. Reply to them, then verify.",
        )
