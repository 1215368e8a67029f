"""The coordinator: prices out, plans in, divisions of labour with a certificate."""

from workshare.coordination.certificate import Basis, Certificate, Line, certify
from workshare.coordination.certificate_file import (
    certificate_document,
    read_certificate,
    write_certificate,
)
from workshare.coordination.columns import Choice
from workshare.coordination.execution import Execution
from workshare.coordination.iterate import METHODS, Progress, iterate
from workshare.coordination.neighbourhood import Change, Search
from workshare.coordination.nonconvexity import Nonconvexity, nonconvexity
from workshare.coordination.operate import operate
from workshare.coordination.pool import Pool
from workshare.coordination.problem import Problem, Selection, total_contribution
from workshare.coordination.restricted import Restricted, RestrictedProgram
from workshare.coordination.solve import Settings, Solution, solve
from workshare.coordination.state import Options, Round, State
from workshare.coordination.warm import restart, turned

__all__ = [
    "METHODS",
    "Basis",
    "Certificate",
    "Change",
    "Choice",
    "Execution",
    "Line",
    "Nonconvexity",
    "Options",
    "Pool",
    "Problem",
    "Progress",
    "Restricted",
    "RestrictedProgram",
    "Round",
    "Search",
    "Selection",
    "Settings",
    "Solution",
    "State",
    "certificate_document",
    "certify",
    "iterate",
    "nonconvexity",
    "operate",
    "read_certificate",
    "restart",
    "solve",
    "total_contribution",
    "turned",
    "write_certificate",
]
