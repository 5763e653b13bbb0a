"""Recomputes whole capacity matrices from the cells of a run file, in float64, and compares them with what the page
answered and with what the file holds.

    check_capacities.py RUN.zarr.zip ANSWERS.json

ANSWERS is a list of `{"measure": "I" | "H(a|b)" | "null", "a": layer, "b": layer, "epoch": index, "values": [[…]]}`.
Needs numpy and zarr 3. Pairs of images, shuffled order, bins and histograms are written from the definitions, on
purpose without a look at the Rust code. Ends with `N passed, N failed`.
"""

import json
import sys

import numpy as np
import zarr

# The page answers in float32; four decimals is what it says in words.
TOLERANCE_BITS = {"I": 1e-5, "H(a|b)": 1e-5, "null": 6e-5}
WORD, LONG = (1 << 64) - 1, (1 << 128) - 1


class Pcg64Mcg:
    """PCG XSL-RR 128/64 (multiplicative), seeded with four words of a PCG32 sequence."""

    def __init__(self, seed):
        state = 0
        for place in range(4):
            seed = (seed * 0x5851F42D4C957F2D + 0xA17654E46FBE17F3) & WORD
            shifted, turn = (((seed >> 18) ^ seed) >> 27) & 0xFFFFFFFF, seed >> 59
            state |= ((shifted >> turn | shifted << (32 - turn)) & 0xFFFFFFFF) << (32 * place)
        self.state = state | 1

    def below(self, n):
        self.state = self.state * 0x2360ED051FC65DA44385DF649FCCF645 & LONG
        turn, word = self.state >> 122, (self.state >> 64 ^ self.state) & WORD
        word = (word >> turn | word << (64 - turn)) & WORD
        return word * n >> 64


def shuffled(n, seed, first=0):
    items, random = list(range(first, first + n)), Pcg64Mcg(seed)
    for last in range(n - 1, 0, -1):
        other = random.below(last + 1)
        items[last], items[other] = items[other], items[last]
    return items


def image_pairs(n, wanted, seed):
    """All pairs of n images, or (i, i + s mod n) for as many shifts s as reach the wanted number."""
    turns = (n - 1) // 2
    if wanted >= n * (n - 1) // 2 or turns == 0:
        return np.triu_indices(n, 1)
    shifts = shuffled(turns, seed, first=1)[: -(-wanted // n)]
    i = np.tile(np.arange(n), len(shifts))
    return i, (i + np.repeat(shifts, n)) % n


def codes(cells, pairs, bins):
    """[X, C, H, W] cells → [C, P] bins of each channel's distances over its own range."""
    i, j = pairs
    found = []
    for channel in range(cells.shape[1]):
        maps = cells[:, channel].reshape(len(cells), -1).astype(np.float64)
        step = max(1, 4_000_000 // maps.shape[1])
        squares = [((maps[i[at:at + step]] - maps[j[at:at + step]]) ** 2).sum(1) for at in range(0, len(i), step)]
        d = np.sqrt(np.concatenate(squares))
        low, high = d.min(), d.max()
        scaled = np.floor((d - low) / (high - low) * bins) if high > low else np.zeros(len(d))
        found.append(np.clip(scaled, 0, bins - 1).astype(np.int64))
    return np.array(found)


def entropy(counts):
    p = counts[counts > 0] / counts.sum()
    return float(-(p * np.log2(p)).sum())


def matrices(a, b, bins):
    """I and H(a|b) of every channel of a with every channel of b."""
    h_a = [entropy(np.bincount(row, minlength=bins)) for row in a]
    h_b = [entropy(np.bincount(row, minlength=bins)) for row in b]
    joint = np.array([[entropy(np.bincount(x * bins + y, minlength=bins * bins)) for y in b] for x in a])
    information = np.add.outer(h_a, h_b) - joint
    return np.maximum(information, 0), np.maximum(joint - np.array(h_b), 0)


class Run:
    def __init__(self, path):
        self.root = zarr.open_group(zarr.storage.ZipStore(path, mode="r"), mode="r")
        self.header = self.root.attrs["cnnslicer"]
        self.bins, wanted = self.header["settings"]["bins"], self.header["settings"]["pairs"]
        n, seed = self.root["input/images"].shape[0], self.header["seed"]
        self.pairs = image_pairs(n, wanted, seed)
        order = np.array(shuffled(n, ~seed & WORD))
        self.shuffled = tuple(order[side] for side in self.pairs)
        self.known = {}

    def codes(self, layer, epoch, pairs, name):
        key = (layer, epoch, name)
        if key not in self.known:
            cells = self.root["input/images"][:] if layer == 0 else self.root[f"layers/{layer:02}/activations"][epoch]
            self.known[key] = codes(cells, pairs, self.bins)
        return self.known[key]

    def recomputed(self, a, b, epoch):
        of_a = self.codes(a, epoch, self.pairs, "")
        information, left_open = matrices(of_a, self.codes(b, epoch, self.pairs, ""), self.bins)
        chance, _ = matrices(of_a, self.codes(b, epoch, self.shuffled, "null"), self.bins)
        return {"I": information, "H(a|b)": left_open, "null": chance}


def main(path, answers):
    run, failed, passed, worst = Run(path), 0, 0, {}

    def check(what, measure, found, expected, tolerance):
        nonlocal failed, passed
        found = np.array(found, float).reshape(expected.shape)
        difference = np.abs(found - expected)
        good = difference <= tolerance
        worst[measure] = max(worst.get(measure, 0.0), float(np.nanmax(difference)))
        passed, failed = passed + int(good.sum()), failed + int((~good).sum())
        if not good.all():
            at = tuple(np.argwhere(~good)[0])
            print(f"{what}{at}: found {found[at]}, recomputed {expected[at]}")

    with open(answers, encoding="utf-8") as file:
        for answer in json.load(file):
            a, b, epoch, measure = (answer[name] for name in ("a", "b", "epoch", "measure"))
            expected = run.recomputed(a, b, epoch)
            check(f"{measure} of {a}, {b} at {epoch}", measure, answer["values"], expected[measure], TOLERANCE_BITS[measure])
            if a <= b:
                for folder, kept in (("capacity", "I"), ("capacity_null", "null")):
                    stored = run.root[f"{folder}/{a:02}-{b:02}"][epoch]
                    check(f"{folder} {a}-{b} at {epoch}", f"stored {kept}", stored, expected[kept], TOLERANCE_BITS["I"])
    print("largest differences (bits): " + ", ".join(f"{name} {value:.1e}" for name, value in worst.items()))
    print(f"{passed} passed, {failed} failed ({len(run.pairs[0])} pairs of {len(run.root['input/images'])} images)")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
