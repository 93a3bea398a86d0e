"""The project speaks of itself alone: no machine paths, no package hosts, no notes to self."""

import re

from tests.house.tree import own_files, short

BANNED = [
    re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com|deb\.debian\.org"),
    re.compile(r"(?<![\w./-])/[w]ork/"),
    re.compile(r"\b(?:TO[D]O|FIX[M]E)\b|\bXX[X]\b"),
    re.compile(r"[Cc]o-[Aa]uthored-[Bb]y|[Gg]enerated [w]ith "),
]
BINARY = {".png", ".jpg", ".jpeg", ".ico", ".woff2", ".xlsx", ".zip", ".npz", ".gz"}


def banned_in(text: str) -> list[str]:
    return [
        f"{number}: {found.group()}"
        for number, line in enumerate(text.splitlines(), start=1)
        for pattern in BANNED
        if (found := pattern.search(line))
    ]


def test_the_tree_holds_no_banned_words() -> None:
    found = [
        f"{short(path)}:{place}"
        for path in own_files()
        if path.suffix not in BINARY
        for place in banned_in(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found, "\n".join(found)


def test_lock_files_pin_hashes_and_name_no_host() -> None:
    for path in own_files():
        if path.name.endswith(".lock") or path.name == "package-lock.json":
            text = path.read_text()
            assert "://" not in text, f"{short(path)} names a host"
            assert "sha256:" in text or "sha512-" in text, f"{short(path)} has no hashes"


def test_the_rule_sees_banned_words() -> None:
    assert banned_in("see " + "pypi" + ".org")
    assert banned_in("x = 1  # TO" + "DO later")
    assert banned_in("open('/wo" + "rk/main')")
    assert not banned_in("the network/work/day of a grid")
