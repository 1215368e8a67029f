from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from workshare.reports.figures import Figure
from workshare.reports.html import html_text, write_html
from workshare.reports.html_parts import table_part
from workshare.reports.sentences import option_words
from workshare.reports.tables import make_table, tables
from workshare.reports.view import view
from workshare.reports.words import number

VOID = {"meta", "link", "br", "img", "hr", "input"}
LOADING = {"script", "link", "img", "iframe", "object", "embed", "video", "audio", "source", "base"}


class Page(HTMLParser):
    """Collects tags, ids and links, and checks that tags close in order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.headings, self.open = [], [], [], [], []
        self.text = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append((tag, found))
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found["href"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture
def undrawn(monkeypatch):
    """Leave the pictures out, for tests of the words around them."""
    picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>'
    monkeypatch.setattr(Figure, "to_svg", lambda figure: picture)


@pytest.fixture(scope="module")
def text(whole):
    return html_text(whole)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_nothing_is_loaded_and_nothing_runs(text, page):
    assert not {tag for tag, _ in page.tags} & LOADING
    for tag, found in page.tags:
        for name, value in found.items():
            assert not name.startswith("on")
            if name in ("src", "href", "xlink:href", "action", "style"):
                assert not re.search(r"https?:|//|url\((?!#)|@import", (value or "")[:200]), tag
    assert "http" not in re.sub(r'http-equiv="Content-Security-Policy"', "", text)
    assert "default-src 'none'" in text


def test_ids_are_unique_and_links_lead_somewhere(page):
    assert len(page.ids) == len(set(page.ids))
    for link in page.links:
        assert link.startswith("data:text/csv") or link.removeprefix("#") in page.ids


def test_headings_do_not_skip_levels_and_there_is_one_title(page):
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    for before, after in zip(page.headings, page.headings[1:], strict=False):
        assert after <= before + 1


def test_tables_have_captions_and_scopes(page):
    tags = [tag for tag, _ in page.tags]
    assert tags.count("table") == tags.count("caption") > 10
    assert all("scope" in found for tag, found in page.tags if tag == "th")


def test_every_figure_has_words_a_twin_and_its_data(text):
    parts = re.findall(r"<figure.*?</figure>", text, re.S)
    assert len(parts) == 8
    for part in parts:
        assert "<figcaption>" in part
        assert "<desc" in part
        assert "<table>" in part
        assert "data:text/csv" in part


def test_every_participant_has_its_own_section_with_its_figures(whole, text):
    for row in whole["region"]["participants"]:
        start = text.index(f'<section id="participant-{row["id"]}"')
        part = text[start : text.index("</section>", start)]
        values = [s["by_participant"][row["id"]] for s in whole["scenarios"]]
        for value in values:
            assert number(value, 4) in part
        assert "options not chosen" in part
        assert "what it makes and trades in every scenario" in part


def test_the_first_screen_says_price_gains_losses_and_proof(undrawn, build):
    result = build(4)
    lead = result["scenarios"][0]
    gains = {"ARG": 30.0, "BOL": -12.0, "BRA": 5.0, "CHL": 1e-9}
    for account in lead["accounts"]:
        account["gain_uncoordinated"] = gains[account["participant"]]
    result["price_of_non_coordination"] |= {"value": 23.0, "share_of_gdp": 0.001}
    text = html_text(result)
    header = text[text.index("<header>") : text.index("</header>")]
    assert "Not coordinating costs the region 23 million USD per year, 0.1 % of GDP." in header
    assert "Argentina +30 and Brazil +5." in header
    assert "Bolivia \u221212. Transfers of 12 million USD per year would make good" in header
    assert "Proven best" in header
    assert "3 of 6 figures are of quality C or D; all come from 2 sources." in header
    assert text.index("</header>") < text.index("<nav")


def test_every_scenario_has_a_line_that_opens(undrawn, build):
    result = build(2)
    scenario = result["scenarios"][3]
    scenario["losers"] = ["BOL"]
    for account in scenario["accounts"]:
        account["gain_isolated"] = -7.0 if account["participant"] == "BOL" else 3.0
    scenario["smallest_compensation"] = 7.0
    text = html_text(result)
    for one in result["scenarios"]:
        assert f'<details id="scenario-{one["name"]}" class="scenario">' in text
    start = text.index('<details id="scenario-fewest_changes"')
    part = text[start : text.index('<details id="scenario-least_duplication"')]
    assert "worse off than alone: Bolivia</summary>" in part
    assert "Worse off than alone: Bolivia \u22127 M USD/yr; smallest compensation 7 million" in part
    for words in ("Who makes what.", "What nearly entered.", "values and costs by participant"):
        assert words in part
    assert "flows between participants and with the world" in part


def test_options_are_told_in_plain_words(build):
    seen = view(build(2))
    row = {"price_now": 6.0, "price_needed": 7.5, "missing_profit": 10.0, "why": "too dear"}
    assert option_words(seen, row) == (
        "It lacks 10 million USD per year: the price would have to rise by 25 %."
    )
    assert option_words(seen, row | {"missing_profit": -4.0, "price_needed": 5.0}) == (
        "It would pay at these prices (+4 million USD per year at full load); entering would "
        "lower them."
    )
    assert option_words(seen, row | {"price_needed": None}) == "Too dear."
    assert option_words(seen, row | {"price_now": 0.0}).endswith("nobody buys its product there.")


def test_sources_are_listed_with_their_quality(undrawn, build):
    text = html_text(build(1))
    part = text[text.index("Sources and quality of figures") :]
    for words in ("A ministry", "An assumption", "2022; 2023"):
        assert words in part


def test_an_interrupted_result_makes_a_page(undrawn, build):
    result = build(2)
    result["status"] = "interrupted"
    result["outcomes"] = {"isolated": {"by_participant": {}}, "uncoordinated": None, "nash": None}
    result["price_of_non_coordination"] = {
        "value": None,
        "share_of_gdp": None,
        "by_participant": {},
    }
    result["scenarios"] = result["scenarios"][:1]
    text = " ".join(Page(html_text(result)).text)
    assert "The price of non-coordination is not available." in text
    assert "Interrupted: what is shown is valid, but parts are missing." in text


def test_a_scenario_above_least_cost_is_explained(undrawn, build):
    result = build(2)
    words = "stands above least cost here because least cost is the best in the market account"
    best = result["scenarios"][0]["value"]
    for scenario in result["scenarios"]:
        scenario["value"] = min(scenario["value"], best)
    assert words not in html_text(result)
    result["scenarios"][2]["value"] = best + 50.0
    assert f"'Proportional gains' {words}" in html_text(result).replace("&#x27;", "'")


def test_scenarios_not_found_are_told(undrawn, build):
    result = build(1)
    result["certificate"]["not_found"] = ["most_resilient"]
    assert "For these scenarios nothing was found: most resilient." in html_text(result)


def test_hostile_text_is_escaped(build):
    result = build(2, brief=True)
    hostile = '<script>alert("x")</script><img src=x onerror=1>=cmd()'
    for kind in ("participants", "places", "goods", "activities"):
        for row in result["region"][kind]:
            row["name"] = hostile
    result["region"] |= {"title": hostile, "disclaimer": hostile, "provenance": hostile}
    for scenario in result["scenarios"]:
        scenario |= {"title": hostile, "description": hostile, "claim": hostile}
        for option in scenario["not_chosen"]:
            option["why"] = hostile
    page = Page(html_text(result))
    assert not {tag for tag, _ in page.tags} & LOADING
    assert not any("onerror" in found for _, found in page.tags)


def test_hostile_codes_do_not_break_anchors(undrawn, build):
    result = build(1)
    assert 'id="participant-ARG"' in html_text(result)
    result["region"]["participants"][0]["id"] = 'A" onclick="x'
    page = Page(html_text(result))
    assert "participant-1" in page.ids


def test_missing_is_said_and_never_zero():
    columns = (("name", "", "text"), ("gain", "M X/yr", "number"))
    part = table_part(make_table("t", "t", columns, [("a", None), ("b", 1e-9), ("c", -3.0)]))
    assert '<td class="n missing">not available</td>' in part
    assert '<td class="n">0</td>' in part
    assert '<td class="n loss">\u22123</td>' in part


@pytest.mark.parametrize("count", [1, 30])
def test_one_and_thirty_participants(undrawn, build, count):
    result = build(count, brief=True)
    page = Page(html_text(result))
    assert sum(one.startswith("participant-") and one.endswith("-heading") for one in page.ids) == (
        count
    )


def test_the_smallest_result_makes_a_page(least, tmp_path):
    file = write_html(least, tmp_path / "report.html")
    page = Page(file.read_text(encoding="utf-8"))
    assert "not available" in " ".join(page.text)


def test_cycles_and_missing_gdp_are_told(undrawn, build):
    result = build(2)
    result["outcomes"]["nash"] = {"status": "none found", "equilibria": [], "cycles": [{}]}
    result["price_of_non_coordination"] |= {"against_nash": None, "share_of_gdp": None}
    for row in result["region"]["participants"]:
        row["gdp"] = None
    text = html_text(result)
    assert "Play does not settle." in text
    assert "% of its GDP" not in text


def test_a_failed_check_is_a_warning(undrawn, build):
    result = build(1)
    result["certificate"]["lines"][0]["holds"] = False
    assert '<p class="warning">1 of 2 checks do not hold: budget identity' in html_text(result)


def test_long_names_are_kept_whole_in_tables(undrawn, build):
    result = build(1)
    name = "The United Provinces of a Very Long Name That Does Not Fit " * 3
    result["region"]["participants"][0]["name"] = name.strip()
    text = html_text(result)
    assert name.strip() in text
    assert tables(result)["participants"].rows[0][3] == name.strip()
