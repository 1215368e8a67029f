from __future__ import annotations

import copy
import re

import altair
import pytest

from workshare.reports.figures import (
    FIGURES,
    convergence,
    duplications,
    flows,
    gains,
    gains_by_scenario,
    participant_gains,
    price_of_non_coordination,
    who_makes_what,
)
from workshare.reports.view import view

EVERY = [*FIGURES.values(), lambda result: participant_gains(result, view(result).participants[0])]


def column(figure, name):
    place = [one.name for one in figure.table.columns].index(name)
    return [row[place] for row in figure.table.rows]


def lead(result):
    return result["scenarios"][0]


# --- the table twin holds the result's numbers ----------------------------------------------------


def test_waterfall_levels_are_those_of_the_outcomes(result):
    rows = {row[0]: row for row in price_of_non_coordination(result).table.rows}
    outcomes = result["outcomes"]
    assert rows["isolated"][2] == sum(outcomes["isolated"]["by_participant"].values())
    assert rows["uncoordinated"][2] == outcomes["uncoordinated"]["value"]
    values = [one["value"] for one in outcomes["nash"]["equilibria"]]
    assert rows["equilibria"][1:3] == (min(values), max(values))
    assert rows["coordinated"][2] == outcomes["coordinated"]["value"]
    assert rows["coordinated"][3] == pytest.approx(result["price_of_non_coordination"]["value"])
    assert rows["bound"][3] == pytest.approx(result["gap_absolute"])


def test_gains_are_those_of_the_accounts(result):
    figure = gains_by_scenario(result)
    stated = [
        account["gain_uncoordinated"]
        for scenario in result["scenarios"]
        for account in scenario["accounts"]
    ]
    assert column(figure, "gain") == stated
    own = participant_gains(result, "CHL")
    assert set(column(own, "participant")) == {"CHL"}
    assert len(own.table.rows) == 2 * len(result["scenarios"])


def test_shares_add_up_and_outputs_are_those_of_the_plants(result):
    figure = who_makes_what(result, [lead(result)["name"]])
    shares: dict[str, float] = {}
    for activity, share in zip(
        column(figure, "activity"), column(figure, "share of the region's output"), strict=True
    ):
        shares[activity] = shares.get(activity, 0.0) + share
    assert list(shares.values()) == pytest.approx([1.0] * len(shares))
    total = sum(plant["output"] for plant in lead(result)["plants"])
    assert sum(column(figure, "output")) == pytest.approx(total)


def test_flows_add_up_over_places_and_leave_out_those_inside_one_participant(result):
    flow = {**lead(result)["flows"][0]}
    owner = {place["id"]: place["participant"] for place in result["region"]["places"]}
    inside = {**flow, "origin": "ARG_1", "destination": "ARG_2", "quantity": 1000.0}
    result["region"]["places"].append({"id": "ARG_2", "participant": "ARG", "name": "other"})
    lead(result)["flows"] += [flow, inside]
    figure = flows(result)
    assert sum(column(figure, "quantity")) == pytest.approx(
        sum(row["quantity"] for row in lead(result)["flows"]) - 1000.0
    )
    rows = [
        row
        for row in figure.table.rows
        if row[1:3] == tuple(owner.get(flow[end], flow[end]) for end in ("origin", "destination"))
    ]
    assert any(row[3] == pytest.approx(2 * flow["quantity"]) for row in rows)


def test_duplications_are_those_of_the_uncoordinated_outcome(result):
    stated = result["outcomes"]["uncoordinated"]["duplications"]
    assert sorted(column(duplications(result), "duplicated")) == sorted(
        row["extra"] for row in stated
    )


def test_convergence_keeps_missing_values_missing(result):
    figure = convergence(result)
    assert column(figure, "bound") == [row["bound"] for row in result["convergence"]]
    whole = column(figure, "value of whole plants")
    assert whole == [row["value"] for row in result["convergence"]]
    assert whole.count(None) == len(whole) - 2
    mixed = column(figure, "value with mixed plans")
    assert mixed == [row["convexified"] for row in result["convergence"]]


def test_convergence_draws_whole_plants_as_points(result):
    layers = convergence(result).specification["layer"]
    (points,) = [one for one in layers if one["mark"].get("shape") == "diamond"]
    assert [row["round"] for row in points["data"]["values"]] == [10, 11]


def test_the_waterfall_says_that_play_does_not_settle(result):
    result["outcomes"]["nash"] = {
        "status": "none found",
        "equilibria": [],
        "cycles": [{"start": "x", "changing": {"ARG": ["ARG_1/cell_plant/1x20"]}}],
    }
    figure = price_of_non_coordination(result)
    (row,) = [row for row in figure.table.rows if row[0] == "equilibria"]
    assert row[1:4] == (None, None, None)
    assert row[4] == "Play does not settle: the plants of Argentina (cell plant) come and go."
    assert "none found" in str(figure.specification)


def test_the_waterfall_does_not_draw_rounding_large(result):
    result["gap_absolute"] = 1e-8
    result["outcomes"] |= {"isolated": None, "uncoordinated": None, "nash": None}
    bars = price_of_non_coordination(result).specification["layer"][1]
    low, high = bars["encoding"]["x"]["scale"]["domain"]
    assert high - low > 1e-3 * result["outcomes"]["coordinated"]["value"]


def test_the_waterfall_says_when_acting_apart_is_worse_than_isolated(result):
    isolated = sum(result["outcomes"]["isolated"]["by_participant"].values())
    result["outcomes"]["uncoordinated"]["value"] = isolated - 500.0
    result["outcomes"]["coordinated"]["value"] = isolated - 100.0
    title = price_of_non_coordination(result).title
    assert title == (
        "Acting all at once loses 500 million USD per year against isolated; coordinating wins "
        "back 400 million USD per year"
    )


# --- titles are computed --------------------------------------------------------------------------


def test_the_price_title_follows_the_data(result):
    before = price_of_non_coordination(result).title
    result["outcomes"]["uncoordinated"]["value"] -= 500.0
    assert price_of_non_coordination(result).title != before


def test_the_gains_title_names_the_loser(result):
    assert "nobody is worse off" in gains(result).title
    account = lead(result)["accounts"][3]
    account["gain_isolated"] = -123.0
    lead(result)["losers"] = [account["participant"]]
    title = gains(result).title
    assert "Chile is worse off than alone" in title
    assert "123 million USD per year" in title


def test_the_grid_title_counts_scenarios_without_losers(result):
    for scenario in result["scenarios"]:
        for account in scenario["accounts"]:
            account["gain_uncoordinated"] = 1.0
    count = len(result["scenarios"])
    assert gains_by_scenario(result).title.startswith(f"In {count} of {count} scenarios")
    result["scenarios"][2]["accounts"][0]["gain_uncoordinated"] = -1.0
    assert gains_by_scenario(result).title.startswith(f"In {count - 1} of {count} scenarios")


def test_who_makes_what_names_the_makers(result):
    plants = [{**plant, "participant": "PER"} for plant in lead(result)["plants"]]
    lead(result)["plants"] = plants
    assert who_makes_what(result).title.startswith("Peru makes everything")


def test_flow_title_gives_the_regional_share(result):
    for flow in lead(result)["flows"]:
        flow["origin"] = "world"
        flow["destination"] = "ARG_1"
    assert flows(result).title.startswith("0 % of the")


def test_no_duplication_is_said_in_words(result):
    result["outcomes"]["uncoordinated"]["duplications"] = []
    figure = duplications(result)
    assert figure.title == "Uncoordinated plans duplicate nothing"
    assert "No fixed cost is spent twice" in figure.to_svg()


@pytest.mark.parametrize("value", [0.0, 1e-12])
def test_a_zero_price_is_said_in_words(least, value):
    least["price_of_non_coordination"]["value"] = value
    assert "price of non-coordination is zero" in price_of_non_coordination(least).title


def test_a_negative_price_is_not_called_a_cost(least):
    least["price_of_non_coordination"].update(value=-2.0, share_of_gdp=-0.01)
    title = price_of_non_coordination(least).title
    assert "Not coordinating is worth 2 million currency units per year more" in title
    assert "\u2212" not in title


# --- pictures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", EVERY)
def test_every_figure_has_words_and_a_picture(result, make):
    figure = make(result)
    assert figure.title
    assert figure.note
    assert figure.alternative_text
    assert figure.table.rows
    svg = figure.to_svg()
    assert svg.count("<svg") == svg.count("</svg>") == 1
    head = svg[: svg.index(">")]
    assert 'role="img"' in head
    assert "viewBox" in head
    assert not re.search(r"\b(width|height)=", head)
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', head)[1])
    assert width <= 440  # text of 11 units stays readable on a screen of 390
    for name in re.findall(r'\bid="([^"]+)"', svg):
        assert name.startswith(figure.name)


@pytest.mark.parametrize("make", FIGURES.values())
def test_every_specification_is_a_sound_altair_chart(build, make):
    chart = make(build(2, brief=True)).chart
    assert isinstance(chart.to_dict(), dict)
    assert isinstance(chart, altair.TopLevelMixin)


@pytest.mark.parametrize("make", EVERY)
@pytest.mark.parametrize("count", [1, 30])
def test_one_and_thirty_participants(build, make, count):
    figure = make(build(count))
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', figure.to_svg())
    assert float(box[1]) <= 900
    assert figure.title


@pytest.mark.parametrize("make", EVERY)
def test_the_smallest_result(least, make):
    figure = make(least)
    assert figure.title
    assert "<svg" in figure.to_svg()


def test_png_and_notebook_show_the_picture(result, tmp_path):
    figure = duplications(result)
    assert figure.to_png(tmp_path / "d.png").read_bytes().startswith(b"\x89PNG")
    bundle = figure._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")
    assert figure.title in bundle["text/plain"]


def test_hostile_names_stay_text_in_pictures(build):
    result = build(2, brief=True)
    for kind in ("participants", "activities", "goods"):
        for row in result["region"][kind]:
            row["name"] = "<script>alert(1)</script>"
    for scenario in result["scenarios"]:
        scenario["title"] = "</svg><script>alert(1)</script>"
    for make in EVERY:
        svg = make(result).to_svg()
        assert "<script" not in svg
        assert svg.count("</svg>") == 1


def test_two_activities_of_one_name_keep_their_own_rows(result):
    clean = who_makes_what(result)
    for row in result["region"]["activities"]:
        row["name"] = "Plant"
    figure = who_makes_what(copy.deepcopy(result))
    assert column(figure, "share of the region's output") == pytest.approx(
        column(clean, "share of the region's output")
    )
    assert "cell_plant" in figure.to_svg()
