"""Families of coordination problems with known structure: for study, tests and benchmarks."""

from workshare.coordination.families.charging import charging
from workshare.coordination.families.facility_location import facility_location
from workshare.coordination.families.generalised_assignment import (
    assignment_problem,
    read_generalised_assignment,
)
from workshare.coordination.families.identical import identical_agents
from workshare.coordination.families.specialisation import (
    SpecialisationParticipants,
    specialisation,
)
from workshare.coordination.families.unit_commitment import (
    Generator,
    Generators,
    commitment_problem,
    read_unit_commitment,
)

__all__ = [
    "Generator",
    "Generators",
    "SpecialisationParticipants",
    "assignment_problem",
    "charging",
    "commitment_problem",
    "facility_location",
    "identical_agents",
    "read_generalised_assignment",
    "read_unit_commitment",
    "specialisation",
]
