"""Following one root of a polynomial system while its coefficients change: the compiled kernel.

``H(x, t) = (1 - t) f(x) + t g(x)`` has the known roots of ``g`` at ``t = 1`` and the wanted ones of
``f`` at ``t = 0``. Both are multihomogeneous: every group of unknowns has one coordinate more, so
that paths to infinity end at an ordinary point. The predictor is Hermite interpolation through the
last points and tangents (it costs no linear solve), the corrector is Newton with a tight test on
its first correction, which keeps neighbouring paths apart. Paths that do not arrive by ordinary
steps are finished by a Cauchy endgame: loops around ``t = 0``, whose mean is the end point and
whose number is its winding number (Morgan, Sommese and Wampler 1991).
"""

from __future__ import annotations

import numpy as np
from numba import njit

REGULAR, INFINITE, SINGULAR, FAILED = 0, 1, 2, 3
"""How a path ended."""

ENDGAME_AT = 5e-3
"""Value of t at which the endgame starts, where ordinary steps have not arrived before."""

MEAN_SOLVES = 1e-11
"""Largest residual of an end point found by loops (equations and points have size one)."""

MAX_WINDING = 16
LOOP_POINTS = 8


@njit(cache=True, error_model="numpy")
def evaluate(  # type: ignore[no-untyped-def]
    terms, linear, x, t, powers, H, J, Ht
):
    """Fill H (n), its Jacobian J (n, N) and its derivative by t; N = n + number of groups."""
    equation, factor_start, factor_variable, factor_power, target, start, highest = terms
    N = x.size
    for variable in range(N):
        powers[variable, 0] = 1.0
        for exponent in range(1, highest[variable] + 1):
            powers[variable, exponent] = powers[variable, exponent - 1] * x[variable]
    n = H.size
    for row in range(n):
        H[row] = 0.0
        Ht[row] = 0.0
        for column in range(N):
            J[row, column] = 0.0
    for term in range(equation.size):
        row = equation[term]
        first, last = factor_start[term], factor_start[term + 1]
        coefficient = target[term] + t * (start[term] - target[term])
        change = start[term] - target[term]
        count = last - first
        if count == 1:
            variable, exponent = factor_variable[first], factor_power[first]
            monomial = powers[variable, exponent]
            J[row, variable] += coefficient * exponent * powers[variable, exponent - 1]
        elif count == 2:
            v, e = factor_variable[first], factor_power[first]
            w, d = factor_variable[first + 1], factor_power[first + 1]
            a, b = powers[v, e], powers[w, d]
            monomial = a * b
            J[row, v] += coefficient * e * powers[v, e - 1] * b
            J[row, w] += coefficient * d * powers[w, d - 1] * a
        elif count == 0:
            monomial = 1.0 + 0.0j
        else:
            monomial = 1.0 + 0.0j
            for k in range(first, last):
                v, e = factor_variable[k], factor_power[k]
                rest = coefficient * e * powers[v, e - 1] * monomial
                for other in range(k + 1, last):
                    rest *= powers[factor_variable[other], factor_power[other]]
                J[row, v] += rest
                monomial *= powers[v, e]
        H[row] += coefficient * monomial
        Ht[row] += change * monomial
    _add_products(linear, x, t, H, J, Ht)


@njit(cache=True, error_model="numpy")
def _add_products(linear, x, t, H, J, Ht):  # type: ignore[no-untyped-def]
    """Add t times the products of linear forms of a multihomogeneous start."""
    forms, first_form = linear
    if forms.shape[0] == 0:
        return
    N = x.size
    for row in range(H.size):
        begin, end = first_form[row], first_form[row + 1]
        product = 1.0 + 0.0j
        for k in range(begin, end):
            value = 0.0 + 0.0j
            for v in range(N):
                value += forms[k, v] * x[v]
            rest = t * product
            for other in range(k + 1, end):
                factor = 0.0 + 0.0j
                for v in range(N):
                    factor += forms[other, v] * x[v]
                rest *= factor
            for v in range(N):
                J[row, v] += rest * forms[k, v]
            product *= value
        H[row] += t * product
        Ht[row] += product


@njit(cache=True, error_model="numpy")
def factorise(A, pivots):  # type: ignore[no-untyped-def]
    """Overwrite A by its LU factors with partial pivoting; return False where it is singular."""
    size = A.shape[0]
    for k in range(size):
        best, row = -1.0, k
        for i in range(k, size):
            magnitude = A[i, k].real * A[i, k].real + A[i, k].imag * A[i, k].imag
            if magnitude > best:
                best, row = magnitude, i
        if not best > 1e-300:
            return False
        pivots[k] = row
        if row != k:
            for j in range(size):
                A[k, j], A[row, j] = A[row, j], A[k, j]
        inverse = 1.0 / A[k, k]
        for i in range(k + 1, size):
            factor = A[i, k]
            if factor.real == 0.0 and factor.imag == 0.0:
                continue
            factor *= inverse
            A[i, k] = factor
            for j in range(k + 1, size):
                A[i, j] -= factor * A[k, j]
    return True


@njit(cache=True, error_model="numpy")
def substitute(A, pivots, b):  # type: ignore[no-untyped-def]
    """Overwrite b by the solution of the factorised system."""
    size = A.shape[0]
    for k in range(size):
        row = pivots[k]
        if row != k:
            b[k], b[row] = b[row], b[k]
    for i in range(size):
        total = b[i]
        for j in range(i):
            total -= A[i, j] * b[j]
        b[i] = total
    for i in range(size - 1, -1, -1):
        total = b[i]
        for j in range(i + 1, size):
            total -= A[i, j] * b[j]
        b[i] = total / A[i, i]


@njit(cache=True, error_model="numpy")
def _newton(terms, linear, patch, x, t, limits, work):  # type: ignore[no-untyped-def]
    """Correct x at t; return (converged, first correction); leave the tangent in work.

    Converged: the first correction is within ``limits[0]``, each next one is at most a tenth of the
    one before, and the last is below ``limits[1]``, so that the error left is near its square.
    """
    powers, H, J, Ht, A, pivots, b, tangent = work
    n, N = H.size, x.size
    first, last = 0.0, 0.0
    for iteration in range(4):
        evaluate(terms, linear, x, t, powers, H, J, Ht)
        for i in range(n):
            b[i] = -H[i]
            for j in range(N):
                A[i, j] = J[i, j]
        for i in range(n, N):
            value = 1.0 + 0.0j
            for j in range(N):
                A[i, j] = patch[i - n, j]
                value -= patch[i - n, j] * x[j]
            b[i] = value
        if not factorise(A, pivots):
            return False, 1.0
        substitute(A, pivots, b)
        size = 0.0
        for j in range(N):
            size += b[j].real * b[j].real + b[j].imag * b[j].imag
        size = np.sqrt(size)
        if not size < 1e100:
            return False, 1.0
        if iteration == 0:
            first = size
            if size > limits[0]:
                return False, first
        elif size > 0.1 * last and size > 1e-11:
            return False, max(first, limits[0])
        for j in range(N):
            x[j] += b[j]
        # quadratic convergence: the next correction would be about size**3 / last**2
        following = size * size * size / (last * last) if iteration > 0 else size * size
        last = max(size, 1e-30)
        if size < limits[1] or (iteration > 0 and following < 1e-3 * limits[1]):
            for i in range(n):
                tangent[i] = -Ht[i]
            for i in range(n, N):
                tangent[i] = 0.0
            substitute(A, pivots, tangent)
            return True, first
    return False, max(first, limits[0])


@njit(cache=True, error_model="numpy")
def _predict(times, points, tangents, known, t, x):  # type: ignore[no-untyped-def]
    """Fill x by Hermite extrapolation to t through ``known`` points with tangents."""
    N = x.size
    x[:] = 0.0
    for k in range(known):
        # Hermite basis: squared Lagrange polynomial times a linear factor
        lagrange = 1.0 + 0.0j
        slope = 0.0 + 0.0j
        for other in range(known):
            if other != k:
                inverse = 1.0 / (times[k] - times[other])
                lagrange *= (t - times[other]) * inverse
                slope += inverse
        square = lagrange * lagrange
        by_tangent = (t - times[k]) * square
        by_point = (1.0 - 2.0 * slope * (t - times[k])) * square
        for j in range(N):
            x[j] += by_point * points[k, j] + by_tangent * tangents[k, j]


@njit(cache=True, error_model="numpy")
def segment(  # type: ignore[no-untyped-def]
    terms, linear, groups, patch, x, begin, end, stop, limits, work, budget
):
    """Follow x from t = begin towards end in a straight line; return (t reached, steps left).

    Ordinary steps go on while ``|t| > stop``; a step that can reach ``end`` itself is taken. The
    patch is renewed (in place) where the point has grown, which begins the history anew.
    """
    N = x.size
    tangent = work[7]
    times = np.empty(3, dtype=np.complex128)
    points = np.empty((3, N), dtype=np.complex128)
    tangents = np.empty((3, N), dtype=np.complex128)
    trial = np.empty(N, dtype=np.complex128)
    span = abs(end - begin)
    direction = (end - begin) / span
    done, step = 0.0, min(0.1, 0.1 * span) if stop > 0.0 else 0.25 * span
    t = begin
    good, _ = _newton(terms, linear, patch, x, t, (0.1, 1e-9), work)
    if not good:
        return t, 0
    times[0] = t
    points[0] = x
    tangents[0] = tangent
    known = 1
    while budget > 0:
        budget -= 1
        last = step >= span - done
        if last:
            step = span - done
        target = end if last else begin + direction * (done + step)
        _predict(times, points, tangents, known, target, trial)
        good, first = _newton(terms, linear, patch, trial, target, limits, work)
        order = 2.0 * known
        if good and last and end == 0.0:
            # near a singular end Newton stalls at half the digits: a second call tells it
            good, _again = _newton(terms, linear, patch, trial, target, (1e-9, 1e-9), work)
        if good:
            done = span if last else done + step
            t = target
            x[:] = trial
            if last:
                return t, budget
            if abs(t) <= stop:
                return t, budget
            if known == 3:
                times[0], times[1] = times[1], times[2]
                points[0], points[1] = points[1], points[2]
                tangents[0], tangents[1] = tangents[1], tangents[2]
                known = 2
            times[known] = t
            points[known] = x
            tangents[known] = tangent
            known += 1
            growth = (0.3 * limits[0] / max(first, 1e-14)) ** (1.0 / order)
            step *= min(3.0, max(0.5, growth))
            size = 0.0
            for j in range(N):
                size = max(size, x[j].real * x[j].real + x[j].imag * x[j].imag)
            if stop > 0.0 and size > 25.0:
                renew_patch(groups, patch, x)
                good, _ = _newton(terms, linear, patch, x, t, (0.1, 1e-9), work)
                if not good:
                    return t, 0
                times[0] = t
                points[0] = x
                tangents[0] = tangent
                known = 1
                step = min(step, 0.02 * abs(t) + 1e-12)
        else:
            step *= 0.5
            if step < 1e-13 * max(abs(t), 1e-10):
                return t, 0
    return t, 0


@njit(cache=True, error_model="numpy")
def renew_patch(groups, patch, x):  # type: ignore[no-untyped-def]
    """Scale each group of x to length one and take its conjugate as the patch."""
    for group in range(patch.shape[0]):
        size = 0.0
        for j in range(x.size):
            if groups[j] == group:
                size += x[j].real * x[j].real + x[j].imag * x[j].imag
        size = np.sqrt(size)
        for j in range(x.size):
            patch[group, j] = 0.0
            if groups[j] == group:
                x[j] /= size
                patch[group, j] = np.conj(x[j])


@njit(cache=True, error_model="numpy")
def _loops(terms, linear, groups, patch, x, radius, limits, work, mean):  # type: ignore[no-untyped-def]
    """Go round t = 0 until the path closes; return its winding number (0: it did not)."""
    N = x.size
    start = x.copy()
    mean[:] = 0.0
    samples = 0
    for winding in range(1, MAX_WINDING + 1):
        for k in range(LOOP_POINTS):
            for j in range(N):
                mean[j] += x[j]
            samples += 1
            begin = radius * np.exp(2j * np.pi * k / LOOP_POINTS)
            end = radius * np.exp(2j * np.pi * (k + 1) / LOOP_POINTS)
            if k == LOOP_POINTS - 1:
                end = radius + 0.0j
            _, left = segment(terms, linear, groups, patch, x, begin, end, 0.0, limits, work, 200)
            if left == 0:
                return 0
        distance = 0.0
        for j in range(N):
            distance = max(distance, abs(x[j] - start[j]))
        if distance < 1e-7:
            for j in range(N):
                mean[j] /= samples
            return winding
    return 0


@njit(cache=True, error_model="numpy")
def follow(terms, linear, groups, x, limits, budget):  # type: ignore[no-untyped-def]
    """Follow one path from t = 1 to t = 0; return (ending, winding number, steps, t reached).

    ``x`` (homogeneous coordinates) is overwritten by the end. REGULAR: ordinary steps arrived.
    INFINITE: a group's last coordinate vanishes. SINGULAR: finite, but several paths meet there or
    the endgame was needed. FAILED: the path was lost, at the t returned.
    """
    N = x.size
    num_groups = 0
    for j in range(N):
        num_groups = max(num_groups, groups[j] + 1)
    n = N - num_groups
    highest = 1
    for j in range(N):
        highest = max(highest, terms[6][j])
    work = (
        np.empty((N, highest + 1), dtype=np.complex128),
        np.empty(n, dtype=np.complex128),
        np.empty((n, N), dtype=np.complex128),
        np.empty(n, dtype=np.complex128),
        np.empty((N, N), dtype=np.complex128),
        np.empty(N, dtype=np.int64),
        np.empty(N, dtype=np.complex128),
        np.empty(N, dtype=np.complex128),
    )
    patch = np.zeros((num_groups, N), dtype=np.complex128)
    renew_patch(groups, patch, x)
    one, zero = 1.0 + 0.0j, 0.0 + 0.0j
    t, left = segment(terms, linear, groups, patch, x, one, zero, ENDGAME_AT, limits, work, budget)
    if t == zero:
        return REGULAR, 1, budget - left, 0.0
    if left == 0:
        return FAILED, 0, budget, abs(t)
    mean = np.empty(N, dtype=np.complex128)
    before = np.empty(N, dtype=np.complex128)
    had = False
    # loops at shrinking radii, until two means agree
    for _ in range(8):
        renew_patch(groups, patch, x)
        good, _first = _newton(terms, linear, patch, x, t, (0.1, 1e-9), work)
        if not good:
            return FAILED, 0, budget - left, abs(t)
        saved = x.copy()
        winding = _loops(terms, linear, groups, patch, x, t.real, limits, work, mean)
        if winding > 0:
            renew_patch(groups, patch, mean)
            if _least_last(num_groups, n, mean) < 1e-9:
                x[:] = mean
                return INFINITE, winding, budget - left, abs(t)
            # a loop round paths that have not parted yet ends at their mean, which solves nothing
            evaluate(terms, linear, mean, zero, work[0], work[1], work[2], work[3])
            rest = 0.0
            for i in range(n):
                rest = max(rest, abs(work[1][i]))
            if had and rest < MEAN_SOLVES and _apart(groups, mean, before) < 1e-6:
                x[:] = mean
                return _classify(groups, num_groups, n, x), winding, budget - left, abs(t)
            before[:] = mean
            had = True
        x[:] = saved
        renew_patch(groups, patch, x)
        goal = t * 0.125
        reached, left = segment(
            terms, linear, groups, patch, x, t, zero, abs(goal), limits, work, max(left, 1)
        )
        if reached == zero:
            return REGULAR, 1, budget - left, 0.0
        t = reached
        if left == 0:
            return FAILED, 0, budget, abs(t)
    return FAILED, 0, budget - left, abs(t)


@njit(cache=True, error_model="numpy")
def _apart(groups, one, two):  # type: ignore[no-untyped-def]
    """Return the distance of two points of unit length, whatever their phases."""
    num_groups = 0
    for j in range(one.size):
        num_groups = max(num_groups, groups[j] + 1)
    worst = 0.0
    for group in range(num_groups):
        product = 0.0 + 0.0j
        for j in range(one.size):
            if groups[j] == group:
                product += np.conj(two[j]) * one[j]
        size = abs(product)
        phase = product / size if size > 0.0 else 1.0 + 0.0j
        total = 0.0
        for j in range(one.size):
            if groups[j] == group:
                total += abs(one[j] - phase * two[j]) ** 2
        worst = max(worst, np.sqrt(total))
    return worst


@njit(cache=True, error_model="numpy")
def _classify(groups, num_groups, n, x):  # type: ignore[no-untyped-def]
    """Return INFINITE where a homogenising coordinate is zero, else SINGULAR."""
    return INFINITE if _least_last(num_groups, n, x) < 1e-7 else SINGULAR


@njit(cache=True, error_model="numpy")
def _least_last(num_groups, n, x):  # type: ignore[no-untyped-def]
    """Return the smallest homogenising coordinate of a point of length one."""
    least = 1.0
    for group in range(num_groups):
        least = min(least, abs(x[n + group]))
    return least


@njit(cache=True, error_model="numpy", nogil=True)
def follow_many(terms, linear, groups, starts, limits, budget):  # type: ignore[no-untyped-def]
    """Follow every row of ``starts``; return end points, endings, windings and steps."""
    count, N = starts.shape
    ends = starts.copy()
    endings = np.empty(count, dtype=np.int64)
    windings = np.empty(count, dtype=np.int64)
    steps = np.empty(count, dtype=np.int64)
    x = np.empty(N, dtype=np.complex128)
    for path in range(count):
        x[:] = starts[path]
        endings[path], windings[path], steps[path], _ = follow(
            terms, linear, groups, x, limits, budget
        )
        ends[path] = x
    return ends, endings, windings, steps


@njit(cache=True, error_model="numpy")
def weakest_pivots(terms, linear, groups, points, n):  # type: ignore[no-untyped-def]
    """Return smallest over largest pivot of the target's Jacobian with its patch rows."""
    count, N = points.shape
    highest = 1
    for j in range(N):
        highest = max(highest, terms[6][j])
    powers = np.empty((N, highest + 1), dtype=np.complex128)
    H, Ht = np.empty(n, dtype=np.complex128), np.empty(n, dtype=np.complex128)
    J, A = np.empty((n, N), dtype=np.complex128), np.empty((N, N), dtype=np.complex128)
    pivots = np.empty(N, dtype=np.int64)
    ratios = np.empty(count)
    for point in range(count):
        evaluate(terms, linear, points[point], 0.0 + 0.0j, powers, H, J, Ht)
        A[:n] = J
        for i in range(n, N):
            for j in range(N):
                A[i, j] = np.conj(points[point, j]) if groups[j] == i - n else 0.0
        if not factorise(A, pivots):
            ratios[point] = 0.0
            continue
        least, most = np.inf, 0.0
        for i in range(N):
            least, most = min(least, abs(A[i, i])), max(most, abs(A[i, i]))
        ratios[point] = least / most
    return ratios
