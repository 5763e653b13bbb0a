"""The jobs of the speed table in numpy: the yardstick of `cargo xtask bench`.

usage: numpy_jobs.py JOB REPETITIONS, with CNNSLICER_REFERENCE naming the folder of entropy_fast_numpy.py
(function fast_H(X, k, dtype)). Prints one line of JSON. The environment sets BLAS to one thread.
Single precision throughout, which is numpy's faster choice. The other jobs are written here as one
would write them in numpy: no loop over single pairs or values, distances of all pairs from a Gram matrix.
"""
import json
import os
import resource
import sys
import time

import numpy as np

DIMENSION, IMAGES, BINS = 784, 1000, 32


def uniform(position):
    x = position.astype(np.uint32) * np.uint32(0x9E3779B1)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return ((x ^ (x >> np.uint32(16))) >> np.uint32(8)).astype(np.float32) / np.float32(16777216)


def rectified(n, dimension, stream):
    """As `inputs.rs`: bit for bit."""
    at = np.arange(n * dimension, dtype=np.int64)
    classes = (uniform(np.arange(n, dtype=np.int64) + (3 << 30)) * np.float32(10)).astype(np.int64)
    place = np.repeat(classes, dimension) * dimension + at % dimension
    template = uniform(place + stream // 2 + 2**31)
    noise = uniform(at + stream)
    values = np.float32(0.75) * template + np.float32(0.25) * noise - np.float32(0.5)
    return np.maximum(values, np.float32(0)).reshape(n, dimension)


def byte_images(n):
    return np.minimum(np.floor(rectified(n, DIMENSION, 0) * np.float32(512)), np.float32(255))


def inter(samples):
    sys.path.insert(0, os.environ["CNNSLICER_REFERENCE"])
    from entropy_fast_numpy import fast_H

    return lambda: fast_H(samples, k=1000, dtype=np.float32)


def codes(distances):
    """Bins of each row over its own range, as bytes."""
    lo, hi = distances.min(axis=1, keepdims=True), distances.max(axis=1, keepdims=True)
    bins = (distances - lo) * (BINS / np.where(hi > lo, hi - lo, 1))
    return np.minimum(bins, BINS - 1).astype(np.uint8)


def sampled_distances(layer, shifts):
    """[C, X, P] -> [C, shifts * X]: pairs (i, i + s)."""
    parts = []
    for shift in shifts:
        difference = layer - np.roll(layer, -shift, axis=1)
        parts.append(np.einsum("cip,cip->ci", difference, difference))
    return np.sqrt(np.concatenate(parts, axis=1))


def all_distances(layer):
    upper = np.triu_indices(layer.shape[1], 1)
    rows = []
    for channel in layer:
        norms = np.einsum("ip,ip->i", channel, channel)
        gram = channel @ channel.T
        gram *= -2
        gram += norms[:, None]
        gram += norms
        rows.append(np.sqrt(np.maximum(gram[upper], 0)))
    return np.stack(rows)


def entropy(counts):
    p = counts[counts > 0] / counts.sum()
    return -(p * np.log2(p)).sum()


def capacity(distances):
    first = rectified(32 * IMAGES, 256, 0).reshape(32, IMAGES, 256)
    second = rectified(64 * IMAGES, 64, 1 << 30).reshape(64, IMAGES, 64)

    def run():
        return matrix(codes(distances(first)), codes(distances(second)))

    return run


def matrix(a, b):
    """Sum of I over all channels of a with all of b, from their codes."""
    of_b = [entropy(np.bincount(row)) for row in b]
    total = 0.0
    for row in a.astype(np.int64) * BINS:
        of_a = entropy(np.bincount(row))
        for column, bits in zip(b, of_b):
            total += of_a + bits - entropy(np.bincount(row + column, minlength=BINS * BINS))
    return total


def heatmap():
    def stored(stream):
        return np.minimum(np.floor(rectified(64, 20_000, stream) * 2 * BINS), BINS - 1).astype(np.uint8)

    a, b, null = stored(0), stored(1 << 29), stored(1 << 30)
    return lambda: matrix(a, b) + matrix(a, null)


def intra(whole_channels):
    """Map by map, which is how the figures of the speed table arose, or a channel's maps at once."""
    maps = rectified(32 * IMAGES, 32 * 32, 0)
    group = IMAGES if whole_channels else 1

    def run():
        total = 0.0
        for start in range(0, len(maps), group):
            bins = codes(maps[start:start + group]).astype(np.int64)
            bins += np.arange(group)[:, None] * BINS
            p = np.bincount(bins.ravel(), minlength=group * BINS) / maps.shape[1]
            p = p[p > 0]
            total -= (p * np.log2(p)).sum() / IMAGES
        return total

    return run


def job_named(name):
    if name == "capacity-sampled":
        shifts = np.random.default_rng(0).permutation(np.arange(1, IMAGES // 2))[:20]
        return capacity(lambda layer: sampled_distances(layer, shifts))
    if name == "capacity-all":
        return capacity(all_distances)
    if name == "heatmap":
        return heatmap()
    if name.startswith("intra"):
        return intra(whole_channels=name == "intra-vectorised")
    kind, n = name.rsplit("-", 1)
    return inter({"inter-bytes": byte_images, "inter-floats": lambda n: rectified(n, DIMENSION, 0)}[kind](int(n)))


def main():
    job = job_named(sys.argv[1])
    seconds = float("inf")
    for _ in range(int(sys.argv[2])):
        # Of the processor, as in main.rs: what else runs then counts less.
        start = time.process_time()
        check = job()
        seconds = min(seconds, time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "check": float(check), "peak_bytes": peak}))


main()
