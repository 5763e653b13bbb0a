"""Computes with numpy what the projection panel shows, and compares pictures and numbers.

    check_pictures.py RUN.zarr.zip SHOWN.json

SHOWN.json is a list of {epoch, layer, feature, numbers, pictures}: a row of the panel's data table (image, class, and the
largest value of the feature map, the deconvnet, the gradient, guided backpropagation and the control), and each
picture's {name, scale, grey}. What `check_projections.py` computes from the exported checkpoint must have the scale and
the largest value that are shown, to three digits, and the same grey everywhere within one level of 255. The
control, whose weights are in no file, is left to the native test. Ends with "OK" or raises.
"""

import json
import sys
import zipfile

import numpy as np
import zarr

from check_projections import RULES, forward, only, project, wide

THREE_DIGITS = 6e-3
LEVELS = 1.0


def near(what, text, wanted):
    assert abs(float(text) - wanted) <= THREE_DIGITS * abs(wanted) + 1e-12, f"{what}: {text} instead of {wanted}"


def largest(values):
    flat = values.reshape(-1)
    return flat[np.abs(flat).argmax()]


def check(what, picture, number, values):
    """Compares one picture and its number; how many levels it is off."""
    scale, grey = picture["scale"], np.asarray(picture["grey"], float)
    signed, top = picture["name"] in RULES, largest(values)
    assert grey.shape == (values.size,), (what, grey.shape, values.shape)
    near(f"{what}: largest value", number, top)
    if scale == "all 0":
        assert np.abs(values).max() < 1e-9, (what, np.abs(values).max())
        return 0.0
    if signed:
        reach = np.abs(values).max()
        near(f"{what}: scale", scale.removeprefix("±"), reach)
        wanted = (values.reshape(-1) / reach + 1) / 2
    else:
        low, high = (float(end) for end in scale.split("…"))
        near(f"{what}: scale", high, max(values.max(), 0))
        near(f"{what}: scale", low, min(values.min(), 0))
        wanted = (values.reshape(-1) - min(values.min(), 0)) / (max(values.max(), 0) - min(values.min(), 0))
    off = np.abs(grey - 255 * wanted).max()
    assert off <= LEVELS, f"{what}: off by {off:.2f} levels"
    return off


def main(run_path, shown_path):
    group = zarr.open_group(zarr.storage.ZipStore(run_path, mode="r"), mode="r")
    header = group.attrs["cnnslicer"]
    images = group["input/images"][...].astype(np.float64) / 255
    archive = zipfile.ZipFile(run_path)
    worst, compared, alive = 0.0, 0, 0
    for case in json.load(open(shown_path, encoding="utf-8")):
        epoch, layer, feature = (case[name] for name in ("epoch", "layer", "feature"))
        image, numbers = int(case["numbers"][0]), case["numbers"][2:]
        layers, headers = header["network"]["layers"][:layer], header["layers"][:layer]
        is_dense = headers[-1]["kind"] in ("dense", "output")
        tensors = wide(archive.read(f"checkpoints/{epoch:04}.safetensors"))
        outputs = forward(layers, headers, images[image], tensors)
        start = only(outputs[layer], feature, is_dense)
        wanted = {rule: project(rule, layers, headers, outputs, tensors, start) for rule in RULES}
        wanted["feature map"] = start[0, 0, feature : feature + 1] if is_dense else start[feature]
        pictures = {picture["name"]: picture for picture in case["pictures"]}
        assert pictures["input"]["scale"] == "0 … 1.00", pictures["input"]["scale"]
        grey = np.asarray(pictures["input"]["grey"], float)
        assert np.abs(grey - 255 * images[image].reshape(-1)).max() <= LEVELS
        for number, name in zip(numbers, ("feature map", *RULES)):
            what = f"layer {layer}, feature {feature}, image {image}: {name}"
            worst = max(worst, check(what, pictures[name], number, wanted[name]))
            compared += 1
            alive += int(np.abs(wanted[name]).max() > 0)
    assert alive > compared / 2, "hardly anything but zeros was compared"
    print(f"off by at most {worst:.2f} of 255 levels; {alive} of {compared} pictures are not all zero")
    print("OK", compared, "pictures compared")


if __name__ == "__main__":
    main(*sys.argv[1:])
