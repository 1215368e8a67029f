"""Polynomial systems of the literature with their known counts of roots."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from workshare.equilibria.polynomial import Polynomials, polynomials_from_arrays
from workshare.equilibria.system import System, system_from_function

Terms = list[tuple[complex, tuple[int, ...]]]


def unit(n: int, **powers: int) -> tuple[int, ...]:
    return tuple(powers.get(f"x{k}", 0) for k in range(n))


def katsura(n: int) -> Polynomials:
    """n + 1 unknowns, 2**n roots."""
    size = n + 1
    normal: Terms = [(1 if k == 0 else 2, unit(size, **{f"x{k}": 1})) for k in range(size)]
    equations: list[Terms] = [[*normal, (-1, (0,) * size)]]
    for m in range(n):
        terms: Terms = []
        for left in range(-n, n + 1):
            a, b = abs(left), abs(m - left)
            if b <= n:
                exponents = [0] * size
                exponents[a] += 1
                exponents[b] += 1
                terms.append((1, tuple(exponents)))
        terms.append((-1, unit(size, **{f"x{m}": 1})))
        equations.append(terms)
    return polynomials_from_arrays(equations)


def lattice(n: int, k: float) -> Polynomials:
    """x_i = x_i**2 + k sum_j x_j**2: 2**n real roots for small k."""
    return polynomials_from_arrays(
        [
            [(-1, unit(n, **{f"x{i}": 1}))]
            + [(1.0 if i == j else k, unit(n, **{f"x{j}": 2})) for j in range(n)]
            for i in range(n)
        ]
    )


def cyclic(n: int) -> Polynomials:
    """Cyclic n-roots: 70, 156, 924 for n = 5, 6, 7."""
    equations: list[Terms] = [
        [(1, tuple(1 if (j - s) % n < k else 0 for j in range(n))) for s in range(n)]
        for k in range(1, n)
    ]
    return polynomials_from_arrays([*equations, [(1, (1,) * n), (-1, (0,) * n)]])


def noon(n: int) -> Polynomials:
    """Neural network of Noonburg: 233 roots, 11 real, for n = 5."""
    equations: list[Terms] = []
    for i in range(n):
        terms: Terms = [
            (1, tuple((l == i) + 2 * (l == j) for l in range(n)))  # noqa: E741
            for j in range(n)
            if j != i
        ]
        terms += [(-1.1, unit(n, **{f"x{i}": 1})), (1, (0,) * n)]
        equations.append(terms)
    return polynomials_from_arrays(equations)


def economy(n: int) -> Polynomials:
    """Moré's economic modelling problem (``eco-n``): 2**(n - 2) roots."""
    equations: list[Terms] = []
    for k in range(1, n):
        pairs = [(n - 1, k - 1), *((n - 1, i - 1, i + k - 1) for i in range(1, n - k))]
        terms: Terms = [(1, tuple(pair.count(v) for v in range(n))) for pair in pairs]
        equations.append([*terms, (-k, (0,) * n)])
    total: Terms = [(1, unit(n, **{f"x{k}": 1})) for k in range(n - 1)]
    return polynomials_from_arrays([*equations, [*total, (1, (0,) * n)]])


def chandrasekhar(n: int, c: float = 0.51234) -> Polynomials:
    """The discrete H-equation of radiative transfer (``chandra-n``): 2**(n - 1) roots."""
    equations: list[Terms] = []
    for i in range(1, n + 1):
        terms: Terms = [(2 * n - c, unit(n, **{f"x{i - 1}": 1})), (-2 * n, (0,) * n)]
        for j in range(1, n):
            terms.append((-c * i / (i + j), tuple((v == i - 1) + (v == j - 1) for v in range(n))))
        equations.append(terms)
    return polynomials_from_arrays(equations)


def replicator(n: int) -> Polynomials:
    """x_i (1 - x_i - sum of weights times others): one root on each of 2**n faces."""
    random = np.random.default_rng(n)
    weights = 0.1 + 0.4 * random.random((n, n))
    return polynomials_from_arrays(
        [
            [(1, unit(n, **{f"x{i}": 1}))]
            + [
                (-1.0 if i == j else -weights[i, j], tuple((v == i) + (v == j) for v in range(n)))
                for j in range(n)
            ]
            for i in range(n)
        ]
    )


def bertrand() -> Polynomials:
    """Price game of Judd, Renner and Schmedders 2012: 18 real roots, 9 of them positive."""

    def own(k: int) -> Terms:
        def term(a: int, b: int) -> tuple[int, int, int]:
            return (a if k == 0 else 0, a if k == 1 else 0, b)

        return [
            (-2700, term(0, 0)),
            (2700, term(1, 0)),
            (8100, term(2, 2)),
            (-5400, term(3, 2)),
            (51, term(6, 3)),
            (-2, term(7, 3)),
        ]

    first: Terms = [(-1, (2, 0, 0)), (-1, (0, 2, 0)), (1, (2, 2, 2))]
    return polynomials_from_arrays([first, own(0), own(1)])


BANK: dict[str, tuple[Callable[[], Polynomials], int, int]] = {
    "katsura-4": (lambda: katsura(4), 16, 12),
    "katsura-7": (lambda: katsura(7), 128, 44),
    "lattice-3": (lambda: lattice(3, 0.1), 8, 8),
    "lattice-5": (lambda: lattice(5, 0.05), 32, 32),
    "cyclic-5": (lambda: cyclic(5), 70, 10),
    "cyclic-6": (lambda: cyclic(6), 156, 24),
    "cyclic-7": (lambda: cyclic(7), 924, 56),
    "eco-8": (lambda: economy(8), 64, 8),
    "chandra-6": (lambda: chandrasekhar(6), 32, 32),
    "chandra-7": (lambda: chandrasekhar(7), 64, 64),
    "noon-5": (lambda: noon(5), 233, 11),
    "bertrand": (bertrand, 62, 18),
}
"""Name: system, isolated roots, real ones among them (known counts; bertrand's 18 real roots are
published, its 62 isolated ones are what this package finds, certified one by one)."""


def network(n: int, weight: float = 0.05, strength: float = 1.5) -> System:
    """Weakly coupled ring of binary choices: 3**n equilibria."""

    def residual(x: np.ndarray, p: np.ndarray) -> list[object]:
        return [
            np.tanh(strength * x[i] + weight * (x[i - 1] + x[(i + 1) % n])) - x[i] for i in range(n)
        ]

    names = [f"x{i}" for i in range(n)]
    return system_from_function(
        residual, names, bounds=dict.fromkeys(names, (-1.5, 1.5)), name="ring"
    )
