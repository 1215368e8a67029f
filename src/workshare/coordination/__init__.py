"""The coordinator: prices out, plans in, divisions of labour with a certificate."""

from workshare.coordination.certificate import Certificate, Line, certify
from workshare.coordination.column_generation import Options, Round, State
from workshare.coordination.iterate import METHODS, Progress, iterate
from workshare.coordination.operate import operate
from workshare.coordination.problem import Problem, Selection, total_contribution
from workshare.coordination.restricted import Choice, Restricted, RestrictedProgram
from workshare.coordination.solve import Settings, Solution, solve

__all__ = [
    "METHODS",
    "Certificate",
    "Choice",
    "Line",
    "Options",
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
