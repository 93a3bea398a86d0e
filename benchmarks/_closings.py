"""Closings, honest ones and ones with a known trick, taken through the steps that everybody takes."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from django.conf import settings
from django.utils import timezone
from numpy.random import Generator, default_rng
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from benchmarks._scenes import TRICKS, by_hand, encoded, photograph
from gezhi.cases.actions import Step, Who, take
from gezhi.cases.intake.door import accept
from gezhi.cases.photos import load_photo, photo_path, store_photo
from gezhi.cases.procedure import Given, Refused
from gezhi.packs.actions import publish
from gezhi.packs.content import sealed
from gezhi.packs.loading import read_pack
from gezhi.packs.shapes import Closing, Pack, Words
from tests import cast

METRES: Final = 200
BATCH: Final = 20  # places that are drawn once for both photos
SIDES: Final = 8  # points along each side of a grid, over 100 m apart
OTHER_TRICKS: Final = {
    "far": "far-photo",
    "old": "old-photo",
    "blank": "blank-photo",
    "self-verified": "own-work",
    "unanswered": "unanswered",
}
REUSED: Final = tuple(f"{how}, {whose}" for how in TRICKS for whose in ("own", "other"))
ALL_TRICKS: Final = (*REUSED, *OTHER_TRICKS)


@dataclass
class One:
    """A closing. `trick` "": honest. `outcome`: the code of its refusal, "" when it went through."""

    number: int
    trick: str
    place: int
    case_id: int = 0
    before: str = ""
    outcome: str = ""
    steps: list[str] = field(default_factory=list)

    @property
    def expected(self) -> str:
        return OTHER_TRICKS.get(self.trick, "reused-photo" if self.trick else "")


def strict_pack() -> Pack:
    """City management with a closing for every category."""
    pack = read_pack(settings.PACKS_DIR / "city-management")
    closing = Closing(
        key="on-the-spot", title=Words(zh="现场佐证", en="Proved on the spot"), within_metres=METRES
    )
    categories = tuple(one.model_copy(update={"closing": closing.key}) for one in pack.categories)
    manifest = pack.manifest.model_copy(update={"version": "99.0.0"})
    changes = {"manifest": manifest, "closings": (closing,), "categories": categories}
    return sealed(pack.model_copy(update=changes))


def play(count: int, seed: int = 1) -> list[One]:
    """`count` closings, every second one honest."""
    publish(strict_pack())
    ones = [_planned(number, default_rng([seed, number])) for number in range(count)]
    city, opened = cast.here(), timezone.now() - timedelta(hours=8)
    stage = _Stage(city, opened, seed)
    for batch in _batches(ones):
        stage.open(batch)
        stage.finish(batch)
        stage.verify(batch)
    return ones


def _planned(number: int, rng: Generator) -> One:
    trick = ALL_TRICKS[number // 2 % len(ALL_TRICKS)] if number % 2 else ""
    far = 2 * BATCH  # another case at a place where honest work was closed before
    again = not trick and number > far + 40 and rng.random() < 0.15
    return One(
        number, trick, int(rng.integers(number - far - 40, number - far)) // 2 * 2 if again else number
    )


def _batches(ones: Sequence[One]) -> Iterator[Sequence[One]]:
    for start in range(0, len(ones), BATCH):
        yield ones[start : start + BATCH]


class _Stage:
    def __init__(self, city: cast.Cast, opened: datetime, seed: int) -> None:
        self._opened, self._seed = opened, seed
        self._actors = {name: city.actor(name) for name in ("dispatcher", "handler", "verifier", "both")}
        self._unit = city.units["haishu-works"]
        self._used: list[str] = []  # keys of photos that proved something

    def open(self, batch: Sequence[One]) -> None:
        for one in batch:
            view = by_hand(self._rng(one, 1))
            taken = self._opened - timedelta(minutes=30)
            one.before = store_photo(
                _sent(photograph(one.place, view, mended=False), self._point(one), taken)
            ).key
        reports = [self._report(one, photos=(load_photo(one.before),)) for one in batch]
        for one, receipt in zip(batch, accept(reports, self._opened), strict=True):
            assert not receipt.joined, "two cases of the benchmark stand too near each other"
            one.case_id = receipt.case_id
        self._take(batch, "dispatch", "dispatcher", Given(unit_id=self._unit), hours=1)
        self._take(batch, "receive", "handler", Given(), hours=2)

    def finish(self, batch: Sequence[One]) -> None:
        at = self._opened + timedelta(hours=6)
        given = [Given(text="已处置", evidence=(store_photo(self._after(one)).key,)) for one in batch]
        steps = [
            Step(one.case_id, "finish", Who(actor=self._actors[self._handler(one)]), gift)
            for one, gift in zip(batch, given, strict=True)
        ]
        self._judge(batch, steps, at)
        self._used += [one.before for one in batch]
        self._used += [g.evidence[0] for one, g in zip(batch, given, strict=True) if not one.outcome]

    def verify(self, batch: Sequence[One]) -> None:
        late = [one for one in batch if one.trick == "unanswered" and not one.outcome]
        reports = [self._report(one, reporter_phone="13900001111") for one in late]
        assert all(receipt.joined for receipt in accept(reports, self._opened + timedelta(hours=6.5)))
        left = [one for one in batch if not one.outcome]
        who = {"self-verified": "both"}
        steps = [
            Step(one.case_id, "verify", Who(actor=self._actors[who.get(one.trick, "verifier")]))
            for one in left
        ]
        self._judge(left, steps, self._opened + timedelta(hours=7))

    def _judge(self, batch: Sequence[One], steps: Sequence[Step], at: datetime) -> None:
        for one, outcome in zip(batch, take(steps, at), strict=True):
            if isinstance(outcome, Refused):
                one.outcome = outcome.code
            one.steps.append(str(outcome) if isinstance(outcome, Exception) else outcome.state)

    def _take(self, batch: Sequence[One], key: str, who: str, given: Given, hours: float) -> None:
        steps = [Step(one.case_id, key, Who(actor=self._actors[who]), given) for one in batch]
        outcomes = take(steps, self._opened + timedelta(hours=hours))
        assert not any(isinstance(outcome, Exception) for outcome in outcomes), outcomes

    def _handler(self, one: One) -> str:
        return "both" if one.trick == "self-verified" else "handler"

    def _rng(self, one: One, purpose: int) -> Generator:
        return default_rng([self._seed, one.number, purpose])

    def _point(self, one: One) -> tuple[float, float]:
        grids = [grid for grid in cast.WEST if grid.startswith("330203")]
        grid, rest = one.number % len(grids), one.number // len(grids)
        step = cast.SIDE / SIDES
        across, down = rest % SIDES, rest // SIDES % SIDES
        return cast.WEST[grids[grid]] + (across + 0.5) * step, cast.SOUTH + (down + 0.5) * step

    def _report(self, one: One, **fields: object) -> cast.NewReport:
        lon, lat = self._point(one)
        categories = (cast.LAMP, cast.RUBBISH, *(f"matter-0100{n}" for n in range(1, 7)))
        category = categories[one.number // (5 * SIDES * SIDES) % len(categories)]
        plain: dict[str, object] = {"lon": lon, "lat": lat, "category": category, "occurred_at": self._opened}
        return cast.report("请尽快处理", grid="", **plain | {"reporter_phone": "13800001111"} | fields)

    def _after(self, one: One) -> bytes:
        """The photo that is to prove it."""
        rng = self._rng(one, 2)
        taken, (lon, lat) = self._opened + timedelta(hours=5), self._point(one)
        near = (lon + rng.normal(0, 25) * cast.METRE, lat + rng.normal(0, 25) * cast.METRE)
        if one.trick == "blank":
            return _sent(Image.new("RGB", (640, 480), (30, 28, 26)), None, None)
        if one.trick in REUSED:
            how, _, whose = one.trick.partition(", ")
            key = one.before if whose == "own" or not self._used else str(rng.choice(self._used))
            with Image.open(photo_path(key)) as old:
                return _sent(TRICKS[how](old.convert("RGB"), rng), near, taken)
        if one.trick == "far":
            near = (near[0] + 2_000 * cast.METRE, near[1])
        if one.trick == "old":
            taken = self._opened - timedelta(days=float(rng.uniform(0.5, 30)))
        silent = not one.trick and rng.random() < 0.3
        shot = photograph(one.place, by_hand(rng), mended=True)
        return _sent(shot, None if silent else near, None if silent else taken)


def _sent(picture: Image.Image, point: tuple[float, float] | None, taken: datetime | None) -> bytes:
    """As a phone sends it, with what its camera wrote."""
    exif = Image.Exif()
    if taken:
        local = timezone.localtime(taken)
        exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = f"{local:%Y:%m:%d %H:%M:%S}"
    if point:
        lon, lat = (_degrees(value) for value in point)
        exif.get_ifd(IFD.GPSInfo).update(
            {GPS.GPSLongitude: lon, GPS.GPSLongitudeRef: "E", GPS.GPSLatitude: lat, GPS.GPSLatitudeRef: "N"}
        )
    out = io.BytesIO()
    Image.open(io.BytesIO(encoded(picture))).save(out, "JPEG", quality=85, exif=exif)
    return out.getvalue()


def _degrees(value: float) -> tuple[Fraction, Fraction, Fraction]:
    whole, minutes = int(value), (value % 1) * 60
    return Fraction(whole), Fraction(int(minutes)), Fraction(minutes % 1 * 60).limit_denominator(10_000)


def found_share(ones: Sequence[One]) -> float:
    """Of the closings with a trick, those that were refused for it."""
    tricked = [one for one in ones if one.trick]
    return sum(one.outcome == one.expected for one in tricked) / len(tricked)


def false_share(ones: Sequence[One]) -> float:
    """Of the honest closings, those that were refused."""
    honest = [one for one in ones if not one.trick]
    return sum(bool(one.outcome) for one in honest) / len(honest)


def by_trick(ones: Sequence[One]) -> dict[str, float]:
    groups = {
        trick: [one for one in ones if one.trick == trick] for trick in dict.fromkeys(o.trick for o in ones)
    }
    return {trick: round(found_share(group), 3) for trick, group in groups.items() if trick}
