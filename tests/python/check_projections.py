"""Projects channels of a recorded network back to the input with numpy alone, and compares.

    python check_projections.py RUN.zarr.zip PROJECTIONS.json CONTROL.safetensors [CLOSENESS]

PROJECTIONS.json is a list of {epoch, layer, feature, image, feature_map, deconvnet, gradient, guided, control},
arrays flat. The weights come from the run's checkpoints, those of "control" from CONTROL.safetensors, the layers
from the run's header. Each array must be within CLOSENESS (1e-3 when not given) of what is computed here,
relative to its largest value and in the mean. Ends with "OK" or raises.

The way back: unpooling to where the maximum was (the first of equals), a ReLU on the backward signal
(deconvnet), the derivative of the forward ReLU (gradient) or both (guided), convolution transposed, batch norm
as its factor, skip connections added up, softmax let through.
"""

import json
import sys
import zipfile

import numpy as np
import safetensors.numpy
import zarr

from rebuild_run import NORM_EPSILON, batch_norm, convolution, softmax

RULES = ("deconvnet", "gradient", "guided")


def wide(file):
    """A checkpoint's tensors in float64."""
    return {name: tensor.astype(np.float64) for name, tensor in safetensors.numpy.load(file).items()}


def blocks(maps, size):
    """[C, H, W] -> [C, rows, columns, size * size], each block in reading order."""
    channels, height, width = maps.shape
    rows, columns = height // size, width // size
    cut = maps[:, : rows * size, : columns * size].reshape(channels, rows, size, columns, size)
    return cut.transpose(0, 1, 3, 2, 4).reshape(channels, rows, columns, size * size)


def unpool(signal, maps, size):
    """Puts each value where the maximum of its block was."""
    switches = blocks(maps, size).argmax(axis=-1)
    back = np.zeros_like(maps)
    for channel, row, column in np.ndindex(signal.shape):
        at = switches[channel, row, column]
        back[channel, row * size + at // size, column * size + at % size] = signal[channel, row, column]
    return back


def transposed_convolution(signal, weight, stride, shape):
    """The sum over all steps of the kernel, one at a time."""
    kernel = weight.shape[2]
    half = kernel // 2
    padded = np.zeros((shape[0], shape[1] + 2 * half, shape[2] + 2 * half))
    for row, column in np.ndindex(signal.shape[1:]):
        patch = np.einsum("o,oikl->ikl", signal[:, row, column], weight)
        top, left = row * stride, column * stride
        padded[:, top : top + kernel, left : left + kernel] += patch
    return padded[:, half : half + shape[1], half : half + shape[2]]


def forward(layers, headers, image, tensors):
    """The outputs of layers 0, 1, ... of one image, [C, H, W] each."""
    outputs = [image]
    for layer, header in zip(layers, headers):
        (kind, options), name, signal = next(iter(layer.items())), header["name"], outputs[-1]
        if kind == "conv":
            assert options["activation"] == "relu", options
            bias = tensors.get(f"{name}.bias")
            maps = convolution(signal[None], tensors[f"{name}.weight"], bias, options["stride"])
            maps = (batch_norm(maps, tensors, name) if options["norm"] else maps)[0]
            if options["skip"]:
                shortcut = outputs[-options["skip"]]
                maps[: len(shortcut)] += shortcut
            outputs.append(np.maximum(maps, 0))
        elif kind == "max_pool":
            outputs.append(blocks(signal, options["size"]).max(axis=-1))
        else:
            flat = tensors[f"{name}.weight"] @ signal.reshape(-1) + tensors[f"{name}.bias"]
            outputs.append((softmax(flat) if kind == "output" else np.maximum(flat, 0))[None, None])
    return outputs


def project(rule, layers, headers, outputs, tensors, start):
    """The signal `start` at the last of `layers`, back at the input."""
    arriving = [np.zeros_like(output) for output in outputs[: len(layers) + 1]]
    arriving[-1] = start
    for index in range(len(layers), 0, -1):
        (kind, options), name = next(iter(layers[index - 1].items())), headers[index - 1]["name"]
        signal, before = arriving[index], outputs[index - 1]
        if kind in ("conv", "dense"):
            if rule != "gradient":
                signal = np.maximum(signal, 0)
            if rule != "deconvnet":
                signal = signal * (outputs[index] > 0)
        if kind == "conv":
            if options["skip"]:
                begin = index - options["skip"]
                arriving[begin] = arriving[begin] + signal[: len(outputs[begin])]
            if options["norm"]:
                part = lambda suffix: tensors[f"{name}.norm.{suffix}"][:, None, None]
                signal = signal * part("weight") / np.sqrt(part("running_var") + NORM_EPSILON)
            weight = tensors[f"{name}.weight"]
            back = transposed_convolution(signal, weight, options["stride"], before.shape)
        elif kind == "max_pool":
            back = unpool(signal, before, options["size"])
        else:
            back = (tensors[f"{name}.weight"].T @ signal.reshape(-1)).reshape(before.shape)
        arriving[index - 1] = arriving[index - 1] + back
    return arriving[0]


def only(output, feature, is_dense):
    kept = np.zeros_like(output)
    place = (0, 0, feature) if is_dense else feature
    kept[place] = output[place]
    return kept


def compare(what, found, wanted, closeness):
    found, wanted = np.asarray(found, dtype=np.float64), wanted.reshape(-1)
    assert found.shape == wanted.shape, (what, found.shape, wanted.shape)
    largest = np.abs(wanted).max()
    worst = np.abs(found - wanted).max() / largest if largest > 0 else np.abs(found).max()
    norm = np.linalg.norm(wanted)
    mean = np.linalg.norm(found - wanted) / norm if norm > 0 else 0.0
    assert max(worst, mean) <= closeness, f"{what}: off by {worst:.2e} of its largest value, {mean:.2e} in all"
    return max(worst, mean)


def main(run_path, projections_path, control_path, closeness=1e-3):
    closeness = float(closeness)
    group = zarr.open_group(zarr.storage.ZipStore(run_path, mode="r"), mode="r")
    header = group.attrs["cnnslicer"]
    images = group["input/images"][...].astype(np.float64) / 255
    control = wide(open(control_path, "rb").read())
    archive = zipfile.ZipFile(run_path)
    worst, compared = 0.0, 0
    for case in json.load(open(projections_path, encoding="utf-8")):
        epoch, layer, feature, image = (case[name] for name in ("epoch", "layer", "feature", "image"))
        layers, headers = header["network"]["layers"][:layer], header["layers"][:layer]
        is_dense = headers[-1]["kind"] in ("dense", "output")
        where = f"epoch {epoch}, layer {layer}, feature {feature}, image {image}"
        for rules, tensors in (
            (RULES, wide(archive.read(f"checkpoints/{epoch:04}.safetensors"))),
            (("control",), control),
        ):
            outputs = forward(layers, headers, images[image], tensors)
            start = only(outputs[layer], feature, is_dense)
            if rules == RULES:
                wanted = start[0, 0, feature : feature + 1] if is_dense else start[feature]
                worst = max(worst, compare(f"{where}: feature map", case["feature_map"], wanted, closeness))
            for rule in rules:
                way = "deconvnet" if rule == "control" else rule
                wanted = project(way, layers, headers, outputs, tensors, start)
                worst = max(worst, compare(f"{where}: {rule}", case[rule], wanted, closeness))
                compared += int(np.abs(wanted).max() > 0)
    assert compared, "nothing but zeros was compared"
    print(f"off by at most {worst:.1e}")
    print("OK", compared, "projections compared")


if __name__ == "__main__":
    main(*sys.argv[1:])
