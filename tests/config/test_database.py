"""The embedded server ends with its last user, however others before ended."""

import json
import subprocess
import sys
from pathlib import Path

import psutil

START = "import sys; from pathlib import Path; from gezhi.config.database import start_embedded; "
START += "start_embedded(Path(sys.argv[1]), 'gezhi'); print('ready', flush=True); sys.stdin.read()"


def user_of(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", START, str(folder)]
    user = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert user.stdout is not None
    assert user.stdout.readline() == "ready\n"
    return user


def leave(user: subprocess.Popen[str]) -> None:
    user.communicate(timeout=60)


def is_running(folder: Path) -> bool:
    """What is dead and not yet collected by its parent has ended."""
    try:
        number = int((folder / "postmaster.pid").read_text().splitlines()[0])
        return bool(psutil.Process(number).status() != psutil.STATUS_ZOMBIE)
    except (FileNotFoundError, psutil.NoSuchProcess):
        return False


def test_a_server_whose_user_was_killed_stops_with_the_next_one(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    killed = user_of(folder)
    killed.kill()  # and not collected yet: what a process that dies in a container may stay
    assert is_running(folder)
    assert json.loads((folder / ".handle_pids.json").read_text()) == [killed.pid]
    leave(user_of(folder))
    killed.wait()
    assert not is_running(folder)


def test_a_server_is_left_to_others_that_use_it_and_stops_when_one_of_them_was_killed(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    first, second, third = user_of(folder), user_of(folder), user_of(folder)
    leave(first)
    assert is_running(folder)
    second.kill()
    second.wait()
    leave(third)
    assert not is_running(folder)
