"""The integrator's numbers: RODAS, a Rosenbrock method of order 4 with an embedded one of order 3.

Hairer and Wanner (1996, section IV.10): six stages, L-stable and stiffly accurate. Each stage i solves

    (1/(h γ) − J) kᵢ = f(t + aᵢ h, y + Σⱼ Aᵢⱼ kⱼ) + Σⱼ Cᵢⱼ kⱼ / h + h dᵢ ∂f/∂t

with the exact Jacobian J at the beginning of the step. The last stage is the error of the embedded method.
"""

from __future__ import annotations

import numpy as np

STAGES = 6
ORDER = 4
GAMMA = 0.25

A = np.zeros((STAGES, STAGES))
A[1, :1] = 1.544
A[2, :2] = 0.9466785280815826, 0.2557011698983284
A[3, :3] = 3.314825187068521, 2.896124015972201, 0.9986419139977817
A[4, :4] = 1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950
A[5, :5] = 1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1.0

C = np.zeros((STAGES, STAGES))
C[1, :1] = -5.6688
C[2, :2] = -2.430093356833875, -0.2063599157091915
C[3, :3] = -0.1073529058151375, -9.594562251023355, -20.47028614809616
C[4, :4] = 7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160
C[5, :5] = 8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054

TIMES = np.array([0.0, 0.386, 0.21, 0.63, 1.0, 1.0])
SLOPES = np.array([0.25, -0.1043, 0.1035, -0.0362, 0.0, 0.0])

for _table in (A, C, TIMES, SLOPES):
    _table.setflags(write=False)

SAFETY = 0.9
"""Share of the step that the error estimate promises; Hairer and Wanner's choice, as are the next two."""
SHRINK = 0.2
GROW = 6.0

SMALLEST = 16 * float(np.finfo(np.float64).eps)
"""A step below this share of the time is lost in rounding: the solution runs away or jumps without end."""

MOST_STEPS = 200_000
"""In one interval; stiff networks take tens."""
