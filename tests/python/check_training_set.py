"""Recomputes what Figure 5 shows of a run from its file: the inter-sample entropy of the training set, and the loss.

    check_training_set.py RUN.zarr.zip H_AS_WRITTEN H_AS_PUBLISHED TRAINING_LOSS

Needs numpy and zarr 3. Written from the definitions: Euclidean distances, the 1000 nearest others, σ by Newton's
method on the logarithm of the sum of weights, all in float64. As published, squared differences wrap to a byte; that
takes N² · 784 byte operations, so it is recomputed for up to 5000 images only. Raises where a value differs.
"""

import sys

import numpy as np
import zarr

TOLERANCE_BITS = 1e-4
K = 1000
MOST_WRAPPED = 5000


def euclidean(x, rows):
    x = x.astype(float)
    norms = (x * x).sum(1)
    return np.sqrt(np.maximum(norms[rows, None] + norms - 2 * x[rows] @ x.T, 0))


def wrapped(x, rows):
    def of(row):
        difference = x - row
        return np.sqrt((difference * difference).sum(1, dtype=np.int64))

    return np.array([of(row) for row in x[rows]])


def weights(d, k):
    """exp(−d/σ) with Σ = log2 k for every row of distances to the k nearest."""
    target = np.log(np.log2(k))
    inverse = (np.log(k) - target) / d.mean(1)
    for _ in range(60):
        w = np.exp(-inverse[:, None] * d)
        total = w.sum(1)
        off = np.log(total) - target
        inverse = np.maximum(inverse + off * total / (w * d).sum(1), inverse / 10)
        if np.abs(off).max() < 1e-12:
            return np.exp(-inverse[:, None] * d)
    raise AssertionError("σ was not found")


def entropy(x, distances):
    n = len(x)
    k = min(K, n - 1)
    nearest = np.empty((n, k), np.int64)
    weight = np.empty((n, k))
    for start in range(0, n, 500):
        rows = np.arange(start, min(n, start + 500))
        d = distances(x, rows)
        d[np.arange(len(rows)), rows] = np.inf
        near = np.argpartition(d, k - 1, axis=1)[:, :k]
        nearest[rows] = near
        weight[rows] = weights(np.take_along_axis(d, near, 1), k)
    # P is symmetric: each unordered pair once, then counted twice.
    i = np.repeat(np.arange(n), k)
    j = nearest.ravel()
    pair = np.minimum(i, j) * n + np.maximum(i, j)
    order = np.argsort(pair, kind="stable")
    first = np.flatnonzero(np.r_[True, np.diff(pair[order]) > 0])
    p = np.add.reduceat(weight.ravel()[order], first)
    p = p[p > 0] / (2 * p.sum())
    return float(-2 * (p * np.log2(p)).sum())


def check(what, shown, found, tolerance):
    print(f"{what}: {shown} on the page, {found:.6f} recomputed")
    assert abs(shown - found) <= tolerance, what


def main(path, written, published, loss):
    root = zarr.open_group(zarr.storage.ZipStore(path, mode="r"), mode="r")
    images = root["training/images"][:]
    x = images.reshape(len(images), -1)
    check(f"N = {len(x)}", float(written), entropy(x, euclidean), TOLERANCE_BITS)
    if len(x) <= MOST_WRAPPED:
        check("  as published", float(published), entropy(x, wrapped), TOLERANCE_BITS)
    check("  training loss", float(loss), float(root["training/loss"][-1, 0]), 6e-5)


if __name__ == "__main__":
    main(*sys.argv[1:])
