"""What is left of a person in a browser, and on the way to it: drafts are typed into every field of a page, all is searched.

Looked at raw: what a browser keeps (storage, caches, cookies, its whole profile on the disk after it ended), addresses, titles,
notifications, what scripts say to the console, the headers of every answer, and all that the server writes.
"""

import re
from pathlib import Path
from urllib.parse import unquote_plus, urlsplit

from playwright.async_api import BrowserContext, Page, Response

from tests.dashboard.conftest import FewCases

MARK = "Zwaluwnest-Quist 77"  # what is typed; nobody and nowhere is called so
PLACE = re.compile(r"\b(51\.0\d{2}|3\.7\d{2})\d*")  # Ghent
TEXTS = "input:is([type=text], [type=search], :not([type])), textarea"
# What a window is called and what it notifies of, from its first moment on.
TOLD = """() => {
  const told = (window.told = []);
  const title = Object.getOwnPropertyDescriptor(Document.prototype, "title");
  Object.defineProperty(Document.prototype, "title", {
    ...title, set(text) { told.push(text); title.set.call(this, text); },
  });
  window.Notification = class {
    static permission = "granted";
    constructor(title, options) { told.push(JSON.stringify([title, options])); }
    close() {}
  };
}"""
TYPE = """([fields, mark]) => {
  const there = [...document.querySelectorAll(fields)].filter((one) => one.checkVisibility() && !one.disabled && !one.readOnly);
  window.typed = there.map((one) => [one, one.value]);
  for (const one of there) {
    one.value = one.maxLength > 0 ? mark.slice(0, one.maxLength) : mark;
    one.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return there.length;
}"""
TAKE_BACK = """() => {
  for (const [one, value] of window.typed ?? []) {
    one.value = value;
    one.dispatchEvent(new Event("input", { bubbles: true }));
  }
}"""
KEPT = """async () => JSON.stringify([
  { ...localStorage }, { ...sessionStorage }, document.cookie, window.name, history.state, document.title, window.told ?? [],
  await indexedDB.databases(), await caches.keys(), (await navigator.serviceWorker.getRegistrations()).length,
])"""
# Fields of whose texts a browser keeps a list; a sign-in's own are its password manager's.
OFFERED = """(fields) => [...document.querySelectorAll(fields)]
  .filter((one) => !["off", "username", "one-time-code"].includes(one.autocomplete || one.form?.autocomplete))
  .map((one) => one.outerHTML.slice(0, 120))"""


def words(case: FewCases) -> re.Pattern[str]:
    """All that a case tells of people, her device, where it is, and what was typed."""
    told = [
        case.case.number,
        case.case.victim.name,
        "Fictief",
        "1-ABC-000",
        "hunting rifle",
        "tulip",
        *case.case.devices,
    ]
    return re.compile("|".join([*map(re.escape, told), r"AMR-\d{5}", "Zwaluwnest"]), re.IGNORECASE)


class Watch:
    """Notes what of a person passes where it must not."""

    def __init__(self, personal: re.Pattern[str], url: str) -> None:
        self.personal, self.url = personal, url
        self.found: list[str] = []
        self.answers = self.typed = 0

    def look(self, where: str, text: str) -> None:
        """Note each name in it; where a browser is asked or remembers, each position too."""
        self.found += [f"{where}: {at.group()}" for at in PLACE.finditer(text) if not where.startswith("on the disk")]
        self.found += [
            f"{where}: {text[max(0, at.start() - 40) : at.end() + 40]}" for at in self.personal.finditer(text)
        ]

    async def follow(self, context: BrowserContext) -> None:
        """All pages of a browser from now on."""
        context.on("console", lambda said: self.look("console", said.text))
        context.on("request", lambda asked: self.look("address", unquote_plus(asked.url)))
        context.on("response", self.answered)
        await context.add_init_script(f"({TOLD})()")

    def answered(self, response: Response) -> None:
        """Whatever may hold something of a person is kept by nobody on the way."""
        path = urlsplit(response.url).path
        if not response.url.startswith(self.url) or re.match(r"/(assets|static)/|/favicon\.ico", path):
            return
        self.answers += 1
        headers = response.headers
        if headers.get("cache-control") != "no-store":
            self.found.append(f"kept on the way: {path} {headers.get('cache-control')}")
        for name in ("location", "content-disposition", "etag"):
            self.look(f"header {name}", unquote_plus(headers.get(name, "")))

    async def type_into(self, name: str, page: Page, *, take_back: bool) -> None:
        """Type into every field of a page, and search what is kept then."""
        self.typed += await page.evaluate(TYPE, [TEXTS, MARK])
        await page.wait_for_timeout(350)  # a draft that is kept is kept by now
        self.look(f"{name}, kept", await page.evaluate(KEPT))
        self.look(f"{name}, cookies", str(await page.context.cookies()))
        self.look(f"{name}, address", unquote_plus(page.url))
        self.found += [f"{name}, offered to the next: {one}" for one in await page.evaluate(OFFERED, TEXTS)]
        if take_back:
            await page.evaluate(TAKE_BACK)

    def search(self, profile: Path) -> None:
        """All that a browser left on the disk when it ended."""
        read = False
        for file in sorted(profile.rglob("*")):
            if file.is_file() and not file.is_symlink():
                raw = file.read_bytes()
                for form in (
                    raw.decode("latin-1"),
                    raw.decode("utf-16-le", "ignore"),
                    raw[1:].decode("utf-16-le", "ignore"),
                ):
                    self.look(f"on the disk, {file.relative_to(profile)}", form)
                    read |= urlsplit(self.url).netloc in form
        assert read, "the profile does not even say which desk was looked at: nothing of it was read"
        assert not self.found, "\n".join(sorted(set(self.found)))
        assert self.typed and self.answers > 3
