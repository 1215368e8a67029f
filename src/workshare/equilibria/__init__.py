"""Systems of equations with several solutions: find them, certify, classify and follow them."""

from workshare.equilibria.certify import certify_point, certify_roots
from workshare.equilibria.completeness import (
    Completeness,
    Equilibrium,
    EquilibriumSet,
    Kind,
    Outcome,
)
from workshare.equilibria.deflation import search, unseen_roots
from workshare.equilibria.find import METHODS, FindOptions, find, summary
from workshare.equilibria.homotopy import HomotopyOptions, HomotopyRoots, solve_polynomials
from workshare.equilibria.interval import Cover, cover_box
from workshare.equilibria.monotone import Bracket, bracket
from workshare.equilibria.parameter_homotopy import (
    FamilyRoots,
    FamilyStart,
    solve_generic,
    track_family,
)
from workshare.equilibria.polynomial import Polynomials, polynomials_from_arrays, polynomials_of
from workshare.equilibria.system import System, system_from_function, system_from_text
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
]
