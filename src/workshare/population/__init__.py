"""A large-population workforce: what can be staffed, at what cost, and who wins and loses."""

from workshare.population.bands import Bands, bands
from workshare.population.checkpoint import load_simulation, save_simulation
from workshare.population.country_staffing import REACHES, Reach, country_pool
from workshare.population.demand import Adoption, Demand
from workshare.population.downscale import Downscaled, downscale, fit_table, round_to_total
from workshare.population.embedded import (
    embedded_market,
    embedded_network,
    embedded_workforce,
)
from workshare.population.exposure import (
    Exposure,
    RankSensitivity,
    SkillValues,
    Technologies,
    exposure,
    occupation_scores,
    performable,
    precursor_scores,
    rank_sensitivity,
    skill_values,
)
from workshare.population.frontier import Frontier, frontier
from workshare.population.labour_market import LabourMarket, Simulation, SimulationOptions
from workshare.population.network import (
    OccupationNetwork,
    complete_network,
    occupation_network,
    read_network,
    skill_network,
)
from workshare.population.policy import Policy
from workshare.population.readers import (
    read_ilo_employment,
    read_ilo_shares,
    read_oews,
    read_workforce,
)
from workshare.population.records import read_records
from workshare.population.rules import Rules, State, steady_informal_entry
from workshare.population.simulate import as_workforce, simulate
from workshare.population.staffing import (
    LabourPool,
    Specialisation,
    Staffing,
    months_to_staff,
    staff,
)
from workshare.population.synthetic import synthetic_market, synthetic_network, synthetic_workforce
from workshare.population.training import Moves, TrainingRules, skill_gap, training_moves
from workshare.population.workforce import STATUSES, Workforce, workforce

__all__ = [
    "Adoption",
    "Bands",
    "Demand",
    "Downscaled",
    "Exposure",
    "Frontier",
    "LabourMarket",
    "LabourPool",
    "Moves",
    "OccupationNetwork",
    "Policy",
    "REACHES",
    "RankSensitivity",
    "Reach",
    "Rules",
    "STATUSES",
    "Simulation",
    "SimulationOptions",
    "SkillValues",
    "Specialisation",
    "Staffing",
    "State",
    "Technologies",
    "TrainingRules",
    "Workforce",
    "as_workforce",
    "bands",
    "complete_network",
    "country_pool",
    "downscale",
    "embedded_market",
    "embedded_network",
    "embedded_workforce",
    "exposure",
    "fit_table",
    "frontier",
    "load_simulation",
    "months_to_staff",
    "occupation_network",
    "occupation_scores",
    "performable",
    "precursor_scores",
    "rank_sensitivity",
    "read_ilo_employment",
    "read_ilo_shares",
    "read_network",
    "read_oews",
    "read_records",
    "read_workforce",
    "round_to_total",
    "save_simulation",
    "simulate",
    "skill_gap",
    "skill_network",
    "skill_values",
    "staff",
    "steady_informal_entry",
    "synthetic_market",
    "synthetic_network",
    "synthetic_workforce",
    "training_moves",
    "workforce",
]
