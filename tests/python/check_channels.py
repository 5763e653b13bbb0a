"""Recomputes what the channel view shows from the activations of a run file, in float64.

    check_channels.py RUN.zarr.zip SHOWN.json

SHOWN.json is a list of {layer, epoch_index, rows, sums, areas}: the view's data table with its head and its last row
of sums, what each class's circle says, and how many pixels each circle has with its rim. Every value must be
that of the estimators of `check_entropies.py` within what four decimals can say, and the areas of all circles of a layer
must be in proportion to the sums. Ends with `N passed, N failed`.
"""

import json
import re
import sys

import numpy as np
import zarr

from check_entropies import Checks, estimators

# The rim lies half outside, and its edge is smoothed.
RIM_PIXELS = 1.5
AREA_TOLERANCE = 0.04


def main(run_path, shown_path):
    root = zarr.open_group(zarr.storage.ZipStore(run_path, mode="r"), mode="r")
    labels = root["input/labels"][:]
    n_classes = len(root.attrs["cnnslicer"]["classes"])
    subsets = [labels == k for k in range(n_classes)] + [np.ones(len(labels), bool)]
    measure, checks = estimators(), Checks()
    bits_per_area = {}
    for view in json.load(open(shown_path, encoding="utf-8")):
        layer, t = view["layer"], view["epoch_index"]
        x = root[f"layers/{layer:02}/activations"][t]
        bits = np.array([[measure.intra(x[subset, c]) for subset in subsets] for c in range(x.shape[1])])
        head, *rows, sums = view["rows"]
        assert len(rows) == len(bits) and len(head) == n_classes + 2, (layer, t, head, len(rows))
        for c, row in enumerate(rows):
            for k, cell in enumerate(row[1:]):
                checks.near(f"h t={t} l={layer} c={c} k={k}", float(cell), bits[c, k])
        for k, total in enumerate(bits.sum(0)):
            checks.near(f"sum t={t} l={layer} k={k}", float(sums[1 + k]), total)
            said = re.search(r"Σ h = ([\d.]+) bit", view["sums"][k])
            checks.near(f"circle t={t} l={layer} k={k}", float(said.group(1)), total)
            radius = np.sqrt(view["areas"][k] / np.pi) - RIM_PIXELS
            bits_per_area.setdefault(layer, []).append((np.pi * radius**2 / total, t, k))
    worst = 0.0
    for layer, found in bits_per_area.items():
        middle = np.median([ratio for ratio, _, _ in found])
        for ratio, t, k in found:
            off = abs(ratio / middle - 1)
            worst = max(worst, off)
            if off <= AREA_TOLERANCE:
                checks.passed += 1
            else:
                checks.failed += 1
                print(f"circle t={t} l={layer} k={k}: {ratio:.1f} pixels a bit, others {middle:.1f}")
    print(f"largest difference {checks.worst:.2e} bits; areas off by at most {100 * worst:.1f} %")
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed or not checks.passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
