"""A large-population workforce: what can be staffed, at what cost, and who wins and loses."""

from workshare.population.frontier import Frontier, frontier
from workshare.population.staffing import (
    LabourPool,
    Specialisation,
    Staffing,
    months_to_staff,
    staff,
)
from workshare.population.training import Moves, TrainingRules, skill_gap, training_moves

__all__ = [
    "Frontier",
    "LabourPool",
    "Moves",
    "Specialisation",
    "Staffing",
    "TrainingRules",
    "frontier",
    "months_to_staff",
    "skill_gap",
    "staff",
    "training_moves",
]
