"""Reading an announcement of awards into proposals.

The lists here are made by hand, with invented figures; what each line says was written down
with it. The announcement itself stands in `test_award_announcement.py`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.award_list import AwardList, read_award_list
from rehabgraph.graph.award_words import Names, key
from rehabgraph.graph.errors import InvalidData, RehabError
from rehabgraph.graph.text_files import MAX_BYTES, MAX_LINE_BYTES

REGIONS = {
    "North West": "north-west",
    "West Midlands": "west-midlands",
    "Wales": "wales",
    "London": "london",
    "Yorkshire and the Humber": "yorkshire",
    "Kent, Surrey and Sussex": "kss",
    "Greater Manchester": "greater-manchester",
}
AREAS = {
    "Cumbria": "cumbria",
    "Cheshire": "cheshire",
    "Staffordshire": "staffordshire",
    "Warwickshire": "warwickshire",
    "West Midlands": "west-midlands",
    "Dyfed-Powys": "dyfed-powys",
    "Gwent": "gwent",
    "Devon & Cornwall": "devon-and-cornwall",
    "Dorset": "dorset",
}
LOTS = {
    "Women's Services": "womens-services",
    "Support services for issues including mental health, family and relationships": "pwb",
    "Accommodation": "accommodation",
    "Education, Training and Employment": "ete",
}
ORGANISATIONS = {
    "St Giles Wise": "st-giles-wise",
    "St Giles Wise (SGW)": "st-giles-wise",
    "Catch22": "catch22",
    "Catch 22": "catch22",
    "The Nelson Trust": "nelson-trust",
    "Nacro": "nacro",
    "Women’s Community Matters": "womens-community-matters",
}


def read(text: str | bytes) -> AwardList:
    """Read a hand-made list with the small vocabularies."""
    data = text if isinstance(text, bytes) else text.encode()
    return read_award_list(data, REGIONS, AREAS, LOTS, ORGANISATIONS)


def read_line(line: str, heading: str = "Accommodation") -> AwardList:
    """Read one line under a heading, after a sound line so that there is a list."""
    return read(f"North West\n\n{heading}\nNacro - £1 (Cumbria)\n{line}\n")


# --- the lines


def test_areas_and_end_belong_to_their_own_brackets() -> None:
    """An `until` holds for the areas of its brackets and for no others."""
    found = read_line("Nacro - £1,234,567 (Cheshire, Dorset) (Cumbria – until June 2023)")
    assert [(c.area, c.end, c.end_precision) for c in found.contracts[1:]] == [
        ("cheshire", None, None),
        ("dorset", None, None),
        ("cumbria", date(2023, 6, 30), "month"),
    ]
    assert found.lines[1].value == Decimal(1234567)
    assert found.lines[1].repairs == ()


def test_all_until_holds_for_every_area_without_a_judgement() -> None:
    """`all until` is said of every area of its brackets, so nothing is judged."""
    line = read_line("Nacro - £1 (Gwent, Dorset – all until June 2023)").lines[1]
    assert (line.groups[0].areas, line.groups[0].until) == (("gwent", "dorset"), date(2023, 6, 30))
    assert line.repairs == ()


def test_until_after_several_areas_without_all_is_a_judgement() -> None:
    """Without the word all, reading the end as that of every area is a judgement."""
    (repair,) = read_line("Nacro - £1 (Gwent, Dorset – until June 2023)").lines[1].repairs
    assert repair.kind == "reads-as"
    assert "without the word all" in repair.reason


@pytest.mark.parametrize(
    ("words", "end", "precision"),
    [
        ("until June 2023", date(2023, 6, 30), "month"),
        ("until Feb 2024", date(2024, 2, 29), "month"),
        ("until the end of March 2023", date(2023, 3, 31), "month"),
        ("until 5 April 2023", date(2023, 4, 5), "day"),
        ("until 1st May 2023", date(2023, 5, 1), "day"),
        ("until 2024", date(2024, 12, 31), "year"),
        ("UNTIL JUNE 2023", date(2023, 6, 30), "month"),
    ],
)
def test_ends_are_read_as_exactly_as_they_are_printed(
    words: str, end: date, precision: str
) -> None:
    """A month is held as its last day, a year as its last; the precision says so."""
    contract = read_line(f"Nacro - £1 (Gwent – {words})").contracts[1]
    assert (contract.end, contract.end_precision) == (end, precision)


def test_until_alone_ends_the_whole_line() -> None:
    """Brackets with an end and no area speak of the region."""
    contract = read_line("Nacro - £1 (until June 2023)").contracts[1]
    assert (contract.area, contract.end) == (None, date(2023, 6, 30))


def test_a_line_without_brackets_is_one_contract_for_the_region() -> None:
    """No brackets: one contract, no area, no end."""
    contract = read_line("Nacro - £4,882,708").contracts[1]
    assert (contract.region, contract.area, contract.end) == ("north-west", None, None)


def test_subject_to_contract_is_a_status_and_no_area() -> None:
    """`(Subject to contract)` changes the status and proposes no contract."""
    text = "Women’s Community Matters - £319,435 (Cumbria – until June 2023) (Subject to contract)"
    found = read_line(text)
    line = found.lines[1]
    assert (line.status, line.notes) == ("subject-to-contract", ("(Subject to contract)",))
    assert [c.area for c in found.contracts if c.line == line.line] == ["cumbria"]
    assert found.lines[0].status == "announced"


def test_a_missing_space_between_brackets_is_repaired_aloud() -> None:
    """`Warwickshire)(Staffordshire` reads as two groups, and the repair is listed."""
    text = "Nacro - £6,095,524 (West Midlands, Warwickshire)(Staffordshire – until June 2023)"
    line = read_line(text).lines[1]
    assert [g.areas for g in line.groups] == [("west-midlands", "warwickshire"), ("staffordshire",)]
    assert [(r.kind, r.as_printed) for r in line.repairs] == [
        ("reads-as", "(West Midlands, Warwickshire)(Staffordshire – until June 2023)")
    ]


def test_a_stray_space_in_a_figure_is_repaired_aloud() -> None:
    """`£2,593, 567` reads as 2593567, keeps its printed form, and lists the repair."""
    line = read_line("Nacro - £2,593, 567 (Dorset)").lines[1]
    assert (line.value_as_printed, line.value) == ("£2,593, 567", Decimal(2593567))
    assert [(r.as_printed, r.read_as) for r in line.repairs] == [("£2,593, 567", "£2,593,567")]


@pytest.mark.parametrize("dash", ["-", "‐", "‑", "–", "—", "−"])
def test_every_dash_parts_name_and_price(dash: str) -> None:
    """Hyphens and dashes of any length are the same sign, and no repair."""
    line = read_line(f"Nacro {dash} £5 (Dyfed{dash}Powys {dash} until June 2023)").lines[1]
    assert (line.name, line.groups[0].areas) == ("Nacro", ("dyfed-powys",))
    assert line.repairs == ()


@pytest.mark.parametrize("text", ["Nacro- £5", "Nacro -£5", "Nacro–£5"])
def test_a_missing_space_at_the_dash_is_repaired_aloud(text: str) -> None:
    """A name is still the name when the dash touches it, and the repair is listed."""
    line = read_line(text).lines[1]
    assert (line.name, line.value, len(line.repairs)) == ("Nacro", Decimal(5), 1)


def test_areas_joined_by_and_are_parted_only_where_the_names_allow() -> None:
    """`Devon & Cornwall` is one area; `Gwent and Dorset` is two."""
    found = read_line("Nacro - £5 (Devon and Cornwall, Gwent and Dorset)")
    assert found.lines[1].groups[0].areas == ("devon-and-cornwall", "gwent", "dorset")


def test_names_may_hold_brackets_and_dashes() -> None:
    """The name is everything before the last dash in front of the price."""
    found = read_line("St Giles Wise (SGW) - £866,581 (Gwent)\nA-B - C - £5 (Gwent)")
    assert [line.name for line in found.lines[1:]] == ["St Giles Wise (SGW)", "A-B - C"]


# --- the names


def test_a_known_name_or_alias_matches_exactly() -> None:
    """Case, kinds of apostrophe and `&` make no difference to a known name."""
    match = read_line("WOMEN'S COMMUNITY MATTERS - £5").lines[1].match
    assert (match.organisation, match.status, match.score) == (
        "womens-community-matters",
        "known",
        100.0,
    )


def test_a_near_name_is_proposed_never_taken() -> None:
    """A name that is not known brings the nearest one, marked as a proposal with its score."""
    match = read_line("Nelson Trust - £5").lines[1].match
    assert (match.organisation, match.status) == ("nelson-trust", "proposed")
    assert match.score < 100
    assert "not a known name" in match.reason


def test_a_strange_name_stays_unknown() -> None:
    """A name like no other gets no organisation."""
    match = read_line("Zyxwvu Qqq - £5").lines[1].match
    assert (match.organisation, match.status) == (None, "unknown")


def test_a_name_of_two_organisations_is_left_open() -> None:
    """Spellings that mean two organisations are not decided for the reader."""
    match = Names({"PACT": "pact", "Pact": "pact-thames-valley"}).match("pact")
    assert (match.organisation, match.status) == (None, "unknown")
    assert "pact, pact-thames-valley" in match.reason


# --- headings, statements, what is not understood


def test_a_heading_with_two_cohorts_doubles_the_contracts_aloud() -> None:
    """`(Young Adults and 26+)` in a lot heading: a contract for each area and cohort."""
    heading = (
        "Support services for issues including mental health, family and relationships"
        " (Young Adults and 26+)"
    )
    found = read_line("Nacro - £5 (Gwent) (Dorset – until June 2023)", heading)
    line = found.lines[1]
    assert line.lot == "pwb"
    assert len([c for c in found.contracts if c.line == line.line]) == 4
    assert len({c.cohort for c in found.contracts}) == 2
    assert [r.kind for r in line.repairs] == ["counts-as"]
    plain_heading = read_line("Nacro - £5 (Gwent)").lines[1]
    assert plain_heading.cohorts == ()


def test_statements_are_not_lines() -> None:
    """A sentence under a heading, in place of priced lines, is kept as a statement."""
    found = read(
        "London\n\nWomen’s Services\nThese services come later, by way of the mayor.\n"
        "Accommodation\nNacro - £5\n\nGreater Manchester\n\n"
        "Combined Authority – services are commissioned together here from July 2021.\n"
    )
    assert [(s.line, s.region, s.lot) for s in found.statements] == [
        (4, "london", "womens-services"),
        (10, "greater-manchester", None),
    ]
    assert (len(found.lines), found.not_understood) == (1, ())


def test_prose_after_the_list_is_left_alone() -> None:
    """Comments under a list are neither proposed nor complained about."""
    found = read(
        "Wales\n\nAccommodation\nNacro - £5 (Gwent)\n\n9 comments:\n\nIt was £46.00 s/he said.\n"
        "London\nAll of it is shared out there, as we know.\n"
    )
    assert (len(found.lines), found.statements, found.not_understood) == (1, (), ())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Nacro £5 (Gwent)", "has a price but not in the form"),
        ("Nacro - £5 (Gwant)", "'Gwant' in brackets is no known area (nearest: gwent)"),
        ("Nacro - £5 (Gwent, )", "'' in brackets is no known area"),
        ("Nacro - £5 (Gwent) (Gwent)", "names gwent twice"),
        ("Nacro - £5 (Gwent", "opens a bracket that it never closes"),
        ("Nacro - £5 (Gwent))", "closes a bracket that it never opened"),
        ("Nacro - £5 (Gwent) more", "'more' after the price, in no brackets"),
        ("Nacro - £5 (Gwent – until soon)", "'soon' after 'until' is no date"),
        ("Nacro - £5 (Gwent – until 31 June 2023)", "is no date"),
        ("Nacro - £5 (Gwent) (until June 2023)", "beside other brackets"),
        ("Nacro - £5m (Gwent)", "'£5m' is not a whole figure in pounds"),
        ("Nacro - £5 million (Gwent)", "is not a whole figure in pounds"),
        ("Nacro - £2,59,567 (Gwent)", "is not a whole figure in pounds"),
        ("Nacro - £12 34 (Gwent)", "is not a whole figure in pounds"),
        ("Nacro - £5 - £6 (Gwent)", "has two prices"),
        ("- - £5 (Gwent)", "has no name of a provider"),
        ("A note that somebody added to the list.", "is no heading"),
    ],
)
def test_a_line_that_fits_nothing_is_listed_with_its_reason(line: str, reason: str) -> None:
    """Nothing is proposed from such a line; its number and the reason are given."""
    found = read_line(line)
    assert [each.line for each in found.lines] == [4]
    assert [number for number, _ in found.not_understood] == [5]
    assert reason in found.not_understood[0][1]


def test_lines_under_an_unknown_lot_heading_are_not_given_to_the_lot_above() -> None:
    """An unknown heading stops the lot: its lines are listed, not misplaced."""
    found = read_line("Acommodation for all\nNacro - £5 (Gwent)\nWomen's Services\nNacro - £6")
    assert [(line.line, line.lot) for line in found.lines] == [
        (4, "accommodation"),
        (8, "womens-services"),
    ]
    assert [number for number, _ in found.not_understood] == [5, 6]
    assert "line 5, which is no known heading" in found.not_understood[1][1]


def test_lines_under_an_unknown_region_are_not_given_to_the_region_above() -> None:
    """An unknown region heading stops the region, in the middle and at the end."""
    block = "Northland\n\nAccommodation\nNacro - £5 (Gwent)\n"
    text = f"Wales\n\nAccommodation\nNacro - £1\n\n{block}\nLondon\n\nAccommodation\nNacro - £2\n"
    found = read(f"{text}\n{block}")
    assert [(line.line, line.region) for line in found.lines] == [(4, "wales"), (14, "london")]
    assert [number for number, _ in found.not_understood] == [6, 9, 16, 19]


def test_heading_brackets_that_name_no_cohort_are_not_understood() -> None:
    """Brackets of a lot heading are cohorts or the heading is not known."""
    found = read_line("Accommodation (Everybody)\nNacro - £5")
    assert (len(found.lines), [n for n, _ in found.not_understood]) == (1, [5, 6])


def test_priced_lines_outside_a_list_are_listed() -> None:
    """A priced line with no known region and lot above it is never dropped in silence."""
    found = read("Northland\n\nAccommodation\nNacro - £5\n")
    assert (found.lines, found.contracts) == ((), ())
    assert [number for number, _ in found.not_understood] == [4]


def test_a_region_that_starts_with_an_unknown_lot_is_not_lost() -> None:
    """When the first region cannot be read, its priced lines are listed all the same."""
    found = read("Wales\n\nGardening\nNacro - £5\n\nLondon\n\nAccommodation\nNacro - £2\n")
    assert [line.line for line in found.lines] == [9]
    assert [number for number, _ in found.not_understood] == [4]


# --- bad input


@pytest.mark.parametrize("text", [b"", b"\n\n", b"\xef\xbb\xbf", b"Only prose here."])
def test_a_text_without_a_list_proposes_nothing(text: bytes) -> None:
    """No list, no proposals, no complaints."""
    assert read(text) == AwardList((), (), (), ())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Wales\n\0\n", "line 2 holds a NUL byte"),
        ("Wales\n".encode("utf-16"), "line 1 holds a NUL byte"),
        ("Wales\nNacro - £5".encode("latin-1"), "line 2 is not UTF-8 (byte 0xA3)"),
        ("Wales – ".encode() + "£5".encode("cp1252"), "line 1 is not UTF-8 (byte 0xA3)"),
        (b"x" * (MAX_LINE_BYTES + 1), f"line 1 is longer than {MAX_LINE_BYTES:,} bytes"),
        (b"x" * (MAX_BYTES + 1), f"is larger than {MAX_BYTES:,} bytes"),
        (b"x" * 50_000_000, f"is larger than {MAX_BYTES:,} bytes"),
    ],
    ids=["nul", "utf-16", "latin-1", "mixed", "long line", "large", "50 MB line"],
)
def test_unreadable_content_is_one_clear_line(data: bytes, message: str, tmp_path: Path) -> None:
    """As bytes and as a file alike: the message says what is wrong, where, what to do."""
    path = tmp_path / "list.txt"
    path.write_bytes(data)
    for given_ in (data, path, str(path)):
        with pytest.raises(InvalidData) as caught:
            read_award_list(given_, REGIONS, AREAS, LOTS, ORGANISATIONS)
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)


def test_missing_files_and_folders_are_one_clear_line(tmp_path: Path) -> None:
    """A wrong path is a user's mistake, not a traceback."""
    for path, message in (
        (tmp_path / "none.txt", "no such file"),
        (tmp_path, "is a folder"),
        (Path("/dev/null"), "is not an ordinary file"),
        (Path("a\0b"), "no such file"),
        (tmp_path / ("x" * 300), "check"),
    ):
        with pytest.raises(InvalidData, match=message):
            read_award_list(path, REGIONS, AREAS, LOTS, ORGANISATIONS)


def test_a_vocabulary_that_contradicts_itself_is_refused() -> None:
    """One spelling for two areas would put contracts in the wrong place."""
    with pytest.raises(InvalidData, match="stands for both"):
        read_award_list(b"", REGIONS, {"Kent": "a", "KENT": "b"}, LOTS, ORGANISATIONS)


def test_hostile_lists_are_read_in_bounded_time() -> None:
    """Long runs of brackets, headings or commas stay within the limits and do not hang."""
    brackets = "Nacro - £5 " + "()" * 9_000
    commas = "Nacro - £5 (" + "Gwent," * 3_000 + ")"
    ands = "Nacro - £5 (" + "Gwent and " * 1_900 + "Gwent)"
    found = read_line(f"{brackets}\n{commas}\n{ands}")
    assert len(found.not_understood) == 3
    assert read("Wales\n" * 200_000).lines == ()


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_content_ends_in_a_traceback(data: bytes) -> None:
    """Any bytes are read or refused with one of our own errors."""
    error = None
    try:
        read(data)
    except RehabError as caught:
        error = str(caught)
    assert error is None or "\n" not in error


@given(st.lists(st.sampled_from([*REGIONS, *LOTS, "", "Nacro - £5", "x", "It is what it is."])))
def test_every_priced_line_is_accounted_for(lines: list[str]) -> None:
    """However headings fall, a priced line is proposed or listed, once, under its headings."""
    found = read("\n".join(lines))
    priced = {n for n, line in enumerate(lines, start=1) if "£" in line}
    proposed = [line.line for line in found.lines]
    listed = [number for number, _ in found.not_understood]
    assert priced <= set(proposed) | set(listed)
    assert len(proposed) + len(listed) == len({*proposed, *listed})
    for line in found.lines:
        above = lines[: line.line]
        region = next(REGIONS[text] for text in reversed(above) if text in REGIONS)
        lot = next(LOTS[text] for text in reversed(above) if text in LOTS)
        assert (line.region, line.lot) == (region, lot)


# --- property: a rendered list reads back as the same facts

SPACES = st.sampled_from([" ", " ", "\u00a0", "  ", "\t", "\u2009"])
DASHES = st.sampled_from(["-", "–", "—", "−"])
MONTHS = "January February March April May June July August September October November December"


@dataclass(frozen=True)
class Fact:
    """One line before it is written down: the groups are areas with a month and year or none."""

    region: str
    lot: str
    name: str
    pounds: int
    groups: tuple[tuple[tuple[str, ...], tuple[int, int] | None], ...]
    subject: bool


@st.composite
def line_groups(draw: st.DrawFn) -> tuple[tuple[tuple[str, ...], tuple[int, int] | None], ...]:
    """Draw bracket groups over distinct areas."""
    areas = draw(st.lists(st.sampled_from(sorted(AREAS)), unique=True, max_size=5))
    groups: list[tuple[tuple[str, ...], tuple[int, int] | None]] = []
    until = st.none() | st.tuples(st.integers(1, 12), st.integers(2021, 2030))
    while areas:
        size = draw(st.integers(1, len(areas)))
        groups.append((tuple(areas[:size]), draw(until)))
        areas = areas[size:]
    return tuple(groups)


@st.composite
def facts(draw: st.DrawFn) -> list[Fact]:
    """Draw lines in the order of their headings."""
    found: list[Fact] = []
    for region in draw(st.lists(st.sampled_from(sorted(REGIONS)), unique=True, min_size=1)):
        for lot in draw(st.lists(st.sampled_from(sorted(LOTS)), unique=True, min_size=1)):
            for name in draw(st.lists(st.sampled_from(sorted(ORGANISATIONS)), min_size=1)):
                pounds, groups = draw(st.integers(0, 10**10)), draw(line_groups())
                found.append(Fact(region, lot, name, pounds, groups, draw(st.booleans())))
    return found


def spoil(draw: st.DrawFn, figure: str) -> str:
    """Put a stray space somewhere inside a figure that has a comma."""
    if "," not in figure or draw(st.booleans()):
        return figure
    at = draw(st.integers(1, len(figure) - 1))
    return figure[:at] + draw(SPACES) + figure[at:]


def render_line(draw: st.DrawFn, fact: Fact) -> str:
    """Write one line down, with the spacing and the dashes of the day."""
    text = f"{fact.name}{draw(SPACES)}{draw(DASHES)}{draw(SPACES)}£"
    text += spoil(draw, f"{fact.pounds:,}")
    for areas, until in fact.groups:
        inner = f",{draw(SPACES)}".join(areas)
        if until:
            month = MONTHS.split()[until[0] - 1]
            word = "all until" if len(areas) > 1 else "until"
            inner += f"{draw(SPACES)}{draw(DASHES)}{draw(SPACES)}{word} {month} {until[1]}"
        text += f"{draw(st.just('') | SPACES)}({inner})"
    return text + " (Subject to contract)" * fact.subject + draw(st.just("") | SPACES)


@st.composite
def announcements(draw: st.DrawFn) -> tuple[list[Fact], bytes]:
    """Draw a list of facts and the bytes that say them."""
    drawn, lines = draw(facts()), ["Words before the list, about £200 million.", ""]
    region = lot = ""
    for fact in drawn:
        if fact.region != region:
            lines += ["", fact.region, *[""] * draw(st.integers(0, 2))]
        if fact.region != region or fact.lot != lot:
            lines.append(fact.lot.upper() if draw(st.booleans()) else fact.lot)
        region, lot = fact.region, fact.lot
        lines.append(render_line(draw, fact))
    lines += ["", "9 comments:", "", "Words after the list, at £46.00 each."]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return drawn, draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + end.join(lines).encode()


def last_day(month: int, year: int) -> date:
    """Return the last day of a month without the calendar module that the reader uses."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


@given(announcements())
def test_a_rendered_list_reads_back_as_the_same_facts(drawn: tuple[list[Fact], bytes]) -> None:
    """Render, read: names, values, areas, ends and statuses are those that were drawn."""
    wanted, data = drawn
    found = read(data)
    assert found.not_understood == ()
    assert found.statements == ()
    assert len(found.lines) == len(wanted)
    for fact, line in zip(wanted, found.lines, strict=True):
        assert (line.region, line.lot) == (REGIONS[fact.region], LOTS[fact.lot])
        assert (line.name, line.value) == (fact.name, fact.pounds)
        assert line.match.organisation == ORGANISATIONS[fact.name]
        assert line.status == ("subject-to-contract" if fact.subject else "announced")
        assert [(g.areas, g.until) for g in line.groups] == [
            (tuple(AREAS[a] for a in areas), last_day(*until) if until else None)
            for areas, until in fact.groups
        ]
        assert sum(c.line == line.line for c in found.contracts) == max(
            1, sum(len(areas) for areas, _ in fact.groups)
        )


@given(st.text(max_size=40))
def test_the_key_of_a_key_is_itself(text: str) -> None:
    """Making spellings equal twice changes nothing more."""
    assert key(key(text)) == key(text)
