"""Economies of countries and industries: their equilibria under policies, and best policies."""

from workshare.trade.agreements import coalition_values, cooperate, retaliation
from workshare.trade.bands import elasticity_band
from workshare.trade.best_policy import PolicyOptions, best_policy
from workshare.trade.branches import find_branches
from workshare.trade.carbon import border_adjustment, carbon_subsidies, emissions
from workshare.trade.contest import contest, regrets
from workshare.trade.decomposition import decompose
from workshare.trade.economy import Economy
from workshare.trade.equilibrium import rebased, solve_equilibrium
from workshare.trade.question import Question, answer
from workshare.trade.support import supporting_subsidies
from workshare.trade.taxes import Policy, Shock

__all__ = [
    "Economy",
    "Policy",
    "PolicyOptions",
    "Question",
    "Shock",
    "answer",
    "best_policy",
    "border_adjustment",
    "carbon_subsidies",
    "coalition_values",
    "contest",
    "cooperate",
    "decompose",
    "elasticity_band",
    "emissions",
    "find_branches",
    "rebased",
    "regrets",
    "retaliation",
    "solve_equilibrium",
    "supporting_subsidies",
]
