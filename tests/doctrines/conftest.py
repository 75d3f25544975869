"""Packages that offer doctrines, as an installer leaves them: made up, and gone after the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from verifsim.doctrines.plugins import GROUP, installed

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a package of one module that offers doctrines: name, its code, entry points by kind."""

    def install(package: str, code: str, **offers: str) -> None:
        folder = tmp_path / "site" / package
        info = folder / f"{package}-1.2.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n", encoding="utf-8"
        )
        lines = [f"{kind} = {package}:{name}" for kind, name in offers.items()]
        (info / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *lines]), encoding="utf-8")
        (folder / f"{package}.py").write_text(dedent(code), encoding="utf-8")
        monkeypatch.syspath_prepend(folder)
        installed.cache_clear()

    yield install
    monkeypatch.undo()
    installed.cache_clear()
