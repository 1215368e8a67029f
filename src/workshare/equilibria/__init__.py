"""Systems of equations with several solutions: find them, certify, classify and follow them."""

from workshare.equilibria.basins import (
    BasinShare,
    InnerBasin,
    SampledBasins,
    basin_of,
    inner_basin,
    sample_basins,
)
from workshare.equilibria.branches import Branch, Diagram, Turn, follow, follow_branch
from workshare.equilibria.certify import certify_point, certify_roots
from workshare.equilibria.classify import (
    Classification,
    EquilibriumType,
    Stability,
    classify,
    order_ranks,
    stability,
)
from workshare.equilibria.completeness import (
    Completeness,
    Equilibrium,
    EquilibriumSet,
    Kind,
    Outcome,
)
from workshare.equilibria.deflation import search, unseen_roots
from workshare.equilibria.dynamics import Dynamic, Moved, move
from workshare.equilibria.find import find
from workshare.equilibria.homotopy import HomotopyOptions, HomotopyRoots, solve_polynomials
from workshare.equilibria.interval import Cover, cover_box
from workshare.equilibria.judge import METHODS, FindOptions, summary
from workshare.equilibria.jump import Carried, Change, carry, label_change
from workshare.equilibria.mixed_cells import MixedCells, mixed_cells, mixed_volume
from workshare.equilibria.monotone import Bracket, bracket
from workshare.equilibria.parameter_homotopy import (
    FamilyRoots,
    FamilyStart,
    solve_generic,
    track_family,
)
from workshare.equilibria.path import Path, make_path
from workshare.equilibria.polynomial import Polynomials, polynomials_from_arrays, polynomials_of
from workshare.equilibria.portrait import Portrait, portrait
from workshare.equilibria.push import (
    PermanentSupport,
    ReboundRisk,
    TemporaryPush,
    permanent_support,
    rebound_risk,
    shortest_push,
    temporary_push,
)
from workshare.equilibria.push_choice import PushChoice, which_to_push
from workshare.equilibria.support import with_support
from workshare.equilibria.system import System, system_from_function, system_from_text
from workshare.equilibria.tube import Tube, tube
from workshare.equilibria.uniqueness import Uniqueness, elasticity_test, uniqueness_test

__all__ = [
    "System",
    "system_from_text",
    "system_from_function",
    "Polynomials",
    "polynomials_from_arrays",
    "polynomials_of",
    "find",
    "FindOptions",
    "METHODS",
    "summary",
    "EquilibriumSet",
    "Equilibrium",
    "Completeness",
    "Outcome",
    "Kind",
    "solve_polynomials",
    "HomotopyOptions",
    "HomotopyRoots",
    "solve_generic",
    "track_family",
    "FamilyStart",
    "FamilyRoots",
    "mixed_volume",
    "mixed_cells",
    "MixedCells",
    "cover_box",
    "Cover",
    "bracket",
    "Bracket",
    "uniqueness_test",
    "elasticity_test",
    "Uniqueness",
    "search",
    "unseen_roots",
    "certify_point",
    "certify_roots",
    "BasinShare",
    "InnerBasin",
    "SampledBasins",
    "basin_of",
    "inner_basin",
    "sample_basins",
    "Branch",
    "Diagram",
    "Turn",
    "follow",
    "follow_branch",
    "Classification",
    "EquilibriumType",
    "Stability",
    "classify",
    "order_ranks",
    "stability",
    "Dynamic",
    "Moved",
    "move",
    "Carried",
    "Change",
    "carry",
    "label_change",
    "Path",
    "make_path",
    "Portrait",
    "portrait",
    "PermanentSupport",
    "PushChoice",
    "ReboundRisk",
    "TemporaryPush",
    "permanent_support",
    "rebound_risk",
    "shortest_push",
    "temporary_push",
    "which_to_push",
    "with_support",
    "Tube",
    "tube",
]
