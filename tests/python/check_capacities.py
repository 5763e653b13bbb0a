"""Recomputes whole capacity matrices from the cells of a run file, in float64, and compares them with what the page
answered and with what the file holds.

    check_capacities.py RUN.zarr.zip ANSWERS.json

ANSWERS is a list of `{"measure": "I" | "H(a|b)" | "null", "a": layer, "b": layer, "epoch": index, "values": [[…]]}`.
Needs numpy and zarr 3. Pairs of images, shuffled order, bins and histograms are written from the definitions, on
purpose without a look at the Rust code. Ends with `N passed, N failed`.

An answer is over all pairs where `capacity_exact` holds the pair of layers, otherwise over the sampled ones.

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


def shuffle(items, random):
    for last in range(len(items) - 1, 0, -1):
        other = random.below(last + 1)
        items[last], items[other] = items[other], items[last]
    return items


# Of the estimator; and random choices of shifts, of which the fairest is taken.
SEED, CHOICES = 20_211_486, 64


def image_order(images, labels):
    """The images sorted by what they show, then shuffled: where they are stored does not matter."""
    by_content = sorted(range(len(labels)), key=lambda image: (images[image].tobytes(), labels[image]))
    return np.array(shuffle(by_content, Pcg64Mcg(SEED)))


def fair_shifts(labels, wanted):
    """Of some choices of shifts of the ordered images, that whose share of same-class pairs is nearest to all pairs'."""
    n, random = len(labels), Pcg64Mcg(SEED)
    shifts, chosen, least = list(range(1, (n - 1) // 2)), None, None
    alike = {shift: int((labels == np.roll(labels, -shift)).sum()) for shift in shifts}
    sizes = np.bincount(labels).tolist()
    fair = sum(size * (size - 1) for size in sizes) * wanted
    for _ in range(CHOICES):
        shuffle(shifts, random)
        unfair = abs(sum(alike[shift] for shift in shifts[:wanted]) * (n - 1) - fair)
        if least is None or unfair < least:
            chosen, least = sorted(shifts[:wanted]), unfair
    return chosen


def all_pairs(order):
    """All pairs of places, as pairs of images."""
    i, j = np.triu_indices(len(order), 1)
    return order[i], order[j]


def place_of(i, j, n):
    """Where the pair of two places stands among all pairs."""
    i, j = np.minimum(i, j), np.maximum(i, j)
    return i * (2 * n - i - 1) // 2 + j - i - 1


def sampled_pairs(labels, wanted):
    """Where the sampled pairs stand among all pairs, and where the pairs of the null stand among these."""
    n = len(labels)
    turn, shifts = (n - 1) // 2, -(-wanted // n)
    if shifts >= turn:
        i, j = np.triu_indices(n, 1)
        return np.arange(len(i)), place_of((i + turn) % n, (j + turn) % n, n)
    i = np.tile(np.arange(n), shifts)
    block = np.repeat(np.arange(shifts), n)
    shift = np.repeat(fair_shifts(labels, shifts), n)
    return place_of(i, (i + shift) % n, n), block * n + (i + turn) % n


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
        settings = self.header["settings"]
        assert settings.get("pair_schedule") == 2, "pairs of images are chosen otherwise"
        self.bins = settings["bins"]
        images, labels = self.root["input/images"][:], self.root["input/labels"][:]
        order = image_order(images, labels)
        self.pairs = all_pairs(order)
        self.sampled, self.turned = sampled_pairs(labels[order], settings["pairs"])
        self.all_turned = sampled_pairs(labels[order], len(self.pairs[0]))[1]
        self.known = {}

    def places(self, layer, epoch):
        """Of all pairs."""
        key = (layer, epoch)
        if key not in self.known:
            cells = self.root["input/images"][:] if layer == 0 else self.root[f"layers/{layer:02}/activations"][epoch]
            self.known[key] = places(cells, self.pairs, self.bins)
        return self.known[key]

    def exact(self, a, b, epoch):
        """From the cells, over all pairs."""
        of_a, of_b = (codes(self.places(layer, epoch), self.bins) for layer in (a, b))
        return self.measures(of_a, of_b, self.all_turned)

    def estimated(self, a, b, epoch):
        """From the cells, over the sampled pairs."""
        of_a, of_b = (codes(self.places(layer, epoch)[:, self.sampled], self.bins) for layer in (a, b))
        return self.measures(of_a, of_b, self.turned)

    def counted(self, a, b, epoch):
        """From the codes in the file."""
        of_a, of_b = (self.root[f"distances/codes/{layer:02}"][epoch].astype(np.int64) for layer in (a, b))
        return self.measures(of_a, of_b, self.turned)

    def measures(self, of_a, of_b, turned):
        information, left_open = matrices(of_a, of_b, self.bins)
        return {"I": information, "H(a|b)": left_open, "null": matrices(of_a, of_b[:, turned], self.bins)[0]}

    def stored(self, folder, a, b, epoch):
        """A matrix in the file, or a stack of them; None where it is not there."""
        name = f"{folder}/{a:02}-{b:02}"
        kept = self.root[name][epoch] if name in self.root else np.array(np.nan)
        return None if np.isnan(kept).all() else kept

    def wrong_codes(self):
        """How many codes of the layers looked at are neither those of float64 nor beside an edge; how many differ."""
        wrong = differ = of = 0
        for (layer, epoch), all_places in self.known.items():
            exact = all_places[:, self.sampled]
            kept = self.root[f"distances/codes/{layer:02}"][epoch].astype(np.int64)
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
            exact, kept = run.exact(a, b, epoch), run.stored("capacity_exact", min(a, b), max(a, b), epoch)
            if kept is not None:
                check(f"{measure}, float64, all pairs", at, answer["values"], exact[measure], RECOMPUTED_BITS + said)
                turn = (lambda matrix: matrix) if a <= b else np.transpose
                check("capacity_exact", at, turn(kept[0]), exact["I"], RECOMPUTED_BITS)
                if a <= b:
                    check("capacity_exact, null", at, kept[1], exact["null"], RECOMPUTED_BITS)
            sampled, counted = run.estimated(a, b, epoch), run.counted(a, b, epoch)
            if kept is None:
                check(f"{measure}, float64", at, answer["values"], sampled[measure], RECOMPUTED_BITS + said)
                check(f"{measure}, from codes", at, answer["values"], counted[measure], COUNTED_BITS + said)
            for folder, name in (("capacity", "I"), ("capacity_null", "null")) if a <= b else ():
                stored = run.stored(folder, a, b, epoch)
                if stored is not None:
                    check(f"{folder}, float64", at, stored, sampled[name], RECOMPUTED_BITS)
                    check(f"{folder}, from codes", at, stored, counted[name], COUNTED_BITS)
    wrong, differ, of = run.wrong_codes()
    failed, passed = failed + wrong, passed + of - wrong
    print(f"{differ} of {of} codes lie on an edge and differ from float64, {wrong} are wrong")
    print("largest differences (bits): " + "; ".join(f"{name} {value:.1e}" for name, value in worst.items()))
    pairs = f"{len(run.sampled)} of {len(run.pairs[0])} pairs of {run.root['input/images'].shape[0]} images"
    print(f"{passed} passed, {failed} failed ({pairs})")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
