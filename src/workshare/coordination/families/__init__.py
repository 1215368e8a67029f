"""Families of coordination problems with known structure: for study, tests and benchmarks."""

from workshare.coordination.families.charging import charging
from workshare.coordination.families.generalised_assignment import (
    assignment_problem,
    read_generalised_assignment,
)
from workshare.coordination.families.identical import identical_agents
from workshare.coordination.families.specialisation import (
    SpecialisationParticipants,
    specialisation,
)

__all__ = [
    "SpecialisationParticipants",
    "assignment_problem",
    "charging",
    "identical_agents",
    "read_generalised_assignment",
    "specialisation",
]
