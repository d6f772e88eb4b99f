"""The command: help with examples, mistakes in one line, and nothing heavy before it is needed."""

import csv
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import Result

from rehabgraph import __version__
from rehabgraph.cli import main
from rehabgraph.ontology import DATA
from rehabgraph.queries.catalogue import question_files
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.reports import REPORTS

Cli = Callable[..., Result]
Shell = Callable[..., "subprocess.CompletedProcess[bytes]"]
HEAVY = {"rdflib", "networkx", "pyvis", "pyshacl", "csvw", "scipy", "jinja2", "numpy", "rapidfuzz"}


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every command that does something."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


COMMANDS = list(commands(main))


def test_the_bare_command_greets(cli: Cli) -> None:
    """Without arguments: the version and four commands to try, each of which works."""
    result = cli()
    assert result.exit_code == 0
    assert __version__ in result.stdout
    tries = [line.split("  ")[1] for line in result.stdout.splitlines() if line.startswith("  reh")]
    assert len(tries) == 4


def test_the_four_commands_work(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the greeting shows can be typed as it stands."""
    monkeypatch.chdir(tmp_path)
    for args in (
        ("report", "market-share"),
        ("why", "market-share", "Ingeus"),
        ("query", "who-serves-area", "-p", "area=Kent"),
        ("view", "matrix", "-o", "matrix.html"),
    ):
        assert " ".join(("rehabgraph", *args)) in cli().stdout
        result = cli(*args)
        assert result.exit_code == 0, result.stderr
    assert (tmp_path / "matrix.html").stat().st_size > 1000


def test_help_lists_every_command(cli: Cli) -> None:
    """`--help` names each command with one line."""
    text = cli("--help").stdout
    for path in COMMANDS:
        command = main.get_command(click.Context(main), path[0])
        if command is not None and not command.hidden:
            assert f"\n  {path[0]} " in text, path


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_help_has_an_example(path: tuple[str, ...], cli: Cli) -> None:
    """Each command's help says what it does and shows a real invocation of it."""
    result = cli(*path, "--help")
    assert result.exit_code == 0
    body = result.stdout.split("Options:")[0]
    words = [word for line in body.splitlines()[1:] for word in [line.strip()]]
    assert any(word.startswith("rehabgraph ") and path[-1] in word for word in words), body


def test_version(cli: Cli) -> None:
    """`--version` says the one version."""
    assert cli("--version").stdout.strip().endswith(__version__)


MISTAKES: list[tuple[tuple[str, ...], int, tuple[str, ...]]] = [
    (("nonsense",), 2, ("nonsense",)),
    (("report", "--colour"), 2, ("--colour",)),
    (("report", "market-shares"), 1, ("'market-shares'", "market-share")),
    (("report", "market-share", "--by", "colour"), 1, ("provider, group",)),
    (("report", "market-share", "--lot", "acomodation"), 1, ("lot", "Accommodation")),
    (("report", "market-share", "--region", "Yorkshre"), 1, ("region", "Yorkshire")),
    (("report", "market-share", "--area", "Nowhere at all"), 1, ("area",)),
    (("report", "market-share", "--provider", "Inguess"), 1, ("Ingeus",)),
    (("report", "market-share", "--kind", "choir"), 1, ("organisation-kind",)),
    (("report", "market-share", "--round", "day-two"), 1, ("round",)),
    (("report", "market-share", "--as-of", "yesterday"), 1, ("2023-07-01",)),
    (("report", "market-share", "--as-of", "2021-02-30"), 1, ("2023-07-01",)),
    (("report", "market-share", "--as-of", "1999-01-01"), 1, ("--as-of",)),
    (("report", "market-share", "--format", "pdf"), 2, ("pdf",)),
    (("report", "market-share", "-o", "out.pdf"), 1, (".pdf", "--format")),
    (("report", "market-share", "-o", "/dev/null/out.csv"), 1, ("/dev/null/out.csv",)),
    (("why", "market-share", "Nobody"), 1, ("'Nobody'",)),
    (("why", "market-share"), 2, ("ROW",)),
    (("query", "value-by-lots"), 1, ("value-by-lot",)),
    (("query", "value-by-lot", "-p", "region"), 2, ("KEY=VALUE",)),
    (("query", "value-by-lot", "-p", "=x"), 2, ("KEY=VALUE",)),
    (("query", "value-by-lot", "-p", "colour=red"), 1, ("colour", "region")),
    (("query", "value-by-lot", "-p", "region="), 1, ("region",)),
    (("query", "active-on", "-p", "on=soon"), 1, ("2023-07-01",)),
    (("query", "who-serves-area"), 1, ("area", "-p area=")),
    (("query", "no-such-file.rq"), 1, ("no-such-file.rq",)),
    (("show", "Inguess"), 1, ("Ingeus",)),
    (("show",), 2, ("NAME",)),
    (("list", "cheeses"), 1, ("providers",)),
    (("find", "x", "--limit", "0"), 2, ("--limit",)),
    (("--data", "/no/such/folder", "status"), 1, ("/no/such/folder",)),
    (("--store", "/no/such/store", "status"), 1, ("/no/such/store",)),
    (("view", "sculpture"), 2, ("sculpture",)),
    (("site", "get", "/no-such-page"), 1, ("no page at /no-such-page",)),
    (("serve", "--get", "/report/market-share.html?lot=cheese"), 1, ("No lot", "did you mean")),
    (("why", "who-serves-area", "1"), 1, ("a question", "rehabgraph query who-serves-area")),
    (("report", "imported", "--of", "x"), 1, ("nothing was imported", "rehabgraph import")),
    (("--store", str(DATA), "status"), 1, (f"--data {DATA}",)),
    (("--store", "/no/such/store", "import", "list"), 1, ("no store there",)),
    (("export", "--to", "excel"), 1, ("did you mean xlsx?", "there are: turtle")),
]


@pytest.mark.parametrize(
    ("args", "code", "words"), MISTAKES, ids=[" ".join(m[0]) for m in MISTAKES]
)
def test_a_mistake_is_said_in_a_line(
    args: tuple[str, ...], code: int, words: tuple[str, ...], cli: Cli
) -> None:
    """A user's mistake: nothing on stdout, one line of error, exit code 1, or 2 for usage."""
    result = cli(*args)
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1, result.stderr
    assert "Traceback" not in result.stderr
    assert all(word in errors[0] for word in words), errors[0]
    if code == 1:
        assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "hello",
        "SELECT",
        "SELECT * {",
        "SELECT * { ?s ?p }",
        "INSERT DATA { <a:a> <a:a> <a:a> }",
        "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o FILTER(" + "(" * 5000,
        "\0",
        "\ufeffSELECT * {}",
    ],
    ids=range(12),
)
def test_a_bad_query_of_ones_own_is_one_line(text: str, cli: Cli) -> None:
    """Whatever is piped into `query -`, a mistake is one line."""
    result = cli("query", "-", stdin=text)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("Error: ")


def test_a_query_that_is_not_utf8(cli: Cli, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are refused with the mend, from a pipe and from a file."""
    raw = "SELECT * { ?s ?p '£' }".encode("latin-1")
    assert "UTF-8" in cli("query", "-", stdin=raw).stderr
    (tmp_path / "own.rq").write_bytes(raw)
    assert "UTF-8" in cli("query", str(tmp_path / "own.rq")).stderr


def test_a_query_of_ones_own(cli: Cli, tmp_path: Path) -> None:
    """From a file or a pipe, a SELECT gives a table: 12 probation regions."""
    text = "PREFIX rg: <https://w3id.org/rehabgraph/ontology#>\n"
    text += "SELECT (COUNT(*) AS ?regions) { ?r a rg:ProbationRegion }"
    (tmp_path / "own.rq").write_text(text)
    for result in (cli("query", "-", stdin=text), cli("query", str(tmp_path / "own.rq"))):
        assert result.exit_code == 0, result.stderr
        assert result.stdout.splitlines()[1].split("\t")[0] == "12"


def test_parameters_as_people_type_them(cli: Cli) -> None:
    """Case, `&` and articles make no difference: line 178 stands in this region."""
    result = cli("query", "providers-of-lot-in-region", "-p", "region=yorkshire & the humber")
    assert result.exit_code == 0, result.stderr
    assert "organisation/ingeus\tIngeus\t6671666\t1" in result.stdout
    many = cli("query", "providers-of-lot-in-region", "-p", "region=London", "-p", "region=Wales")
    regions = {line.split("\t")[0] for line in many.stdout.splitlines()[1:]}
    assert regions == {"London", "Wales"}


def test_lists_name_everything(cli: Cli) -> None:
    """`report --list` and `query --list` show every report and question, each with its line."""
    reports = cli("report", "--list").stdout.splitlines()
    assert [line.split()[0] for line in reports] == list(REPORTS)
    questions = cli("query", "--list").stdout
    for name in question_files():
        assert f"{name}" in questions


def test_a_question_in_the_list_stands_apart_from_its_name(cli: Cli) -> None:
    """Each line is a name, a gap and the question; required parameters are named after it."""
    lines = {line.split()[0]: line for line in cli("query", "--list").stdout.splitlines() if line}
    for name in question_files():
        assert lines[name].startswith(f"{name}  "), lines[name]
    assert lines["who-serves-area"].endswith("-p area, [round]")


def test_a_report_takes_the_name_it_is_about(cli: Cli) -> None:
    """`report profile NAME` is `report profile --about NAME`; other reports refuse a stray word."""
    assert cli("report", "profile", "Kent").stdout == (
        cli("report", "profile", "--about", "Kent").stdout
    )
    stray = cli("report", "market-share", "Kent")
    assert stray.exit_code == 2
    assert "'Kent'" in stray.stderr


def test_help_on_one_report_names_its_options_alone(cli: Cli) -> None:
    """`report NAME --help` leaves out what only other reports take."""
    text = cli("report", "policies", "--help").stdout
    assert "--policy" in text
    assert "--parties" not in text
    assert "--area" not in text
    assert "--parties" in cli("report", "--help").stdout


def test_a_written_file_is_confirmed(cli: Cli, tmp_path: Path) -> None:
    """A report that goes into a file says so on standard error, and nothing else."""
    target = tmp_path / "shares.csv"
    done = cli("report", "market-share", "-o", str(target))
    assert (done.stdout, done.stderr) == ("", f"Wrote {target}\n")


def test_show_prints_the_sparql(cli: Cli) -> None:
    """`query NAME --show` prints the file as it is."""
    path = question_files()["value-by-lot"]
    assert cli("query", "value-by-lot", "--show").stdout == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "jsonl", "md", "html", "xlsx"])
def test_every_form_to_a_file(form: str, cli: Cli, tmp_path: Path) -> None:
    """`-o` writes the file and nothing on stdout."""
    target = tmp_path / f"out.{form}"
    result = cli("report", "market-share", "--format", form, "-o", str(target))
    assert (result.exit_code, result.stdout) == (0, "")
    assert target.stat().st_size > 1000


def test_a_failed_answer_leaves_the_old_file(cli: Cli, tmp_path: Path) -> None:
    """When the report fails, the file of the last one is as it was."""
    target = tmp_path / "out.csv"
    target.write_text("before")
    assert cli("report", "market-share", "--lot", "cheese", "-o", str(target)).exit_code == 1
    assert target.read_text() == "before"


@pytest.mark.parametrize("name", ["award/day-one-l050", "Ingeus", "kent", "contract/PRJ_5813"])
def test_show_opens_what_is_printed(name: str, cli: Cli) -> None:
    """Names and the ids that `why` prints can be shown."""
    result = cli("show", name)
    assert result.exit_code == 0, result.stderr
    assert len(result.stdout.splitlines()) > 5


def test_find_forgives_slips(cli: Cli) -> None:
    """A search with a slip puts the thing meant first."""
    result = cli("find", "saint giles wise")
    assert result.exit_code == 0
    assert "St Giles Wise" in result.stdout


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("£6,021,064", "award/day-one-l050"),
        ("6021064", "award/day-one-l050"),
        ("2021", "round/day-one"),
    ],
)
def test_find_takes_a_sum(text: str, thing: str, cli: Cli) -> None:
    """Line 50 of the announcement prints £6,021,064; four figures are a year in a name."""
    rows = list(csv.DictReader(cli("find", text, "--format", "csv").stdout.splitlines()))
    assert rows[0]["id"] == thing


def test_status_counts(cli: Cli) -> None:
    """`status` says how much there is: 12 regions and 66 priced lines among it, and the gaps."""
    text = cli("status", "--format", "table").stdout
    assert "Greater Manchester" in text
    assert " 66" in text


def modules_after(*args: str) -> set[str]:
    """Return the top names of what a run of the command has imported."""
    code = (
        "import sys\n"
        "from rehabgraph.cli import main\n"
        f"try:\n    main({list(args)!r})\n"
        "except SystemExit:\n    pass\n"
        "print('\\n'.join(sorted({m.split('.')[0] for m in sys.modules})), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    return set(done.stderr.decode().split())


@pytest.mark.parametrize(
    "args",
    [
        ("--help",),
        (),
        ("report", "--help"),
        ("query", "--list"),
        ("report", "market-share"),
        ("query", "value-by-lot"),
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_imported(args: tuple[str, ...], world: Graph) -> None:
    """Help and a report on a built dataset pay for none of the big libraries."""
    assert world.store.size()
    modules_after(*args)  # the first run may build; the second is the one that people feel
    assert not HEAVY & modules_after(*args)


def test_help_opens_no_store(world: Graph) -> None:
    """`--help` does not even import the SPARQL engine."""
    assert world.store.size()
    assert "pyoxigraph" not in modules_after("--help")


def test_python_m_is_the_command(shell: Shell) -> None:
    """`python -m rehabgraph` is the same command."""
    done = shell("--version")
    assert done.returncode == 0
    assert __version__.encode() in done.stdout


def test_the_terminal_never_sees_a_traceback(shell: Shell) -> None:
    """In a process of its own too, a mistake is one line and exit code 1."""
    done = shell("show", "Inguess")
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == 1


def test_each_line_of_help_is_the_commands_own() -> None:
    """The table of commands says of each what the command says of itself; docs alone is hidden."""
    from rehabgraph.cli import COMMANDS, main

    context = click.Context(main)
    for name, (_, _, text) in COMMANDS.items():
        command = main.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert text == ("" if command.hidden else command.get_short_help_str(limit=100))
