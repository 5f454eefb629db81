"""Small dense linear systems."""

from __future__ import annotations

from spondyl.compiled import bare


@bare
def factor(a, pivots):
    """Replace a square matrix by its triangular factors, rows exchanged; tell whether it is regular.

    The diagonal keeps the inverses of the pivots.
    """
    n = pivots.size
    for k in range(n):
        best, size = k, abs(a[k, k])
        for i in range(k + 1, n):
            if abs(a[i, k]) > size:
                best, size = i, abs(a[i, k])
        pivots[k] = best
        if not size > 0.0 or size == float("inf"):
            return False
        if best != k:
            for j in range(n):
                a[k, j], a[best, j] = a[best, j], a[k, j]
        a[k, k] = 1.0 / a[k, k]
        for i in range(k + 1, n):
            if a[i, k] != 0.0:
                a[i, k] *= a[k, k]
                share = a[i, k]
                for j in range(k + 1, n):
                    a[i, j] -= share * a[k, j]
    return True


@bare
def solve(a, pivots, b):
    """Replace `b` by the solution of the factored system."""
    n = pivots.size
    for k in range(n):
        other = pivots[k]
        if other != k:
            b[k], b[other] = b[other], b[k]
    for i in range(n):
        total = b[i]
        for j in range(i):
            total -= a[i, j] * b[j]
        b[i] = total
    for i in range(n - 1, -1, -1):
        total = b[i]
        for j in range(i + 1, n):
            total -= a[i, j] * b[j]
        b[i] = total * a[i, i]
