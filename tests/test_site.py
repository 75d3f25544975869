"""The site: it has every page, builds without a warning, and loads nothing from elsewhere."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

import verifsim
from verifsim import plots, testing

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FIRST = (DOCS / "index.md").read_text(encoding="utf-8")
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
"""What a browser fetches by itself, and where it says from where."""


def _named() -> list[str]:
    """The pages that the menu names, or patterns of them, from the folder ``docs``."""
    menus = re.findall(r"^```\{toctree\}\n(.*?)^```$", FIRST, re.DOTALL | re.MULTILINE)
    lines = [line for line in chain(*map(str.splitlines, menus)) if line and not line.startswith(":")]
    return [match[1] if (match := re.search(r"<(.+)>", line)) else line for line in lines]


def _pages() -> list[str]:
    """The pages and notebooks there are, as the menu names them."""
    files = [*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *ROOT.glob("notebooks/*.ipynb")]
    paths = [Path(os.path.relpath(path.with_suffix(""), DOCS)).as_posix() for path in files]
    return [path for path in paths if path != "index"]


# Without building it


def test_the_menu_has_every_page_once() -> None:
    named = _named()
    assert [page for page in _pages() if sum(fnmatchcase(page, name) for name in named) != 1] == []


def test_the_page_on_python_has_every_public_name() -> None:
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    said = re.findall(r"^\.\. auto\w+:: ([\w.]+)$", page, re.MULTILINE)
    public = [f"verifsim.{name}" for name in verifsim.__all__]
    assert [name for name in public if name not in said] == []
    assert {plots.__name__, testing.__name__} <= set(said)


# Built


class _Page(HTMLParser):
    """What a page loads, where its links lead, and what they can lead to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attributes}
        self.anchors.add(said.get("id", ""))
        if tag in LOADED:
            self.loads.append(said.get(LOADED[tag], ""))
        if tag == "a":
            self.links.append(said.get("href", ""))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site; a warning is an error."""
    for needed in ("sphinx", "furo", "myst_nb"):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"no {needed}: pip install -e '.[docs]'")
    folder = tmp_path_factory.mktemp("site")
    options = ["-q", "-W", "-c", DOCS, "-d", folder / "kept"]
    command = [sys.executable, "-m", "sphinx", *options, ROOT, folder / "site"]
    built = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, "")
    return folder / "site"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, _Page]:
    """All pages of the site, by their paths."""
    return {path: _Page(path) for path in site.rglob("*.html")}


def _is_elsewhere(address: str) -> bool:
    return re.match(r"(?:[a-z]+:)?//", address) is not None


@pytest.mark.slow
def test_the_site_loads_nothing_from_elsewhere(site: Path, pages: dict[Path, _Page]) -> None:
    assert [address for page in pages.values() for address in page.loads if _is_elsewhere(address)] == []
    styles = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    assert styles
    addresses = re.findall(r"""(?:url\(|@import(?!\s*url))\s*["']?([^"')]*)""", "\n".join(styles))
    assert [address for address in addresses if _is_elsewhere(address)] == []


@pytest.mark.slow
def test_every_link_of_the_site_leads_somewhere(pages: dict[Path, _Page]) -> None:
    astray = []
    for path, page in pages.items():
        for link in (link for link in page.links if not re.match(r"https?:|mailto:", link)):
            where, anchor = urldefrag(unquote(link))
            to = (path.parent / where).resolve() if where else path
            if not to.is_file() or (anchor and to in pages and anchor not in pages[to].anchors):
                astray.append((path.name, link))
    assert astray == []


@pytest.mark.slow
def test_no_page_is_offered_as_a_file(site: Path) -> None:
    offered = [path for path in (site / "_downloads").rglob("*") if path.is_file()]
    assert "baseline.yaml" in {path.name for path in offered}
    assert [path for path in offered if path.suffix in (".md", ".ipynb")] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [path.stem for path in sorted(ROOT.glob("notebooks/*.ipynb"))])
def test_a_notebook_is_shown_with_its_pictures(name: str, pages: dict[Path, _Page]) -> None:
    cells = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    (page,) = [page for path, page in pages.items() if path.stem == name]
    shown = [address for address in page.loads if "_images/" in address]
    assert len(shown) == sum("image/png" in output.get("data", {}) for output in outputs) > 0
