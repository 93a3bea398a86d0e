"""Publishing packs, and setting their parameters."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from gezhi.ledger.actions import record
from gezhi.packs.content import content_of
from gezhi.packs.models import PackVersion, ParameterValue
from gezhi.packs.problems import PackRefused
from gezhi.packs.publishing import OpenStates
from gezhi.packs.queries import active_parameter, publication_plan
from gezhi.packs.setting import NotSet, Wanted, limit_of
from gezhi.packs.shapes import Pack


@transaction.atomic
def publish(pack: Pack, *, open_states: OpenStates = frozenset()) -> PackVersion:
    """The version from which new cases open. Publishing the active version again changes nothing.

    `open_states`: (procedure, state) of every open case. Raises PackRefused.
    """
    name = pack.manifest.name
    list(PackVersion.objects.select_for_update().filter(name=name).values_list("id"))
    planned = publication_plan(pack, open_states)
    if planned.refusals:
        raise PackRefused(planned.refusals)
    if planned.step == "nothing":
        return PackVersion.objects.get(name=name, active=True)
    return _publish(pack)


def _publish(pack: Pack) -> PackVersion:
    name, version = pack.manifest.name, pack.manifest.version
    PackVersion.objects.filter(name=name, active=True).update(active=False)
    published = PackVersion.objects.create(
        name=name,
        version=version,
        digest=pack.digest,
        content=content_of(pack),
        published_at=timezone.now(),
        active=True,
    )
    facts = {"name": name, "version": version, "digest": pack.digest}
    record("packs.publish", f"pack:{name}", facts, configures=True)
    return published


@transaction.atomic
def set_parameter(wanted: Wanted, account_id: int, today: date) -> ParameterValue:
    """In force from `wanted.since` on, instead of what staff had set for that day. Raises NotSet."""
    limit = limit_of(wanted, active_parameter(wanted.key), today)
    now = timezone.now()
    same_day = ParameterValue.objects.filter(key=wanted.key, since=wanted.since, withdrawn_at=None)
    same_day.update(withdrawn_at=now)
    value = ParameterValue.objects.create(
        key=wanted.key,
        since=limit.since,
        length=limit.length or "",
        number=limit.number,
        source=limit.source,
        account_id=account_id,
        at=now,
    )
    _record_parameter("parameters.set", value, account_id)
    return value


@transaction.atomic
def withdraw_parameter(value_id: int, account_id: int, today: date) -> ParameterValue:
    """A value that is not yet in force never comes into force. Raises NotSet."""
    value = ParameterValue.objects.select_for_update().filter(pk=value_id, withdrawn_at=None).first()
    if value is None:
        raise NotSet(
            "unknown-value", "这个值不存在，或已撤回。", "There is no such value, or it is withdrawn."
        )
    if value.since <= today:
        raise NotSet(
            "in-force",
            f"自 {value.since} 已生效，不能撤回；可以另设新值。",
            f"It has been in force since {value.since} and stays; set a new value instead.",
        )
    value.withdrawn_at = timezone.now()
    value.save(update_fields=["withdrawn_at"])
    _record_parameter("parameters.withdraw", value, account_id)
    return value


def _record_parameter(kind: str, value: ParameterValue, account_id: int) -> None:
    facts: dict[str, str | int] = {
        "since": value.since.isoformat(),
        "value": value.length or f"{value.number:g}",
        "source": value.source,
        "by": account_id,
    }
    record(kind, f"parameter:{value.key}", facts, configures=True)
