"""How a person works a page: with a pointer (or a thumb), or by keyboard alone.

`count`: what was pressed so far. Words that are typed, and going to their field to type them, do not count.
"""

from pathlib import Path
from typing import Final, Protocol

from playwright.sync_api import FileChooser, Locator, Page

_FARTHEST: Final = 400  # Tabs to a control; a page on which it is farther away cannot be worked by keyboard
_PATIENCE: Final = 30  # tenths of a second
_FOCUSED: Final = "wanted => document.activeElement === wanted"
_IN_ITS_GROUP: Final = (
    "wanted => document.activeElement?.type === 'radio' && document.activeElement.name === wanted.name "
    "&& document.activeElement.form === wanted.form"
)


class Hand(Protocol):
    page: Page
    count: int

    def press(self, control: Locator) -> None:
        """A link, a button, a summary."""

    def pick(self, choice: Locator) -> None:
        """One of several, or one to tick."""

    def write(self, field: Locator, words: str) -> None: ...

    def attach(self, field: Locator, file: Path) -> None: ...

    def key(self, name: str) -> None:
        """A key that the page offers for a step."""


class Pointer:
    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, control: Locator) -> None:
        control.click()
        self.count += 1

    def pick(self, choice: Locator) -> None:
        self.press(choice.locator("xpath=ancestor::label"))

    def write(self, field: Locator, words: str) -> None:
        field.fill(words)

    def attach(self, field: Locator, file: Path) -> None:
        with self.page.expect_file_chooser() as asked:
            self.press(field)
        asked.value.set_files(file)

    def key(self, name: str) -> None:
        self.page.keyboard.press(name)
        self.count += 1


class Keyboard:
    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, control: Locator) -> None:
        self._reach(control, _FOCUSED)
        self.key("Enter")

    def pick(self, choice: Locator) -> None:
        if choice.get_attribute("type") != "radio":
            self._reach(choice, _FOCUSED)
            self.key("Space")
            return
        self._reach(choice, _IN_ITS_GROUP)
        if choice.evaluate(_FOCUSED):
            self.key("Space")
        for _step in range(_FARTHEST):
            if choice.is_checked():
                return
            self.key("ArrowDown")
        raise AssertionError(f"no arrow comes to {choice}")

    def write(self, field: Locator, words: str) -> None:
        self._reach(field, _FOCUSED)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(words)

    def attach(self, field: Locator, file: Path) -> None:
        """Pressed again where a script drew the page anew under the finger."""
        asked: list[FileChooser] = []
        # heard to the end: an unheard one keeps the browser from closing
        self.page.on("filechooser", lambda chooser: asked.append(chooser))  # noqa: PLW0108 - not for bound builtins
        for _attempt in range(3):
            self._reach(field, _FOCUSED)
            self.key("Space")
            for _moment in range(_PATIENCE):
                if asked:
                    asked[0].set_files(file)
                    return
                self.page.wait_for_timeout(100)
        raise AssertionError(f"{field} asks for no file")

    def key(self, name: str) -> None:
        self.page.keyboard.press(name)
        self.count += 1

    def _reach(self, control: Locator, arrived: str) -> None:
        """Looked for anew at every step: a script may draw the page again meanwhile."""
        for _step in range(_FARTHEST):
            if control.evaluate(arrived):
                return
            self.key("Tab")
        raise AssertionError(f"{_FARTHEST} Tabs do not come to {control}")
