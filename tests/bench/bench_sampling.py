"""Sampling 1000 mixtures: `mdn.sample_from_output` on the batch against one call a row, the peer's way.

    python tests/bench/bench_sampling.py

The row-by-row way is that of the public layer: softmax, a categorical draw, and
`numpy.random.multivariate_normal` with a diagonal covariance. Both in one run; medians of 30.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

import mdn

ROWS, DIM, MIXES, ROUNDS = 1000, 9, 5, 30


def row_by_row(params: np.ndarray) -> np.ndarray:
    n = DIM * MIXES
    samples = []
    for row in params:
        pi = np.exp(row[2 * n :] - row[2 * n :].max())
        component = int(np.searchsorted(np.cumsum(pi / pi.sum()), np.random.random()))
        part = slice(component * DIM, (component + 1) * DIM)
        covariance = np.identity(DIM) * np.square(row[n : 2 * n][part])
        samples.append(np.random.multivariate_normal(row[:n][part], covariance, 1)[0])
    return np.stack(samples)


def median_us(sample: Callable[[], np.ndarray], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        sample()
        times.append(time.perf_counter() - start)
    return float(np.median(times)) / ROWS * 1e6


def main() -> None:
    rng = np.random.default_rng(1)
    params = rng.normal(0.0, 1.0, (ROWS, MIXES * (2 * DIM + 1)))
    params[:, DIM * MIXES : 2 * DIM * MIXES] = rng.uniform(0.1, 1.0, (ROWS, DIM * MIXES))
    peer = median_us(lambda: row_by_row(params), ROUNDS // 5)
    ours = median_us(lambda: mdn.sample_from_output(params, DIM, MIXES, rng=rng), ROUNDS)
    sys.stdout.write(f"a row a call {peer:.2f} us a sample, all in one {ours:.3f} us: ")
    sys.stdout.write(f"{peer / ours:.0f} times\n")


if __name__ == "__main__":
    main()
