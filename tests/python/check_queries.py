"""Recomputes answers of the query language from a run file's arrays, in float64, and compares.

    check_queries.py RUN.zarr.zip ANSWERS.json

ANSWERS.json is a list of {"query": text, "values": nested arrays}; null stands for what is undefined or
infinite. The notation is read here anew, and the estimators are those of `check_entropies.py`. Needs numpy
and zarr 3. Prints a line per kind of query; ends with `N passed, N failed`.
"""

import json
import re
import sys

import numpy as np
import zarr

from check_entropies import entropy, estimators, joint_counts

TOLERANCE_BITS = 1e-4
# Losses, shares, counts and cells are copied, not estimated.
TOLERANCE_COPIED = 1e-7


class Run:
    def __init__(self, path):
        self.root = zarr.open_group(zarr.storage.ZipStore(path, mode="r"), mode="r")
        header = self.root.attrs["cnnslicer"]
        self.labels = self.root["input/labels"][:]
        self.epochs = [int(epoch) for epoch in self.root["epochs"][:]]
        self.n_layers = len(header["layers"]) + 1
        self.n_classes = len(header["classes"])
        self.known = {}

    def cells(self, layer, t):
        """[X, C, H, W] in float64; layer 0 is the input, the same at every epoch."""
        if layer == 0:
            return self.root["input/images"][:].astype(float)
        if (layer, t) not in self.known:
            self.known[layer, t] = self.root[f"layers/{layer:02}/activations"][t].astype(float)
        return self.known[layer, t]


def arguments(text):
    """Splits at the commas that are not within braces."""
    return [part.strip() for part in re.split(r",(?![^{]*\})", text)]


def selected(text, names):
    """What a selector picks of `names` (in order), and whether it is a single index."""
    if text == "-":
        return list(range(len(names))), False
    if text.startswith("{"):
        return [names.index(int(number)) for number in sorted(set(text[1:-1].split(",")), key=int)], False
    if ".." in text:
        low, high = (int(number) for number in text.split(".."))
        return [at for at, name in enumerate(names) if low <= name <= high], False
    return [names.index(int(text))], True


class Slice:
    def __init__(self, run, text):
        images, layers, channels, epochs = arguments(re.fullmatch(r"\s*dCNN\((.*)\)\s*", text).group(1))
        numbers = list(range(len(run.labels)))
        if images.startswith("label"):
            classes, self.one_group = selected(images.split("=")[1].strip(), list(range(run.n_classes)))
            self.groups = [[x for x in numbers if run.labels[x] == k] for k in classes]
        else:
            picked, self.one_image = selected(images, numbers)
            self.groups, self.one_group = [picked], True
        self.layers, self.one_layer = selected(layers, list(range(run.n_layers)))
        self.epochs, self.one_epoch = selected(epochs, run.epochs)
        self.widths = [run.cells(layer, self.epochs[0]).shape[1] for layer in self.layers]
        self.is_whole = channels == "*"
        self.channels, self.one_channel = selected("-" if self.is_whole else channels, list(range(max(self.widths))))


def shown(values, is_fixed):
    """Without the axes that are fixed."""
    return values[tuple(0 if fixed else slice(None) for fixed in is_fixed)]


def inter_sample(run, of, measure):
    values = np.full((len(of.groups), len(of.layers), len(of.epochs)), np.nan)
    for g, images in enumerate(of.groups):
        for i, layer in enumerate(of.layers):
            for j, t in enumerate(of.epochs):
                if len(images) > 1:
                    values[g, i, j] = measure.inter(run.cells(layer, t)[images])
    return shown(values, (of.one_group, of.one_layer, of.one_epoch))


def intra_sample(run, of, measure):
    values = np.full((len(of.groups), len(of.layers), len(of.channels), len(of.epochs)), np.nan)
    for g, images in enumerate(of.groups):
        for i, layer in enumerate(of.layers):
            for n, channel in enumerate(of.channels):
                for j, t in enumerate(of.epochs):
                    if images and channel < of.widths[i]:
                        values[g, i, n, j] = measure.intra(run.cells(layer, t)[images, channel])
    return shown(values, (of.one_group, of.one_layer, of.one_channel, of.one_epoch))


def given(a, b):
    """H(a|b) = H(a, b) − H(b) over the distances of all pairs of images."""
    joint = joint_counts(a, b)
    return entropy(joint) - entropy(joint.sum(0))


def between(run, a, b, pair):
    values = np.full((len(a.groups), len(a.channels), len(b.channels), len(a.epochs)), np.nan)
    for g, images in enumerate(a.groups):
        for j, t in enumerate(a.epochs):
            maps_a, maps_b = run.cells(a.layers[0], t)[images], run.cells(b.layers[0], t)[images]
            for n, channel_a in enumerate(a.channels):
                for m, channel_b in enumerate(b.channels):
                    if len(images) > 1:
                        values[g, n, m, j] = pair(maps_a[:, channel_a], maps_b[:, channel_b])
    return shown(values, (a.one_group, a.one_channel, b.one_channel, a.one_epoch))


def between_layers(run, a, b, pair):
    """Whole outputs, the channels of an image together."""
    values = np.full((len(a.groups), len(a.layers), len(b.layers), len(a.epochs)), np.nan)
    for g, images in enumerate(a.groups):
        for j, t in enumerate(a.epochs):
            for n, layer_a in enumerate(a.layers):
                for m, layer_b in enumerate(b.layers):
                    if len(images) > 1:
                        outputs = [run.cells(layer, t)[images].reshape(len(images), -1) for layer in (layer_a, layer_b)]
                        values[g, n, m, j] = pair(*outputs)
    return shown(values, (a.one_group, a.one_layer, b.one_layer, a.one_epoch))


def label_entropy(run, classes, epochs, of_column):
    classes, one_class = selected(classes, list(range(run.n_classes)))
    epochs, one_epoch = selected(epochs, run.epochs)
    values = np.empty((len(classes), len(epochs)))
    for i, k in enumerate(classes):
        for j, t in enumerate(epochs):
            counts = run.root["training/confusion"][t]
            part = counts[:, k] if of_column else counts[k]
            # No prediction of a class: its label is not known at all; no image of one: nothing is defined.
            values[i, j] = entropy(part) if part.sum() else np.inf if of_column else np.nan
    return shown(values, (one_class, one_epoch))


def on_test(run, kind, epochs):
    at, one = selected(epochs, run.epochs)
    confusion = run.root["training/confusion"]
    if kind == "accuracy":
        values = np.array([np.trace(confusion[t]) / confusion[t].sum() for t in at])
    elif kind == "loss":
        loss, untrained = run.root["training/loss"][:], run.root["training/untrained"][:]
        values = np.array([loss[run.epochs[t] - 1, 1] if run.epochs[t] else untrained[0] for t in at])
    else:
        values = np.stack([confusion[t] for t in at])
    return shown(values, (one,))


def raw(run, of):
    """Images, layers, channels, epochs, rows, columns."""
    images = [image for group in of.groups for image in group]
    values = np.stack([np.stack([run.cells(layer, t)[images] for layer in of.layers]) for t in of.epochs])
    values = values.transpose(2, 1, 3, 0, 4, 5)[:, :, of.channels]
    return shown(values, (getattr(of, "one_image", False), of.one_layer, of.one_channel, of.one_epoch))


def evaluate(run, query, measure):
    """What kind of query it is, and its values."""
    if found := re.fullmatch(r"H\(label\|y=(.*)\)@(.*)", query):
        return "H(label|y)", label_entropy(run, *found.groups(), of_column=True)
    if found := re.fullmatch(r"H\(y\|label=(.*)\)@(.*)", query):
        return "H(y|label)", label_entropy(run, *found.groups(), of_column=False)
    if found := re.fullmatch(r"(accuracy|loss|confusion)\((.*)\)", query):
        return found.group(1), on_test(run, *found.groups())
    if found := re.fullmatch(r"dCNN\(.*\)", query):
        return "dCNN", raw(run, Slice(run, query))
    kind, inside = re.fullmatch(r"([HhI])\((.*)\)", query).groups()
    parts = [Slice(run, part) for part in re.split(r"[;|]", inside)]
    if len(parts) == 2:
        pair = measure.capacity if kind == "I" else given
        if parts[0].is_whole:
            return "whole layers", between_layers(run, *parts, pair)
        return "I" if kind == "I" else "H(·|·)", between(run, *parts, pair)
    if kind == "h" or parts[0].one_channel:
        return "h", intra_sample(run, parts[0], measure)
    return "H", inter_sample(run, parts[0], measure)


def main(path, answers_path):
    run, measure = Run(path), estimators()
    results = {}
    for answer in json.load(open(answers_path, encoding="utf-8")):
        query = answer["query"]
        kind, expected = evaluate(run, query, measure)
        found = np.array(answer["values"], dtype=float)
        assert found.shape == expected.shape, (query, found.shape, expected.shape)
        is_defined = np.isfinite(expected)
        exact = kind in ("accuracy", "loss", "confusion", "dCNN")
        passed = (np.isfinite(found) == is_defined).all()
        worst = float(np.abs(found - expected)[is_defined].max(initial=0.0)) if passed else np.inf
        passed = worst <= (TOLERANCE_COPIED if exact else TOLERANCE_BITS)
        if not passed:
            print(f"{query}: answered {found.tolist()}, recomputed {expected.tolist()}")
        results.setdefault(kind, []).append((passed, found.size, worst))
    for kind, of_kind in results.items():
        values, worst = sum(size for _, size, _ in of_kind), max(worst for *_, worst in of_kind)
        print(f"{kind}: {len(of_kind)} queries, {values} values, largest difference {worst:.2e}")
    verdicts = [passed for of_kind in results.values() for passed, *_ in of_kind]
    print(f"{sum(verdicts)} passed, {len(verdicts) - sum(verdicts)} failed")
    return 0 if verdicts and all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
