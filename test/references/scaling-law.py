"""Reference values for the fit of a scaling law, written to scaling-law.json beside this file.

Computed with SciPy, which shares no code with lib/: least squares of the relative errors by a trust-region method
with bounds, from many starts, the best kept. The points carry noise, so that no law goes through all of them:

    pip install numpy scipy
    python test/references/scaling-law.py
"""
import itertools
import json
import pathlib

import numpy as np
from scipy.optimize import least_squares

random = np.random.default_rng(7)
noisy = lambda values: values * np.exp(0.02 * random.standard_normal(values.shape))


def fit(sizes, y):
    """The best of many starts; the constants are floor, then factor and exponent of each term."""
    law = lambda theta: theta[0] + sum(theta[1 + 2 * i] * x ** -theta[2 + 2 * i] for i, x in enumerate(sizes))
    best = None
    for exponents in itertools.product([0.1, 0.4, 1.0, 2.0], repeat=len(sizes)):
        start = [0.5 * y.min()] + [value for x, e in zip(sizes, exponents) for value in (y.max() * x.min() ** e / 2, e)]
        lower = [0] + [0, 0.05] * len(sizes)
        upper = [np.inf] + [np.inf, 4] * len(sizes)
        found = least_squares(
            lambda theta: law(theta) / y - 1, start, bounds=(lower, upper), x_scale=np.abs(start) + 1e-3,
            xtol=1e-14, ftol=1e-14, gtol=1e-14, max_nfev=20000,
        )
        if best is None or found.cost < best.cost:
            best = found
    return {
        'floor': best.x[0],
        'factors': best.x[1::2].tolist(),
        'exponents': (-best.x[2::2]).tolist(),
        'error': float(np.sqrt(2 * best.cost / len(y))),
    }


cases = []
x = np.array([300.0, 1000, 3000, 10000, 24000, 50000])
cases.append({'sizes': [x], 'y': noisy(0.2 + 30 * x**-0.7)})
cases.append({'sizes': [x], 'y': noisy(9 * x**-0.4)})
n, d = (grid.ravel() for grid in np.meshgrid([3e3, 6e3, 13e3, 26e3, 5e4], [1.5e3, 3e3, 6e3, 12e3, 24e3, 48e3]))
cases.append({'sizes': [n, d], 'y': noisy(0.1 + 300 * n**-0.8 + 25 * d**-0.55)})

file = pathlib.Path(__file__).with_suffix('.json')
plain = [
    {'sizes': [list(size) for size in case['sizes']], 'y': list(case['y']), **fit(case['sizes'], case['y'])}
    for case in cases
]
file.write_text(json.dumps(plain, indent=1) + '\n')
for case in plain:
    print({key: case[key] for key in ('floor', 'factors', 'exponents', 'error')})
