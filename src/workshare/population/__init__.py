"""A large-population workforce: what can be staffed, at what cost, and who wins and loses."""

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
from workshare.population.staffing import (
    LabourPool,
    Specialisation,
    Staffing,
    months_to_staff,
    staff,
)
from workshare.population.training import Moves, TrainingRules, skill_gap, training_moves
from workshare.population.workforce import STATUSES, Workforce, workforce

__all__ = [
    "Exposure",
    "Frontier",
    "LabourPool",
    "Moves",
    "RankSensitivity",
    "STATUSES",
    "SkillValues",
    "Specialisation",
    "Staffing",
    "Technologies",
    "TrainingRules",
    "Workforce",
    "exposure",
    "frontier",
    "months_to_staff",
    "occupation_scores",
    "performable",
    "precursor_scores",
    "rank_sensitivity",
    "skill_gap",
    "skill_values",
    "staff",
    "training_moves",
    "workforce",
]
