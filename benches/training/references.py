"""Images a second of training the benchmark's networks with TensorFlow or PyTorch on one thread.

    references.py tensorflow|torch MODEL BATCH

MODEL is written as in the page's editor (`conv 16 3x3; maxpool 2; dense 64`); the class probabilities follow. Adam,
cross-entropy, random images of 28 x 28: how fast an image is learnt does not depend on what it shows. Prints one
line of JSON. `cargo xtask bench --training` calls it.
"""

import json
import os
import sys
import time

CLASSES = 10
SIDE = 28
STEPS = 30
ROUNDS = 3


def layers(model):
    return [layer.split() for layer in model.split(";")]


def fastest(step, batch):
    """Images a second of the best round: the clock on the wall, or the processor's where other work slowed us."""
    for _ in range(5):
        step()
    best = float("inf")
    for _ in range(ROUNDS):
        wall, processor = time.perf_counter(), time.process_time()
        for _ in range(STEPS):
            step()
        best = min(best, time.perf_counter() - wall, max(time.process_time() - processor, 1e-9))
    return STEPS * batch / best


def tensorflow(model, batch):
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    network = tf.keras.Sequential([tf.keras.Input((SIDE, SIDE, 1))])
    flat = False
    for kind, size, *_ in layers(model):
        if kind == "dense" and not flat:
            network.add(tf.keras.layers.Flatten())
            flat = True
        network.add(
            {
                "conv": lambda: tf.keras.layers.Conv2D(int(size), 3, padding="same", activation="relu"),
                "maxpool": lambda: tf.keras.layers.MaxPooling2D(int(size)),
                "dense": lambda: tf.keras.layers.Dense(int(size), activation="relu"),
            }[kind]()
        )
    network.add(tf.keras.layers.Dense(CLASSES))
    optimizer = tf.keras.optimizers.Adam(1e-3)
    optimizer.build(network.trainable_variables)
    images = tf.random.uniform((batch, SIDE, SIDE, 1))
    labels = tf.random.uniform((batch,), 0, CLASSES, tf.int32)

    @tf.function
    def learn(images, labels):
        with tf.GradientTape() as tape:
            logits = network(images, training=True)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, network.trainable_variables)
        optimizer.apply_gradients(zip(gradients, network.trainable_variables))
        return loss

    return fastest(lambda: learn(images, labels).numpy(), batch), tf.__version__


def torch(model, batch):
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    modules, channels, side, units = [], 1, SIDE, None
    for kind, size, *_ in layers(model):
        size = int(size)
        if kind == "conv":
            modules += [nn.Conv2d(channels, size, 3, padding=1), nn.ReLU()]
            channels = size
        elif kind == "maxpool":
            modules.append(nn.MaxPool2d(size))
            side //= size
        else:
            modules += [nn.Flatten()] if units is None else []
            modules += [nn.Linear(units or channels * side * side, size), nn.ReLU()]
            units = size
    modules += [nn.Linear(units, CLASSES)]
    network = nn.Sequential(*modules)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    images = torch.rand(batch, 1, SIDE, SIDE)
    labels = torch.randint(0, CLASSES, (batch,))

    def learn():
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(images), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return fastest(learn, batch), torch.__version__


if __name__ == "__main__":
    _, library, model, batch = sys.argv
    speed, version = {"tensorflow": tensorflow, "torch": torch}[library](model, int(batch))
    print(json.dumps({"images_per_second": round(speed, 1), "version": version}))
