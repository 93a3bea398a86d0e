"""Publishing packs."""

from django.db import transaction
from django.utils import timezone

from gezhi.ledger.actions import record
from gezhi.packs.content import content_of
from gezhi.packs.models import PackVersion
from gezhi.packs.problems import PackRefused
from gezhi.packs.publishing import OpenStates
from gezhi.packs.queries import publication_plan
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
