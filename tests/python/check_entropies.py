"""Recomputes the measures stored in a run file from its arrays, in float64, and compares.

    check_entropies.py RUN.zarr.zip

Needs numpy and zarr 3. The estimators below are written from the definitions, on purpose without a look at
the Rust code. With CNNSLICER_REFERENCE naming a folder that holds `entropy_reference.py`, that
implementation is used instead. Ends with `N passed, N failed`.
"""

import importlib.util
import os
import sys
import types

import numpy as np
import zarr

TOLERANCE_BITS = 1e-4


def entropy(counts):
    p = np.asarray(counts, float).ravel()
    p = p[p > 0] / p.sum()
    return float(-(p * np.log2(p)).sum())


def bins_of(values, low, high, bins=32):
    if high <= low:
        return np.zeros(values.shape, int)
    return np.clip(np.floor((values - low) / (high - low) * bins), 0, bins - 1).astype(int)


def distances(samples):
    x = np.asarray(samples, float).reshape(len(samples), -1)
    return np.array([np.sqrt(((x - row) ** 2).sum(1)) for row in x])


def inter_sample_entropy(samples, k=1000):
    d = distances(samples)
    n = len(d)
    k = min(k, n - 1)
    target = np.log2(k)
    table = np.zeros((n, n))
    for i in range(n):
        others = np.delete(np.arange(n), i)
        near = others[np.argsort(d[i, others], kind="stable")[:k]]
        di = d[i, near]
        if k == 1:
            table[i, near] = 1
        elif (di == 0).sum() >= target:
            table[i, near] = di == 0
        else:
            low, high = 0.0, 1.0
            scale = di[di > 0].mean()
            while np.exp(-di / (high * scale)).sum() < target:
                high *= 2
            for _ in range(200):
                middle = (low + high) / 2
                total = np.exp(-di / (max(middle, 1e-300) * scale)).sum()
                low, high = (middle, high) if total < target else (low, middle)
            table[i, near] = np.exp(-di / (high * scale))
    return entropy(table + table.T)


def channel_entropy(maps):
    return float(np.mean([entropy(np.bincount(bins_of(m.ravel(), m.min(), m.max()))) for m in np.asarray(maps, float)]))


def joint_counts(a, b):
    """Counts of the distances of all pairs of images, [32 of a][32 of b]."""
    upper = np.triu_indices(len(a), 1)
    codes = []
    for maps in (a, b):
        d = distances(maps)[upper]
        codes.append(bins_of(d, d.min(), d.max()))
    return np.bincount(codes[0] * 32 + codes[1], minlength=1024).reshape(32, 32)


def channel_capacity(a, b):
    joint = joint_counts(a, b)
    return max(0.0, entropy(joint.sum(1)) + entropy(joint.sum(0)) - entropy(joint))


def estimators():
    folder = os.environ.get("CNNSLICER_REFERENCE")
    if not folder:
        return types.SimpleNamespace(inter=inter_sample_entropy, intra=channel_entropy, capacity=channel_capacity)
    spec = importlib.util.spec_from_file_location("reference", os.path.join(folder, "entropy_reference.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return types.SimpleNamespace(
        inter=module.inter_sample_entropy,
        intra=lambda maps: float(module.channel_entropy(np.asarray(maps)[:, None])[0]),
        capacity=lambda a, b: module.channel_capacity(a, b)["I"],
    )


class Checks:
    def __init__(self):
        self.passed = self.failed = 0
        self.worst = 0.0

    def near(self, what, found, expected):
        difference = abs(found - expected)
        self.worst = max(self.worst, difference)
        if difference <= TOLERANCE_BITS:
            self.passed += 1
        else:
            self.failed += 1
            print(f"{what}: stored {found}, recomputed {expected}")


def main(path):
    root = zarr.open_group(zarr.storage.ZipStore(path, mode="r"), mode="r")
    header = root.attrs["cnnslicer"]
    labels = root["input/labels"][:]
    measure, checks = estimators(), Checks()
    n_classes = len(header["classes"])

    def cells(t, layer):
        if layer == 0:
            return root["input/images"][:]
        return root[f"layers/{layer:02}/activations"][t]

    subsets = [labels == k for k in range(n_classes)] + [np.ones(len(labels), bool)]
    stored = root["entropy/inter_sample"][:]
    last = len(stored) - 1
    for t in sorted({0, last}):
        for layer in range(stored.shape[1]):
            x = cells(t, layer)
            for k, subset in enumerate(subsets):
                if not np.isnan(stored[t, layer, k]):
                    checks.near(f"H t={t} l={layer} k={k}", stored[t, layer, k], measure.inter(x[subset]))
    for name, array in root["entropy/intra_sample"].arrays():
        bits = array[last]
        if np.isnan(bits).all():
            continue
        x = cells(last, int(name))
        for c in range(min(bits.shape[0], 4)):
            for k, subset in enumerate(subsets):
                checks.near(f"h l={name} c={c} k={k}", bits[c, k], measure.intra(x[subset, c]))
    n_capacity = 0
    for name, array in root["capacity"].arrays():
        a, b = (int(part) for part in name.split("-"))
        bits = array[last]
        if np.isnan(bits).all():
            continue
        xa, xb = cells(last, a), cells(last, b)
        for i in range(min(bits.shape[0], 3)):
            for j in range(min(bits.shape[1], 3)):
                n_capacity += 1
                checks.near(f"I {name} [{i},{j}]", bits[i, j], measure.capacity(xa[:, i], xb[:, j]))
    print(f"largest difference {checks.worst:.2e} bits; {n_capacity} capacities among the checks")
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed or not n_capacity else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
