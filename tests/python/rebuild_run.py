"""Rebuilds the network of a run from its checkpoints, with numpy alone, and runs it.

    python rebuild_run.py RUN.zarr.zip [CLOSENESS]

For every recorded epoch: reads checkpoints/<eeee>.safetensors as PyTorch would, feeds the recorded input
images through the layers that the header lists, and compares with the recorded activations: within
CLOSENESS (1e-2 when not given) of the largest value of the layer and relative to the value itself, and the same
predicted class wherever float16 can tell the two largest probabilities apart. Ends with "OK" or raises.

Layers of kind conv (with <name>.norm.* also batch-normalised), max_pool, dense and output are known; padding
is "same", activations are ReLU.
"""

import sys
import zipfile

import numpy as np
import safetensors.numpy
import zarr

NORM_EPSILON = 1e-5


def convolution(images, weight, bias, stride):
    """[N, C, H, W] with OIHW weights, zero padding of half the kernel."""
    kernel = weight.shape[2]
    half = kernel // 2
    padded = np.pad(images, ((0, 0), (0, 0), (half, half), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    out = np.einsum("nchwij,ocij->nohw", windows, weight, optimize=True)
    return out if bias is None else out + bias[:, None, None]


def batch_norm(images, tensors, name):
    """With the running statistics, as in evaluation."""
    part = lambda suffix: tensors[f"{name}.norm.{suffix}"][:, None, None]
    normal = (images - part("running_mean")) / np.sqrt(part("running_var") + NORM_EPSILON)
    return normal * part("weight") + part("bias")


def max_pool(images, height, width):
    n, channels, rows, columns = images.shape
    size = (rows // height, columns // width)
    cut = images[:, :, : height * size[0], : width * size[1]]
    return cut.reshape(n, channels, height, size[0], width, size[1]).max(axis=(3, 5))


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def forward(layer, signal, tensors):
    """The output of one layer, [N, C, H, W], given that of the layer before."""
    kind, name = layer["kind"], layer["name"]
    shape = (layer["channels"], layer["height"], layer["width"])
    if kind == "conv":
        stride = max(1, round(signal.shape[2] / shape[1]))
        out = convolution(signal, tensors[f"{name}.weight"], tensors.get(f"{name}.bias"), stride)
        if f"{name}.norm.weight" in tensors:
            out = batch_norm(out, tensors, name)
        return np.maximum(out, 0)
    if kind == "max_pool":
        return max_pool(signal, shape[1], shape[2])
    if kind in ("dense", "output"):
        # As torch.flatten(signal, 1) does it.
        flat = signal.reshape(len(signal), -1) @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]
        out = softmax(flat) if kind == "output" else np.maximum(flat, 0)
        return out.reshape(len(signal), *shape)
    raise ValueError(f"layer {layer['index']} is of kind {kind}, which this check does not know")


def compare(what, found, wanted, closeness):
    """The largest deviation, relative to the value or, near zero, to the layer's largest value."""
    scale = np.maximum(np.abs(wanted), closeness * np.abs(wanted).max() + 1e-6)
    deviation = float((np.abs(found - wanted) / scale).max())
    assert deviation <= closeness, f"{what}: off by {deviation:.2e} of the value"
    return deviation


def main(path, closeness=1e-2):
    closeness = float(closeness)
    group = zarr.open_group(zarr.storage.ZipStore(path, mode="r"), mode="r")
    header = group.attrs["cnnslicer"]
    images = group["input/images"][...].astype(np.float32) / 255
    compared = 0
    with zipfile.ZipFile(path) as archive:
        for index, epoch in enumerate(group["epochs"][...]):
            tensors = safetensors.numpy.load(archive.read(f"checkpoints/{epoch:04}.safetensors"))
            signal, worst = images, 0.0
            for layer in header["layers"]:
                signal = forward(layer, signal, tensors)
                cells = group[f"layers/{layer['index']:02}/activations"][index].astype(np.float32)
                if np.isnan(cells).all():
                    continue  # dropped, to be recomputed: by exactly this
                what = f"epoch {epoch}, layer {layer['index']} ({layer['name']})"
                worst = max(worst, compare(what, signal, cells, closeness))
                compared += 1
            ours, theirs = signal.reshape(len(signal), -1), cells.reshape(len(cells), -1)
            ranked = np.sort(theirs, axis=1)
            is_clear = ranked[:, -1] - ranked[:, -2] > 2e-3
            same = ours.argmax(axis=1) == theirs.argmax(axis=1)
            assert same[is_clear].all(), f"epoch {epoch}: another prediction"
            print(f"epoch {epoch}: off by at most {worst:.1e}, {is_clear.sum()} predictions the same")
    assert compared, "the run has no activations to compare with"
    print("OK", compared, "layers compared")


if __name__ == "__main__":
    main(*sys.argv[1:])
