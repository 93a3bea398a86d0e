"""Every pack of the packs folder, published in the order of their needs."""

from pathlib import Path

import click
from django.conf import settings

from gezhi.packs.actions import publish
from gezhi.packs.loading import Shelf, pack_folders
from gezhi.packs.scope import by_needs


def publish_packs() -> int:
    """How many. Raises ClickException where one of them is not clean: a city is set up whole."""
    root = Path(settings.PACKS_DIR)
    shelf = Shelf([root])
    loaded = [shelf.load(folder) for folder in pack_folders(root)]
    problems = [f"{one.folder.name}/{problem}" for one in loaded for problem in one.problems]
    if problems:
        raise click.ClickException("Not every pack is clean:\n" + "\n".join(problems))
    packs = by_needs([one.pack for one in loaded if one.pack])
    for pack in packs:
        publish(pack)
    return len(packs)
