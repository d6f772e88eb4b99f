"""The pages: every address answers, every twin parses, nothing hostile gets through."""

import csv
import io
import json
import re
import time
from pathlib import Path

import pytest

from rehabgraph.graph.errors import OutputError
from rehabgraph.graph.store import open_memory
from rehabgraph.ontology import DATA, METADATA, PREFIXES
from rehabgraph.queries.catalogue import question_files
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.reports import REPORTS
from rehabgraph.views.pictures import VIEWS
from rehabgraph.views.site.build import build_site
from rehabgraph.views.site.check import check_site
from rehabgraph.views.site.gaps import EXPECTED
from rehabgraph.views.site.links import page_path, relative, slug
from rehabgraph.views.site.respond import get_page, respond
from rehabgraph.views.site.routes import list_pages, list_plain_files
from rehabgraph.views.site.site import Site, live_site

HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "\"quotes' & `ticks` ${x} {{ y }}",
    "\u202eمؤسسة\u202c",
    "=1+1",
    "\x07 control",
    " ",
)


@pytest.fixture(scope="session")
def hostile(tiny_quads: list[str]) -> Graph:
    """The tiny world with a hostile text for every name, remark and printed text."""
    lines = []
    for n, line in enumerate(tiny_quads):
        text = HOSTILE[n % len(HOSTILE)]
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\x07", "\\u0007")
        found = re.match(
            r'(\S+ \S+(?:[lL]abel|comment|printed|AsPrinted|definition)>) ".*"(\S*) (<\S+> \.\n)$',
            line,
        )
        lines.append(f'{found[1]} "{escaped}"{found[2]} {found[3]}' if found else line)
    return Graph(open_memory(lines))


def test_start_page_has_what_a_newcomer_needs(world: Graph) -> None:
    """Figures by hand from the announcement: 66 prices of £196,074,277 for 26 providers."""
    text = get_page(world, "/").body.decode()
    for words in ("£196,074,277", "26 providers", "110 contracts", "17.1 %", "<svg", "not in this"):
        assert words in text
    assert len(set(re.findall(r'href="question/(?!index)[^"]+', text))) == 6
    assert "What is not in the data" in text


def test_every_report_question_picture_and_text_answers(world: Graph) -> None:
    """Whatever is registered has a page, and each form of it parses."""
    stems = [f"/report/{n}" for n in REPORTS] + [f"/question/{n}" for n in question_files()]
    stems += ["/report/index", "/question/index", "/picture/index", "/list/index"]
    for stem in stems:
        page, data, rows = (get_page(world, f"{stem}.{e}") for e in ("html", "json", "csv"))
        assert (page.status, data.status, rows.status) == (200, 200, 200), stem
        assert json.loads(data.body)["title"]
        assert list(csv.reader(io.StringIO(rows.body.decode()), strict=True))
        assert page.body.decode().count("<h1>") == 1


def test_every_thing_has_a_page_and_says_where_it_stands(tiny: Graph) -> None:
    """Each thing answers at its own path, or points to the page that it stands on."""
    site = live_site(tiny)
    for path, thing in site.pages.items():
        page = respond(tiny, path)
        if page.status == 303:
            base, _, fragment = page.headers["Location"].partition("#")
            if not fragment:  # a line of a source text: the source's page holds all of them
                continue
            target = "/" + str(Path(path.removeprefix("/")).parent / base)
            follow = respond(tiny, str(Path("/") / _tidy(target))).body.decode()
            assert f'id="{fragment}"' in follow, thing
        else:
            assert page.status == 200, thing
            assert 'id="evidence"' in page.body.decode(), thing


def _tidy(path: str) -> str:
    import os.path

    return os.path.normpath(path)


def test_a_provider_page_opens_its_figures(world: Graph) -> None:
    """Ingeus: 8 priced lines of £33,585,120 in the announcement; its figure leads to `why`."""
    text = get_page(world, page_path("organisation", "ingeus")).body.decode()
    found = re.search(r'href="([^"]+)">£33,585,120', text)
    assert found
    assert "Priced lines (8)" in text
    for part in ("Areas", "When these contracts run", "Partners", "Names used", "Open questions"):
        assert f">{part}" in text
    why = get_page(world, found[1].replace("../../", "/")).body.decode()
    assert "moj-2021 L50" in why
    assert "£6,021,064" in why


def test_unknown_is_said(world: Graph) -> None:
    """A contract of a later round has no price: its page says so."""
    text = get_page(world, page_path("contract", "DN545698")).body.decode()
    assert "No price of its own is published." in text


def test_a_report_page_counts_what_it_shows(world: Graph) -> None:
    """Women's services in Wales are 2 of the 66 priced lines (moj-2021 L147, L148).

    A price is published for each of the 66, so no page may say that it is for 2 alone. The form
    says that the round is day one, not any, where none is named.
    """
    text = get_page(
        world, "/report/market-share.html?lot=womens-services&region=wales"
    ).body.decode()
    assert "2 of 66 priced lines counted whole" in text
    assert "A price is published" not in text
    assert re.search(r'<select id="f-round"[^>]*>\s*<option value="">Day one unless named<', text)
    assert "Round: day-one" in text


def test_what_a_thing_should_have_is_a_column_of_its_table(world: Graph) -> None:
    """A gap is looked for under the name that the tables give it.

    Of the eight sites one has no day of opening: Hastings (data/sites.csv).
    """
    tables = json.loads((DATA / METADATA).read_text("utf-8"))["tables"]
    columns = {c.get("propertyUrl") for t in tables for c in t["tableSchema"]["columns"]}
    for kind, expected in EXPECTED.items():
        for property_, _ in expected:
            prefix, _, name = property_.partition(":")
            assert PREFIXES[prefix] + name in columns, (kind, property_)
    assert "1 of 8 sites" in get_page(world, "/limits.html").body.decode()


def test_a_place_leads_to_its_row_on_the_page_of_the_source(world: Graph) -> None:
    """From a figure to the line that it rests on: £6,021,064 stands on line 50."""
    why = get_page(world, "/why/market-share/1.html").body.decode()
    assert 'href="../../page/source/moj-2021.html#at-L50"' in why
    award = get_page(world, "/page/award/day-one-l050.html").body.decode()
    assert 'href="../../page/source/moj-2021.html#at-L50"' in award
    source = get_page(world, "/page/source/moj-2021.html").body.decode()
    assert source.count('id="at-L50"') == 1
    assert "L50 is line 50 of the text" in source


def test_cells_say_something_once(world: Graph) -> None:
    """An empty cell is no nameless thing, and no column of ids says its neighbour again."""
    assert "(no name)" not in get_page(world, "/report/reconcile.html").body.decode()
    heads = re.findall(
        r'role="columnheader"[^>]*>([^<]+)<',
        get_page(world, "/question/who-serves-area.html").body.decode(),
    )
    assert [h.strip() for h in heads] == [
        *("Lot", "Lead provider", "Reference", "Let for", "Round"),
        *("First day", "Last day", "Last day is"),
    ]


def test_a_page_that_would_be_empty_shows_an_example(world: Graph) -> None:
    """No contract of day one ends in the twelve months from today; the page shows those of 2023."""
    text = get_page(world, "/report/expiring.html").body.decode()
    assert "This is an example" in text
    assert "PRJ_6531" in text


def test_checks_come_last_among_the_questions(world: Graph) -> None:
    """A newcomer meets questions first, and the checks that must find nothing at the end."""
    themes = re.findall(
        r'<h2 id="theme-([a-z]+)"', get_page(world, "/question/index.html").body.decode()
    )
    assert themes[0] == "holdings"
    assert themes[-1] == "checks"


def test_an_unknown_address_names_the_nearest(world: Graph) -> None:
    """A slip of the pen is answered by 404 with the name that was meant."""
    page = get_page(world, "/page/organisation/ingus")
    assert page.status == 404
    assert "organisation/ingeus.html" in page.body.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/report/market-share.html?by=nonsense",
        "/report/market-share.html?nonsense=1",
        "/report/market-share.html?lot=nonsense",
        "/report/market-share.html?as_of=yesterday",
        "/report/concentration.html?bands=/etc/passwd",
        "/report/concentration.csv?bands=pyproject.toml",
        "/report/failure.html?top=9999999999999999999",
        "/report/market-share.html?lot=" + "x" * 300,
        "/question/who-serves-area.html?area=nowhere",
        "/question/who-serves-area.html?nonsense=1",
        "/why/market-share/1.html?by=nonsense",
    ],
)
def test_bad_options_are_refused_in_one_line(world: Graph, address: str) -> None:
    """A wrong option is 400 with one line, and no file is ever opened."""
    page = get_page(world, address)
    assert page.status == 400
    text = page.body.decode()
    assert "root:" not in text
    assert "Traceback" not in text
    if page.media_type == "text/plain":
        assert text.count("\n") == 1


@pytest.mark.parametrize(
    "path",
    ["/page/../../etc/passwd", "/download/table/../../cli.py", "/%2e%2e/%2e%2e/etc/passwd", "//",
     "/why/market-share/0.html", "/why/market-share/99999.html", "/why/market-share/x.html",
     "/view/nothing.html", "/list/contracts/lot/nothing.html", "/" + "a" * 5000, "/\x00"],
)  # fmt: skip
def test_strange_paths_are_not_found(world: Graph, path: str) -> None:
    """A path that is no page is 404, whatever it is made of."""
    assert respond(world, path).status in (303, 404)


def test_options_change_the_answer_and_its_evidence(world: Graph) -> None:
    """The form's options reach the report, and its rows lead to evidence under the same options.

    Accommodation: 11 priced lines, Seetec the largest, as README's first example has it.
    """
    text = get_page(world, "/report/market-share.html?lot=accommodation").body.decode()
    link = re.search(r'href="\.\./(why/market-share/1\.html\?lot=accommodation)"', text)
    assert link
    assert "Seetec" in get_page(world, "/" + link[1]).body.decode()


@pytest.mark.parametrize(
    ("accept", "media"),
    [(None, "text/html"), ("application/json", "application/json"),
     ("text/csv, text/html;q=0.5", "text/csv"), ("image/png", "text/html")],
)  # fmt: skip
def test_an_address_without_ending_is_negotiated(tiny: Graph, accept: str, media: str) -> None:
    """The Accept header chooses the form; a person always gets a page."""
    assert respond(tiny, "/page/region/eastmark", {}, accept).media_type == media


def test_hostile_names_are_harmless_text(hostile: Graph) -> None:
    """No name becomes markup, on any page of a world made of hostile names."""
    site = Site(hostile, live=False)
    stems = [s for s in list_pages(site) if not s.startswith("/question/")]
    for stem in stems:
        page = respond(hostile, f"{stem}.html")
        text = page.body.decode()
        assert page.status == 200, stem
        assert "<img src=x" not in text
        assert "onerror=alert(1)>" not in text.replace("&gt;", "")
        assert "\x07" not in text
    for path in ("/search.html?q=%3Cscript%3Ealert(1)%3C/script%3E", "/page/x/%3Cimg%20src=x%3E"):
        assert "<script>alert" not in get_page(hostile, path).body.decode()
        assert "<img" not in get_page(hostile, path).body.decode()
    assert "<" not in respond(hostile, "/assets/names.js").body.decode()


def test_hostile_ids_stay_in_their_folder() -> None:
    """An id that is no harmless file name becomes a hash; two ids do not meet."""
    for id_ in ("../x", "a/b", "", ".", "..", "con", "NUL.txt", "a b", "é", "x-0", "a" * 400):
        assert re.fullmatch(r"x-[0-9a-f]{16}", slug(id_)), id_
    assert slug("PRJ_5809") == "PRJ_5809"
    assert relative("/a/b.html#c", "page/region/wales") == "../../a/b.html#c"


def test_the_built_site_is_sound(built: Path) -> None:
    """Every link and fragment resolves, twins are there, nothing is too large."""
    assert check_site(built) == []


def test_two_builds_are_equal(tiny: Graph, tmp_path: Path) -> None:
    """The same graph gives the same bytes, and building again clears what is left over."""
    for name in ("a", "b"):
        build_site(tiny, tmp_path / name)
    (tmp_path / "b" / "page" / "old.html").write_text("old")
    build_site(tiny, tmp_path / "b")
    first, second = (
        {
            p.relative_to(tmp_path / n): p.read_bytes()
            for p in (tmp_path / n).rglob("*")
            if p.is_file()
        }
        for n in ("a", "b")
    )
    assert first == second
    assert check_site(tmp_path / "a") == []


def test_a_foreign_folder_is_left_alone(tiny: Graph, tmp_path: Path) -> None:
    """A folder that holds something else is refused."""
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds something else"):
        build_site(tiny, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["letters.txt"]


def test_check_finds_what_is_broken(tiny: Graph, tmp_path: Path) -> None:
    """A missing page, a missing place, a twin that is gone and an id twice: a line each."""
    build_site(tiny, tmp_path / "s")
    page = tmp_path / "s" / "method.html"
    text = page.read_text(encoding="utf-8")
    broken = '<p id="main"><a href="none.html">a</a><a href="limits.html#none">b</a></p></main>'
    page.write_text(text.replace("</main>", broken), encoding="utf-8")
    (tmp_path / "s" / "method.csv").unlink()
    problems = check_site(tmp_path / "s")
    for words in ("none.html: leads to nothing", "#none: there is no such place",
                  "has no twin method.csv", "the id 'main' more than once"):  # fmt: skip
        assert any(words in p for p in problems), words


def test_no_page_runs_or_asks_for_anything_foreign(built: Path) -> None:
    """No inline script or style, no address of another host but in links, on any page."""
    for path in built.rglob("*.html"):
        if path.parent.name != "view":
            text = path.read_text(encoding="utf-8")
            assert "<style" not in text
            assert not re.search(r"<script(?![^>]*src=)", text)
            assert not re.search(r"\sstyle=|\son\w+=", re.sub(r">[^<]*<", "><", text)), path
            assert not re.search(r'(src|action|<link[^>]*href)="(https?:)?//', text), path


def test_plain_files_have_no_forms_that_need_a_server(built: Path) -> None:
    """The only form of the plain files is the search, which a script answers."""
    for path in built.rglob("*.html"):
        if path.parent.name != "view":
            for form in re.findall(r"<form[^>]*>", path.read_text(encoding="utf-8")):
                assert "search.html" in form, path


def test_pages_come_quickly(world: Graph) -> None:
    """A warm page costs well under a second of work, however busy the machine is."""
    paths = ["/", "/page/organisation/ingeus.html", "/report/market-share.html", "/list/contracts"]
    for path in paths:
        respond(world, path)
        start = time.process_time()
        respond(world, path)
        assert time.process_time() - start < 1, path


def test_files_are_handed_out(world: Graph) -> None:
    """Style, script, names, tables, terms and pictures come with their types."""
    assert all(respond(world, path).status == 200 for path in list_plain_files())
    assert respond(world, "/download/ontology/rehab.ttl").media_type == "text/turtle"
    for name in VIEWS:
        page = respond(world, f"/view/{name}.html")
        assert "script-src" in page.headers["Content-Security-Policy"]


def test_the_command_prints_one_page(cli) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """`serve --get` and `site get` print the same; a missing page exits with 1."""
    first = cli("serve", "--get", "/report/market-share.csv")
    second = cli("site", "get", "/report/market-share.csv")
    assert first.exit_code == second.exit_code == 0
    assert first.stdout_bytes == second.stdout_bytes
    assert cli("site", "get", "/nothing-here").exit_code == 1
