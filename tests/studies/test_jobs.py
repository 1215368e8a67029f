"""Jobs give in any process what their function gives here."""

from __future__ import annotations

import pickle

from studies.cases import region_of, setting, study
from workshare.studies import jobs
from workshare.studies.coordinate import FIXED_NAMES
from workshare.studies.play_out import isolated, play, uncoordinated


def sent(job: jobs.Job) -> object:
    """Return the answer of ``job`` after the way there and back between processes."""
    task = pickle.loads(pickle.dumps((region_of("islands"), "market", job)))
    return pickle.loads(pickle.dumps(jobs.do_job(task)))


def test_play_and_isolation_give_the_same_elsewhere() -> None:
    ready = setting("islands")
    assert sent(jobs.UncoordinatedJob()) == uncoordinated(ready)
    outcome, held = sent(jobs.IsolatedJob("CIN"))  # type: ignore[misc]
    here, also_held = isolated(ready, "CIN")
    assert held == also_held
    assert outcome.by_participant == here.by_participant
    order = tuple(reversed(ready.participants))
    assert sent(jobs.PlayJob("nobody", ready.nobody(), order)) == play(
        ready, "nobody", ready.nobody(), order
    )


def test_every_offer_is_a_scenario() -> None:
    assert set(jobs.OFFERS) <= set(FIXED_NAMES)
    found = {outcome.name: outcome for outcome in study("islands").scenarios}
    for name, offer in jobs.OFFERS.items():
        assert (found[name].title, found[name].criterion) == (offer.title, offer.criterion)


def test_the_setting_of_a_region_is_made_once() -> None:
    region = region_of("islands")
    first = jobs.setting_of(region, "market")
    assert jobs.setting_of(region, "market") is first
    assert jobs.setting_of(pickle.loads(pickle.dumps(region)), "market") is first
    assert jobs.setting_of(region, "regional") is not first
