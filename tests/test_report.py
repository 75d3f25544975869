"""The report: one page, for people who never ran the tool."""

from __future__ import annotations

import re
import shutil
import subprocess
from base64 import b64decode
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

import verifsim as vs
from tests.conftest import SMALL_WORLD
from tests.test_study import LIVELY
from verifsim.cli import main
from verifsim.comparison.sentences import as_told
from verifsim.errors import OutputError, UsageError
from verifsim.plots import kinds
from verifsim.plots.kinds import KINDS, Kind, Of
from verifsim.report import figures, html
from verifsim.report.tables import linked

EMPTY = {"meta", "img", "link", "br", "hr", "input"}
"""Tags that are never closed."""

HOSTILE = "<script>alert(1)</script> & \"two\" 'quotes' ${{ 7 * 7 }}$ \\frac{ שלום ü"

ALARMS = """
watching: {false_alarm: 0.02}
doctrines: {mirror: {believes_above: 0.05}}
ensemble: {runs: 40}
"""


class Page(HTMLParser):
    """A page that is read tag by tag, with what is wrong in it."""

    def __init__(self, text):
        super().__init__()
        self.open, self.problems, self.tags, self.texts = [], [], [], []
        self.feed(text)
        self.problems += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> in line {self.getpos()[0]} closes nothing that is open")

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.texts.append(data)

    @property
    def text(self):
        return " ".join("".join(self.texts).split())

    def all(self, *tags):
        return [attributes for tag, attributes in self.tags if tag in tags]


def written(folder, changes=ALARMS, name="many"):
    (folder / "small.yaml").write_text(SMALL_WORLD, encoding="utf-8")
    path = folder / f"{name}.yaml"
    path.write_text(f"extends: small.yaml\n{changes}", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two scenarios, with many false alarms and with few."""
    folder = tmp_path_factory.mktemp("scenarios")
    written(folder)
    written(folder, ALARMS.replace("0.02", "0.005"), "few")
    return folder


@pytest.fixture(scope="module")
def studies(folder):
    return vs.run(folder / "many.yaml"), vs.run(folder / "few.yaml")


@pytest.fixture(scope="module")
def text(studies):
    """The page that compares the two."""
    return html(*studies)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


@pytest.fixture(scope="module")
def alone(studies):
    """The page of the first alone."""
    return Page(html(studies[0]))


@pytest.fixture
def here(tmp_path, folder):
    """An empty folder to work in, with the two scenarios."""
    for name in ("small", "many", "few"):
        shutil.copy(folder / f"{name}.yaml", tmp_path)
    return tmp_path


@pytest.fixture
def undrawn(monkeypatch):
    """Pages without pictures, for what has nothing to do with them."""
    monkeypatch.setattr(figures, "KINDS", {})


@pytest.fixture
def call(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as left:
            main(list(map(str, arguments)))
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return call


# What the page is


def test_every_tag_is_closed_and_every_id_is_there_once_and_every_link_leads_somewhere(page):
    ids = Counter(attributes["id"] for _, attributes in page.tags if "id" in attributes)
    targets = {attributes["href"] for attributes in page.all("a")}
    assert page.problems == []
    assert [name for name, n in ids.items() if n > 1] == []
    assert [target for target in targets if target.removeprefix("#") not in ids] == []


def test_nothing_is_loaded_from_anywhere_and_no_script_is_run(page, text):
    assert page.all("script", "link", "iframe", "object", "embed", "base") == []
    assert all(image["src"].startswith("data:image/") for image in page.all("img"))
    assert not re.search(r"url\(|@import|\bon[a-z]+=", text)
    policy = next(meta["content"] for meta in page.all("meta") if "http-equiv" in meta)
    assert policy.startswith("default-src 'none'")


def test_it_can_be_read_by_those_who_do_not_see_it(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    assert page.all("html") == [{"lang": "en"}]
    assert all(image["alt"] for image in page.all("img"))
    assert all(head["scope"] for head in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table")) >= 2
    assert len(page.all("figure")) == len(page.all("img")) == len(page.all("figcaption"))


def test_it_says_all_that_a_reader_needs_in_this_order(page):
    wanted = (
        "What was compared",
        "How few differs from many",
        "What was found",
        "Pictures",
        "The numbers",
        "What it rests on",
        "What it does not say",
        "How to get it again",
    )
    body = page.text.partition("How to get it again")[2]  # behind the contents
    places = [body.index(words) for words in wanted]
    assert places == sorted(places)


@pytest.mark.slow
def test_the_same_results_give_the_same_page(studies, text):
    assert html(*studies) == text


# What it says


def test_it_says_what_the_comparison_says_and_what_each_study_says(studies, page):
    said = [*vs.compare(*studies).sentences(), *(s for study in studies for s in study.sentences())]
    assert [sentence for sentence in said if sentence not in page.text] == []


def test_what_differs_is_told_as_verifsim_differences_tells_it(page, folder):
    (difference,) = vs.differences(folder / "few.yaml", folder / "many.yaml")
    assert "watching.false_alarm: 0.005 instead of 0.02" in str(difference)
    for line in str(difference).splitlines():
        assert line.strip() in page.text
    assert "0.02 (many); 0.005 (few)" in page.text


def test_the_table_has_every_outcome_of_the_comparison_with_both_intervals(studies, page):
    rows = vs.compare(*studies).table().xs("few")
    for outcome, row in rows.iterrows():
        told = as_told(row)
        of_outcome = page.text.partition(f" {outcome} many ")[2].partition("few")[2][:90]
        assert f" {told['difference']} {told['95 % interval']} {told['better in']}".rstrip() in of_outcome, (
            outcome
        )


def test_a_share_has_wilsons_interval_and_a_mean_students(studies, alone):
    study, text = studies[0], alone.text
    held = study.outcomes["nobody_deployed.north"]
    n, k, z = len(held), held.sum(), 1.959964
    centre, half = (k + z**2 / 2) / (n + z**2), z / (n + z**2) * (k * (n - k) / n + z**2 / 4) ** 0.5
    assert f"{100 * (centre - half):.0f} to {100 * (centre + half):.0f}" in text
    months = study.outcomes["months_without_deployment.north"]
    half = 2.0226909 * months.std() / 40**0.5  # Student's t with 39 degrees of freedom
    assert f"{months.mean() - half:.1f} to {months.mean() + half:.1f}" in text


def test_names_of_outcomes_lead_to_their_rows_but_not_inside_longer_names():
    pieces = linked("few: peak_rung is 2; peak_rungs, peak_rung.", ["peak_rung"])
    assert "".join(text for text, _ in pieces) == "few: peak_rung is 2; peak_rungs, peak_rung."
    assert [text for text, name in pieces if name] == ["peak_rung", "peak_rung"]


def test_a_report_of_one_scenario_speaks_of_it_alone(studies, alone):
    assert alone.text.startswith("a small world")
    assert all(sentence in alone.text for sentence in studies[0].sentences())
    assert "compared" not in alone.text
    assert "the reference" not in alone.text
    assert "What was simulated" in alone.text


def test_numbers_carry_their_range_their_unit_and_the_source_in_full(tmp_path, undrawn):
    path = tmp_path / "lively.yaml"
    path.write_text(LIVELY, encoding="utf-8")
    text = Page(html(vs.run(path))).text
    assert re.search(
        r"doctrines\.mirror\.patience Chance that .* 0\.3 chance a month 0\.1 to 0\.5 guess ", text
    )
    assert "guess a guess" in text
    assert "watching.battery_seen" in text
    assert re.search(r"gives \d+ numbers: 1 with a source, 0 marked as assumptions", text)


def test_where_numbers_vary_those_that_matter_are_named_and_the_limits_say_so(write, undrawn):
    scenario = """
    watching: {false_alarm: {value: 0.01, range: [0.0, 0.05], source: assumption}}
    doctrines: {mirror: {believes_above: 0.05}}
    ensemble: {runs: 300, vary: yes}
    """
    text = Page(html(vs.run(write(scenario)))).text
    assert "Numbers that move the first outcome beyond chance" in text
    assert "Numbers were drawn from ranges" in text
    assert "Every world here has the stated numbers" not in text


def test_the_runs_are_those_that_all_have(studies, undrawn):
    many, few = studies
    fewer = vs.Study(few.ds.isel(run=slice(0, 30)))
    text = Page(html(many, fewer)).text
    assert "Compared over the 30 runs that all have" in text
    assert text.count("30 worlds, January 2020 to") == 2
    assert "40 worlds" not in text


@pytest.mark.slow
def test_what_the_page_says_to_type_gives_the_same_page(call, studies, undrawn):
    for study in studies:
        study.save(study.name, plot=False)
    assert call("report", "many", "few")[0] == 0
    text = Path("report.html").read_text(encoding="utf-8")
    (command,) = re.findall(r"<pre><code>(verifsim compare .*)</code></pre>", text)
    files = re.findall(
        r"<summary><code>(\w+\.yaml)</code></summary>\n<pre><code>(.*?)</code></pre>", text, re.DOTALL
    )
    assert [name for name, _ in files] == ["many.yaml", "few.yaml"]
    for name, body in files:
        Path(name).write_text(unescape(body), encoding="utf-8")
    assert call(*command.split()[1:])[0] == 0
    assert Path("results/comparison/report.html").read_text(encoding="utf-8") == text


# What nobody should be able to do to it


@pytest.mark.slow
def test_what_a_scenario_says_never_becomes_part_of_the_page_itself(write):
    quoted = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    changes = f"""
    title: "{quoted}"
    question: "{quoted}"
    regions: {{north: {{title: "{quoted}"}}}}
    parties: {{red: {{title: "{quoted}"}}}}
    ensemble: {{runs: 5}}
    """
    study, other = vs.run(write(changes)), vs.run(write("ensemble: {runs: 5}", name="other"))
    for text in (html(study), html(study, other), html(study, title=HOSTILE)):
        page = Page(text)
        assert page.problems == []
        assert page.all("script") == []
        assert page.text.count(" ".join(HOSTILE.split())) >= 2
        assert "49" not in page.text[:200]


# Pictures


def test_every_kind_is_drawn_of_all_or_of_each_or_named_as_left_out(page, alone):
    for kind in KINDS.values():
        shows = kind.shows[0].upper() + kind.shows[1:] + (" in the world" if kind.of_world else "")
        said = (
            f"{kind.name} (" in page.text,
            f"{shows}: many, few." in page.text,
            f"{shows}: few." in page.text,
        )
        assert said in ((True, False, False), (False, kind.of is not Of.ONE, kind.of is Of.ONE)), kind.name
        if kind.of is Of.PAIRS:
            assert shows not in alone.text
    assert page.all("img")


def refuses(results, ax=None):
    raise UsageError("many has no <visits>")


def test_a_kind_that_results_have_not_is_left_out_and_that_is_said(studies, monkeypatch):
    kind = Kind("visits", refuses, Of.ONE, "visits month by month")
    monkeypatch.setattr(figures, "KINDS", {"visits": kind})
    page = Page(html(studies[0]))
    assert "visits (many has no <visits>)" in page.text
    assert "Visits month by month" not in page.text


@pytest.mark.parametrize("of", list(Of))
def test_a_new_kind_needs_only_to_be_listed(studies, of, monkeypatch):
    drawn = []

    def draw(*results, ax=None):
        drawn.append(results)
        ax = kinds.Picture((3.0, 2.0)).add_subplot() if ax is None else ax
        ax.plot([1, 2])
        return ax

    monkeypatch.setattr(figures, "KINDS", {"new": Kind("new", draw, of, "what is new")})
    page = Page(html(*studies))
    assert len(page.all("img")) == (2 if of is Of.ONE else 1)
    assert [len(results) for results in drawn] == {Of.ONE: [1, 1], Of.SEVERAL: [2], Of.PAIRS: [1]}[of]
    assert "What is new: many" in page.text


def test_pictures_are_lines_unless_these_are_too_many(studies, alone, monkeypatch):
    image = alone.all("img")[0]
    assert b"<svg" in b64decode(image["src"].partition("base64,")[2])
    monkeypatch.setattr(figures, "LARGEST", 1000)
    monkeypatch.setattr(figures, "KINDS", dict([next(iter(KINDS.items()))]))
    image = Page(html(studies[0])).all("img")[0]
    assert b64decode(image["src"].partition("base64,")[2]).startswith(b"\x89PNG")


# What cannot be reported


def test_a_single_run_can_be_reported(write, undrawn):
    assert Page(html(vs.run(write("ensemble: {runs: 1}")))).problems == []
    assert "run 17 alone" in Page(html(vs.run(write(ALARMS), only_run=17))).text


def test_a_scenario_that_cannot_be_read_here_is_reported_without_its_numbers(studies, undrawn):
    many, few = studies
    needs = few.ds.attrs["scenario"].replace("kind: mirror", "kind: my_own")
    unknown = vs.Study(few.ds.assign_attrs(scenario=needs))
    text = Page(html(many, unknown)).text
    assert "cannot be read here: few:" in text
    assert "no doctrine 'my_own'" in text or "my_own" in text
    assert "are not listed" in Page(html(unknown)).text


def test_a_comparison_that_kept_its_results_can_be_reported_and_no_other(studies, tmp_path, undrawn):
    kept = vs.compare(*studies, keep_results=True)
    vs.write_report(tmp_path / "kept.html", kept)
    assert (tmp_path / "kept.html").read_text(encoding="utf-8") == html(*studies)
    with pytest.raises(UsageError, match="keep_results=True"):
        html(vs.compare(*studies))
    with pytest.raises(UsageError, match="is with 'many'"):
        html(kept, reference="few")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["none"], 1, "no results here"),
        (["many.yaml"], 2, "'verifsim run' it first"),
        (["kept", "kept", "--reference", "man"], 2, "did you mean 'many'?"),
        (["kept", "--reference", "few"], 2, "no scenario 'few'"),
        (["kept", "-o", "report.pdf"], 2, "ends in .html"),
        (["kept", "-o", "folder.html"], 1, "is a folder"),
        (["kept", "-o", "many.yaml/report.html"], 1, "cannot be written"),
        ([], 2, "Missing argument"),
    ],
)
def test_what_cannot_be_reported_is_a_sentence_and_leaves_nothing(arguments, code, said, call, studies, here):
    studies[0].save(here / "kept", plot=False)
    (here / "folder.html").mkdir()
    before = sorted(here.rglob("*"))
    found = call("report", *arguments)
    assert found[0] == code
    assert said in found[2]
    assert "Traceback" not in found[2]
    assert sorted(here.rglob("*")) == before


def test_the_command_line_writes_a_page_and_says_where(call, studies, undrawn):
    for study in studies:
        study.save(study.name, plot=False)
    code, out, err = call(
        "report", "few", "many", "--reference", "many", "--title", "Does it <last>?", "-o", "a/b.html"
    )
    assert (code, out, err) == (0, "A report for any browser: a/b.html\n", "")
    assert Path("a/b.html").read_text(encoding="utf-8") == html(*studies, title="Does it <last>?")


def test_a_comparison_writes_a_report_if_asked_and_takes_away_an_older_one(call, studies, here, undrawn):
    written = here / "results" / "comparison" / "report.html"
    assert call("compare", "many.yaml", "few.yaml", "--report", "-q") == (0, "", "")
    assert written.read_text(encoding="utf-8") == html(*studies)
    assert call("compare", "many.yaml", "few.yaml", "-q") == (0, "", "")
    assert not written.exists()


def test_a_comparison_that_grew_is_reported_with_its_precision(call, here, undrawn):
    options = ("--until", "nobody_deployed.north=0.05", "--most-runs", 500, "--report", "-q")
    assert call("compare", "many.yaml", "few.yaml", *options)[0] == 0
    text = Page((here / "results" / "comparison" / "report.html").read_text(encoding="utf-8")).text
    assert "500 runs were simulated" in text


# In a browser

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no Chromium to look at the page with")
def test_a_browser_shows_and_prints_the_page_without_a_complaint(studies, tmp_path):
    vs.write_report(tmp_path / "report.html", *studies)
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0")
    page = (tmp_path / "report.html").as_uri()
    for width in (1100, 500):
        picture = tmp_path / f"{width}.png"
        shown = _do(BROWSER, *options, f"--screenshot={picture}", f"--window-size={width},3000", page)
        assert picture.stat().st_size > 20_000
        assert "CONSOLE" not in shown.stderr
    _do(BROWSER, *options, f"--print-to-pdf={tmp_path / 'report.pdf'}", page)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def _do(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)


def test_no_page_was_left_behind_by_an_error_in_the_middle(studies, tmp_path, monkeypatch):
    def fails(*arguments, **options):
        raise OutputError("the disk is full")

    monkeypatch.setattr("verifsim.report.page.figures", fails)
    with pytest.raises(OutputError):
        vs.write_report(tmp_path / "new" / "report.html", *studies)
    assert not (tmp_path / "new").exists()
