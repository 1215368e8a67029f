"""A participant's own problem: which plans answer which prices, at which private cost."""

from workshare.response.grouped import Grouped, Subset
from workshare.response.local import (
    MixedPart,
    TablePart,
    disclosed_model,
    local_participants,
    participant_parts,
    plan_of,
)
from workshare.response.matrix import MatrixModel
from workshare.response.mixed_integer import MatrixParticipants, MilpParticipant
from workshare.response.model import Group, PrivateModel, annuity, private_model, split
from workshare.response.participants import (
    BoolArray,
    Individuals,
    IntArray,
    Member,
    Participants,
    PlanTables,
    Replies,
)
from workshare.response.plan import Answer, Menu, Participant, Plan, Point, cheapest_levels
from workshare.response.sparse_tables import SparsePlans
from workshare.response.spread import Spread, spread
from workshare.response.table import CallablePart, plan_table
from workshare.response.training import Training, training_cost

__all__ = [
    "Answer",
    "BoolArray",
    "CallablePart",
    "Group",
    "Grouped",
    "Individuals",
    "IntArray",
    "MatrixModel",
    "MatrixParticipants",
    "Member",
    "Menu",
    "MilpParticipant",
    "MixedPart",
    "Participant",
    "Participants",
    "Plan",
    "PlanTables",
    "Point",
    "PrivateModel",
    "Replies",
    "SparsePlans",
    "Spread",
    "Subset",
    "TablePart",
    "Training",
    "annuity",
    "cheapest_levels",
    "disclosed_model",
    "local_participants",
    "participant_parts",
    "plan_of",
    "plan_table",
    "private_model",
    "split",
    "spread",
    "training_cost",
]
