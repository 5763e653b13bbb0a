"""Opens a run file as an outsider would: with zarr-python and safetensors and none of our code.

    python check_run.py RUN.zarr.zip [EXPECTED.json]

Checks that the archive is sound, that its header, arrays, shapes and types are those of format 1,
and that every checkpoint loads. With EXPECTED.json, {array: {"shape": [..], "values": [flat]}} with
null for NaN, it also compares every value. Prints one line per array; ends with "OK" or raises.
"""

import json
import sys
import warnings
import zipfile

import numpy as np
import safetensors.numpy
import zarr


def expected_arrays(header, n_epochs, last_epoch):
    """Name → (shape, dtype) of every array that format 1 calls for."""
    layers = header["layers"]
    classes = len(header["classes"])
    shape = header["input"]
    inputs = (shape["channels"], shape["height"], shape["width"])
    images = header["probe_images"]
    arrays = {
        "input/images": ((images, *inputs), "uint8"),
        "input/labels": ((images,), "uint8"),
        "epochs": ((n_epochs,), "uint32"),
        "training/loss": ((last_epoch, 2), "float32"),
        "training/accuracy": ((last_epoch, 2), "float32"),
        "training/confusion": ((n_epochs, classes, classes), "uint32"),
        "entropy/inter_sample": ((n_epochs, len(layers) + 1, classes + 1), "float32"),
        "entropy/intra_sample/00": ((n_epochs, inputs[0], classes + 1), "float32"),
    }
    for layer in layers:
        name = f"{layer['index']:02}"
        cells = (layer["channels"], layer["height"], layer["width"])
        arrays[f"layers/{name}/activations"] = ((n_epochs, images, *cells), "float16")
        arrays[f"entropy/intra_sample/{name}"] = ((n_epochs, cells[0], classes + 1), "float32")
        arrays[f"entropy/state/{name}"] = ((n_epochs, cells[0]), "uint8")
    return arrays


def check_header(header):
    assert header["format"] == 1, header["format"]
    texts = ["app", "created", "name", "dataset", "model", "optimizer", "backend"]
    assert all(isinstance(header[name], str) for name in texts), header
    assert isinstance(header["seed"], int) and isinstance(header["complete"], bool), header
    assert isinstance(header["settings"], dict), header["settings"]
    assert [layer["index"] for layer in header["layers"]] == list(range(1, len(header["layers"]) + 1))


def check_values(name, array, wanted):
    values = np.array([np.nan if v is None else v for v in wanted["values"]], dtype=np.float64)
    found = array[...]
    assert list(found.shape) == wanted["shape"], (name, found.shape, wanted["shape"])
    np.testing.assert_array_equal(found.astype(np.float64), values.reshape(found.shape), err_msg=name)


def check_checkpoints(archive, epochs):
    found = sorted(name for name in archive.namelist() if name.startswith("checkpoints/0"))
    assert found == [f"checkpoints/{epoch:04}.safetensors" for epoch in epochs], found
    for name in found:
        tensors = safetensors.numpy.load(archive.read(name))
        assert tensors and all(np.isfinite(tensor).all() for tensor in tensors.values()), name
        print(name, {key: tensor.shape for key, tensor in tensors.items()})


def main(path, expected_path=None):
    expected = json.load(open(expected_path, encoding="utf-8")) if expected_path else {}
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None, "a checksum does not match"
        assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())
        names = archive.namelist()
        assert len(set(names)) == len(names), "an entry is there twice"

    group = zarr.open_group(zarr.storage.ZipStore(path, mode="r"), mode="r")
    header = group.attrs["cnnslicer"]
    check_header(header)
    epochs = [int(epoch) for epoch in group["epochs"][...]]
    assert epochs == header["planned_epochs"][: len(epochs)], epochs
    last_epoch = epochs[-1] if epochs else 0

    for name, (shape, dtype) in expected_arrays(header, len(epochs), last_epoch).items():
        array = group[name]
        assert array.shape == shape and array.dtype == dtype, (name, array.shape, array.dtype)
    for name in expected:
        check_values(name, group[name], expected[name])
    with warnings.catch_warnings():
        # The folder of checkpoints is no part of the Zarr hierarchy, and zarr says so.
        warnings.simplefilter("ignore")
        for name, node in group.members(max_depth=None):
            if isinstance(node, zarr.Array):
                print(name, node.shape, node.dtype, "compared" if name in expected else "")
    with zipfile.ZipFile(path) as archive:
        check_checkpoints(archive, epochs)
    print("OK", len(expected), "arrays compared")


if __name__ == "__main__":
    main(*sys.argv[1:])
