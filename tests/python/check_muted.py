"""Evaluates a recorded network with some channels set to zero, with numpy alone, and compares.

    python check_muted.py RUN.zarr.zip EFFECTS.json

EFFECTS.json is a list of {epoch, layer, features, before, after}; "before" and "after" are {loss, confusion} of
the network as it is and with the features of the layer zeroed, on the run's probe images, the confusion matrix row by
row (rows actual). The weights come from the run's checkpoints. Ends with "OK" or raises.
"""

import json
import sys
import zipfile

import numpy as np
import zarr

from check_projections import forward, wide

CLOSENESS = 1e-4


def evaluated(header, images, labels, tensors, layer, features):
    """Mean cross-entropy in nats and the confusion matrix."""
    layers, headers = header["network"]["layers"], header["layers"]
    is_dense = layer > 0 and headers[layer - 1]["kind"] in ("dense", "output")
    n_classes = len(header["classes"])
    counts, losses, closest = np.zeros((n_classes, n_classes), int), [], np.inf
    for image, label in zip(images, labels):
        signal = forward(layers[:layer], headers[:layer], image, tensors)[-1].copy()
        if is_dense:
            signal[0, 0, features] = 0
        else:
            signal[features] = 0
        found = forward(layers[layer:], headers[layer:], signal, tensors)[-1].reshape(-1)
        counts[label, found.argmax()] += 1
        losses.append(-np.log(found[label]))
        first, second = np.sort(found)[-2:][::-1]
        closest = min(closest, first - second)
    return float(np.mean(losses)), counts, closest


def main(run_path, effects_path):
    group = zarr.open_group(zarr.storage.ZipStore(run_path, mode="r"), mode="r")
    header = group.attrs["cnnslicer"]
    images = group["input/images"][...].astype(np.float64) / 255
    labels = group["input/labels"][...]
    archive = zipfile.ZipFile(run_path)
    worst, changed = 0.0, 0
    for case in json.load(open(effects_path, encoding="utf-8")):
        epoch, layer, features = (case[name] for name in ("epoch", "layer", "features"))
        tensors = wide(archive.read(f"checkpoints/{epoch:04}.safetensors"))
        sides = {}
        for side, muted in (("before", []), ("after", features)):
            what = f"epoch {epoch}, layer {layer}, features {features}, {side}"
            loss, counts, closest = evaluated(header, images, labels, tensors, layer, muted)
            off = abs(case[side]["loss"] - loss) / max(loss, 1e-3)
            worst = max(worst, off)
            assert off <= CLOSENESS, f"{what}: loss {case[side]['loss']} instead of {loss}"
            # Where two classes are as likely as float32 can tell, either may be the answer.
            if closest > 1e-5:
                assert (np.reshape(case[side]["confusion"], counts.shape) == counts).all(), f"{what}: {counts}"
            sides[side] = loss
        changed += int(abs(sides["after"] - sides["before"]) > 1e-6)
    assert changed, "nothing that was muted changed anything"
    print(f"loss off by at most {worst:.1e} of it; {changed} trials changed something")
    print("OK")


if __name__ == "__main__":
    main(*sys.argv[1:])
