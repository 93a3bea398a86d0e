"""The probes of things, warnings and silences: see probing.py."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from tests.access.ground import PLACES
from tests.access.posts import TOWN_OFFICE
from tests.access.probing import actor, case_id, done, of, refused, told, unit_id
from tests.cast import SINCE

if TYPE_CHECKING:
    from tests.access.matrix import Matrix


@of("desk/views/sensing_area.py area is_within")
def base_numbers_where_only_a_unit_is(matrix: "Matrix") -> str:
    from gezhi.people.models import Post

    account = matrix.town.accounts["t-verifier"]
    unit = {"unit_id": unit_id(matrix, "far"), "place_code": PLACES["far"]}
    Post.objects.create(account=account, role="handler", valid_from=SINCE, **unit)
    return told(matrix, "t-verifier", f"/desk/sensing/area/?place={PLACES['far']}", "没有人的信息")


@of("desk/views/sensing_area.py area request")
def base_numbers_for_a_unit(matrix: "Matrix") -> str:
    return told(matrix, "t-handler", "/desk/sensing/area/", "没有人的信息")


def _of_unit(matrix: "Matrix", at: str, unit: int) -> None:
    """The thing of a place is a unit's."""
    from gezhi.sensing.models import Datastream, Thing

    ids = matrix.town.ids[at]
    Thing.objects.filter(pk=ids["thing_id"]).update(unit_id=unit)
    Datastream.objects.filter(pk=ids["stream"]).update(unit_id=unit)


@of("sensing/queries/scope.py _of_units ")
def a_warning_of_another_units_thing(matrix: "Matrix") -> str:
    _of_unit(matrix, "far", unit_id(matrix, "far"))
    return refused(matrix, "t-handler", f"/desk/sensing/warnings/{matrix.town.ids['far']['sensed']}/")


@of("sensing/queries/scope.py silences_in_sight ")
def a_silence_elsewhere(matrix: "Matrix") -> str:
    from gezhi.sensing.models import SilenceRow

    now = timezone.now()
    SilenceRow.objects.create(
        why="别处检修", place_code=PLACES["far"], starts_at=now, until=now + timedelta(days=1), made_at=now
    )
    return told(matrix, "t-dispatcher", "/desk/sensing/silences/", "别处检修")


@of("sensing/queries/scope.py sees_everything ")
def feeds_of_the_whole_node(matrix: "Matrix") -> str:
    return refused(matrix, "t-leader", "/desk/sensing/feeds/")


@of("sensing/queries/scope.py may_keep ")
def another_units_thing_is_looked_after(matrix: "Matrix") -> str:
    from gezhi.sensing.actions.looking_after import Care, look_after

    _of_unit(matrix, "child", unit := unit_id(matrix, "child"))
    thing = int(matrix.town.ids["child"]["thing_id"])
    care, today = Care(unit_id=unit, service_days=30), timezone.localdate()
    return done(lambda: look_after(actor(matrix, "t-verifier"), thing, care, today))


@of("exchange/rest/api/sensing_warnings.py _rows visible(actor)")
def the_number_of_a_case_that_is_not_seen(matrix: "Matrix") -> str:
    from gezhi.people.models import Unit
    from gezhi.sensing.models import SensedWarning

    _of_unit(matrix, "own", Unit.objects.get(code=TOWN_OFFICE).pk)
    ids = matrix.town.ids
    SensedWarning.objects.filter(pk=ids["own"]["sensed"]).update(case_id=case_id(matrix, "far"))
    return told(matrix, "t-handler", "/api/v1/sensing/warnings", ids["far"]["case"])
