"""Recomputes whole capacity matrices from the cells of a run file, in float64, and compares them with what the page
answered and with what the file holds.

    check_capacities.py RUN.zarr.zip ANSWERS.json

ANSWERS is a list of `{"measure": "I" | "H(a|b)" | "null", "a": layer, "b": layer, "epoch": index, "values": [[…]]}`.
Needs numpy and zarr 3. Pairs of images, shuffled order, bins and histograms are written from the definitions, on
purpose without a look at the Rust code. Ends with `N passed, N failed`.

The page takes distances in single precision: a pair that lies on the edge between two bins may be counted in the other
one. So three things are compared: the codes of all pairs, of which only those on an edge may differ; matrices from
float64 distances, which a few such pairs hardly move; matrices from the codes in the file, which must be the same.
"""

import json
import sys

import numpy as np
import zarr

# From float64 distances, and from the codes in the file: the page answers in float32.
RECOMPUTED_BITS, COUNTED_BITS = 3e-4, 2e-6
# Of a bin's width.
EDGE = 1e-3
# The page says nulls with four decimals.
SAID_BITS = 6e-5
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
    shifts = sorted(shuffled(turns, seed, first=1)[: -(-wanted // n)])
    i = np.tile(np.arange(n), len(shifts))
    return i, (i + np.repeat(shifts, n)) % n


def places(cells, pairs, bins):
    """[X, C, H, W] cells → [C, P] places of each channel's distances on the scale of its own range, 0 … bins."""
    i, j = pairs
    found = []
    for channel in range(cells.shape[1]):
        maps = cells[:, channel].reshape(len(cells), -1).astype(np.float64)
        step = max(1, 4_000_000 // maps.shape[1])
        squares = [((maps[i[at:at + step]] - maps[j[at:at + step]]) ** 2).sum(1) for at in range(0, len(i), step)]
        d = np.sqrt(np.concatenate(squares))
        low, high = d.min(), d.max()
        found.append((d - low) / (high - low) * bins if high > low else np.zeros(len(d)))
    return np.array(found)


def codes(places, bins):
    return np.clip(np.floor(places), 0, bins - 1).astype(np.int64)


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

    def places(self, layer, epoch, pairs, name):
        key = (layer, epoch, name)
        if key not in self.known:
            cells = self.root["input/images"][:] if layer == 0 else self.root[f"layers/{layer:02}/activations"][epoch]
            self.known[key] = places(cells, pairs, self.bins)
        return self.known[key]

    def recomputed(self, a, b, epoch):
        """From the cells."""
        of = lambda layer, pairs, name: codes(self.places(layer, epoch, pairs, name), self.bins)
        of_a, of_b, null_b = of(a, self.pairs, "codes"), of(b, self.pairs, "codes"), of(b, self.shuffled, "codes_null")
        return self.measures(of_a, of_b, null_b)

    def counted(self, a, b, epoch):
        """From the codes in the file."""
        of = lambda layer, name: self.root[f"distances/{name}/{layer:02}"][epoch].astype(np.int64)
        return self.measures(of(a, "codes"), of(b, "codes"), of(b, "codes_null"))

    def measures(self, of_a, of_b, null_b):
        information, left_open = matrices(of_a, of_b, self.bins)
        return {"I": information, "H(a|b)": left_open, "null": matrices(of_a, null_b, self.bins)[0]}

    def wrong_codes(self):
        """How many codes of the layers looked at are neither those of float64 nor beside an edge; how many differ."""
        wrong = differ = of = 0
        for (layer, epoch, name), exact in self.known.items():
            kept = self.root[f"distances/{name}/{layer:02}"][epoch].astype(np.int64)
            other = kept != codes(exact, self.bins)
            on_edge = np.abs(exact - np.round(exact)) < EDGE
            beside = np.abs(kept + 0.5 - exact) < 0.5 + EDGE
            wrong, differ, of = wrong + int((other & ~(on_edge & beside)).sum()), differ + int(other.sum()), of + other.size
        return wrong, differ, of


def main(path, answers):
    run, failed, passed, worst = Run(path), 0, 0, {}

    def check(what, at, found, expected, tolerance):
        nonlocal failed, passed
        found = np.array(found, float).reshape(expected.shape)
        difference = np.abs(found - expected)
        good = difference <= tolerance
        worst[what] = max(worst.get(what, 0.0), float(difference.max()))
        passed, failed = passed + int(good.sum()), failed + int((~good).sum())
        if not good.all():
            cell = tuple(int(index) for index in np.argwhere(~good)[0])
            print(f"{what} of {at} {cell}: found {found[cell]}, recomputed {expected[cell]}")

    with open(answers, encoding="utf-8") as file:
        for answer in json.load(file):
            a, b, epoch, measure = (answer[name] for name in ("a", "b", "epoch", "measure"))
            at, said = f"layers {a} and {b}, epoch {epoch}", SAID_BITS if measure == "null" else 0
            exact, counted = run.recomputed(a, b, epoch), run.counted(a, b, epoch)
            check(f"{measure}, float64", at, answer["values"], exact[measure], RECOMPUTED_BITS + said)
            check(f"{measure}, from codes", at, answer["values"], counted[measure], COUNTED_BITS + said)
            for folder, kept in (("capacity", "I"), ("capacity_null", "null")) if a <= b else ():
                stored = run.root[f"{folder}/{a:02}-{b:02}"][epoch]
                check(f"{folder}, float64", at, stored, exact[kept], RECOMPUTED_BITS)
                check(f"{folder}, from codes", at, stored, counted[kept], COUNTED_BITS)
    wrong, differ, of = run.wrong_codes()
    failed, passed = failed + wrong, passed + of - wrong
    print(f"{differ} of {of} codes lie on an edge and differ from float64, {wrong} are wrong")
    print("largest differences (bits): " + "; ".join(f"{name} {value:.1e}" for name, value in worst.items()))
    print(f"{passed} passed, {failed} failed ({len(run.pairs[0])} pairs of {run.root['input/images'].shape[0]} images)")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
