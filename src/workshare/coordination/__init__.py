"""The coordinator: prices out, plans in, divisions of labour with a certificate."""

from workshare.coordination.certificate import Certificate, Line, certify
from workshare.coordination.iterate import METHODS, Progress, iterate
from workshare.coordination.operate import operate
from workshare.coordination.pool import Pool
from workshare.coordination.problem import Problem, Selection, total_contribution
from workshare.coordination.restricted import Choice, Restricted, RestrictedProgram
from workshare.coordination.solve import Settings, Solution, solve
from workshare.coordination.state import Options, Round, State

__all__ = [
    "METHODS",
    "Certificate",
    "Choice",
    "Line",
    "Options",
    "Pool",
    "Problem",
    "Progress",
    "Restricted",
    "RestrictedProgram",
    "Round",
    "Selection",
    "Settings",
    "Solution",
    "State",
    "certify",
    "iterate",
    "operate",
    "solve",
    "total_contribution",
]
