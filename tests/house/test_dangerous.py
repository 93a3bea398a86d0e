"""What could turn somebody's words into a program, a secret into a guess, or a page into another's: nowhere in the
tree, or in the few places that are named here with what makes them safe."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import files_under, short, syntax_of

# Called nowhere.
NEVER = frozenset(
    "eval exec compile __import__ os.system os.popen pickle.load pickle.loads marshal.loads shelve.open "
    "yaml.unsafe_load yaml.full_load subprocess.getoutput subprocess.getstatusoutput "
    "tempfile.mktemp random.seed".split()
)
# Chance without secrets: simulated cities, training, pauses that spread.
BY_CHANCE = ("src/gezhi/demo/", "src/gezhi/places/generate.py", "src/gezhi/lib/textmodel/", "src/gezhi/live/")
CIPHERS = frozenset({"AESGCM", "HKDF", "Ed25519PrivateKey", "Ed25519PublicKey"})
PRESCRIBED = frozenset({"src/gezhi/exchange/hj212/ciphering.py"})  # SM4 in ECB: HJ 212-2025, annex A.2
CALLERS = frozenset({"src/gezhi/lib/calling.py"})
WEAK = re.compile(r"\b(md5|sha1|rc4|blowfish|tripledes|ecb|pkcs1v15)\b", re.I)
WEAK_BY_STANDARD = frozenset({"src/gezhi/exchange/gb28181/digest.py"})  # what devices of GB/T 28181 prove by
# Pieces of pages of this node, drawn by its templates.
AS_HTML = frozenset(
    "frontend/shared/where.ts frontend/field/offline/draw.ts frontend/desk/list.ts frontend/desk/hotline.ts "
    "frontend/desk/security.ts frontend/desk/triage.ts frontend/portal/parts/tap.ts".split()
)
WRITTEN = frozenset({"frontend/portal/parts/upload.ts"})  # the answer to a form, as the browser would show it
HTML = re.compile(r"\.(?:innerHTML|outerHTML)\s*\+?=(?!=)|insertAdjacentHTML|createContextualFragment")
RUN = re.compile(r"\beval\(|new Function\(|setTimeout\(\s*[\"'`]|document\.domain|__proto__")


def name_of(call: ast.expr) -> str:
    """ "a.b.c" of a call's function."""
    if isinstance(call, ast.Attribute):
        return f"{name_of(call.value)}.{call.attr}"
    return call.id if isinstance(call, ast.Name) else ""


def calls_in(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node


def dangerous_in(tree: ast.Module) -> list[str]:
    found = []
    for call in calls_in(tree):
        name, given = name_of(call.func), {word.arg: word.value for word in call.keywords}
        if name in NEVER or (name == "yaml.load" and len(call.args) < 2 and "Loader" not in given):
            found.append(name)
        for word, wanted in (("shell", False), ("allow_pickle", False), ("verify", True)):
            value = given.get(word)
            if isinstance(value, ast.Constant) and value.value is (not wanted):
                found.append(f"{name}({word}={value.value})")
    return found


def imported_in(tree: ast.Module) -> set[str]:
    found = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{one.name}" for one in node.names}
    return found


def sources() -> list[Path]:
    return [path for path in files_under("src/gezhi") if "/migrations/" not in str(path)]


def templates() -> list[Path]:
    return files_under("src/gezhi", suffixes=(".html",))


def scripts() -> list[Path]:
    return files_under("frontend", suffixes=(".ts",))


def test_nothing_dangerous_is_called() -> None:
    found = {short(path): said for path in sources() if (said := dangerous_in(syntax_of(path)))}
    assert not found


def test_the_rule_sees_what_is_dangerous() -> None:
    text = "eval(x)\nos.system(x)\nsubprocess.run(x, shell=True)\nyaml.load(x)\nnp.load(x, allow_pickle=True)"
    text += "\nrequests.get(x, verify=False)"
    assert len(dangerous_in(ast.parse(text))) == 6
    assert not dangerous_in(ast.parse("re.compile(x)\nsubprocess.run([a], shell=False)\nyaml.load(x, Safe)"))


def test_chance_is_used_where_nobody_guesses_only() -> None:
    found = [
        short(path)
        for path in sources()
        if not short(path).startswith(BY_CHANCE)
        and {name for name in imported_in(syntax_of(path)) if name.split(".")[0] == "random"}
    ]
    assert not found, "use secrets"


def test_ciphers_and_hashes_are_those_of_the_list() -> None:
    """AES-GCM, HKDF, Ed25519, P-256, SHA-2, SM2 and SM3; the table of secrets in docs/assurance/decisions.md."""
    used = set[str]()
    for path in sources():
        if short(path) in PRESCRIBED:
            continue
        names = imported_in(syntax_of(path))
        used |= {name.rsplit(".", 1)[1] for name in names if ".ciphers." in name or ".kdf." in name}
        assert not [name for name in names if ".decrepit" in name or ".algorithms" in name], short(path)
        weak = [
            line
            for line in path.read_text().splitlines()
            if short(path) not in WEAK_BY_STANDARD
            and WEAK.search(line.split("#")[0])
            and not re.search(r'^\s*("""|[A-Z])', line)
        ]
        assert not weak, f"{short(path)}: {weak}"
    assert used <= CIPHERS


def test_xml_is_read_by_the_safe_reader_only() -> None:
    """ElementTree writes; what reads comes from defusedxml, which openpyxl takes where it is installed."""
    readers = re.compile(r"\b(parse|fromstring|iterparse|XMLParser|XML)\b")
    for path in sources():
        for name in imported_in(syntax_of(path)):
            assert not name.startswith(("lxml", "xml.dom", "xml.sax.expat")), short(path)
            if name.startswith("xml.etree"):
                assert not readers.fullmatch(name.rsplit(".", 1)[1]), short(path)
    from openpyxl.xml import DEFUSEDXML

    assert DEFUSEDXML


def test_others_are_called_through_one_door() -> None:
    doors = (
        "urllib.request.urlopen",
        "urllib.request.OpenerDirector",
        "httpx",
        "aiohttp",
        "http.client.HTTP",
    )
    found = [
        short(path)
        for path in sources()
        if short(path) not in CALLERS
        and {name for name in imported_in(syntax_of(path)) if name.startswith(doors)}
        - {"http.client.HTTPException"}
    ]
    assert not found, "call through gezhi.lib.calling"
    assert not [short(path) for path in sources() if re.search(r"\burlopen\(", path.read_text())]


def test_no_template_switches_escaping_off() -> None:
    off = re.compile(r"\|\s*(safe|safeseq)\b|autoescape\s+off")
    assert not [short(path) for path in templates() if off.search(path.read_text())]


def test_no_template_holds_a_script() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|\son[a-z]+=[\"']|javascript:|\sstyle=", re.I)
    assert not [short(path) for path in templates() if inline.search(path.read_text())]
    assert inline.search('<a onclick="x">')
    assert inline.search("<script>x</script>")


def test_pages_load_nothing_from_elsewhere() -> None:
    elsewhere = re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//", re.I)
    assert not [short(path) for path in templates() if elsewhere.search(path.read_text())]


def test_scripts_put_no_text_in_as_html() -> None:
    as_html = {short(path) for path in scripts() if HTML.search(path.read_text())}
    assert as_html <= AS_HTML, "use textContent, or name here why it is a page of this node"
    written = {short(path) for path in scripts() if "document.write" in path.read_text()}
    assert written <= WRITTEN
    assert not [short(path) for path in scripts() if RUN.search(path.read_text())]
