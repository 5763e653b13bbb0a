// Images a second of training the benchmark's networks with TensorFlow.js on one of its backends.
// The model is written as in the page's editor: `conv 16 3x3; maxpool 2; dense 64`.
const CLASSES = 10;
const SIDE = 28;
// Long enough for a mean, short enough for a backend that takes seconds a step.
const MEASURED_MS = 8000;

window.measure = async (backend, model, batch) => {
  if (!(await tf.setBackend(backend)) || tf.getBackend() !== backend) throw new Error(`no backend ${backend}`);
  await tf.ready();
  const network = built(model);
  network.compile({ optimizer: tf.train.adam(1e-3), loss: "sparseCategoricalCrossentropy" });
  const images = tf.randomUniform([batch, SIDE, SIDE, 1]);
  const labels = tf.randomUniform([batch], 0, CLASSES, "int32").toFloat();
  const step = () => network.trainOnBatch(images, labels);
  // The first step compiles.
  await step();
  const start = performance.now();
  let steps = 0;
  while (steps < 2 || performance.now() - start < MEASURED_MS) {
    await step();
    steps += 1;
  }
  const seconds = (performance.now() - start) / 1000;
  tf.disposeVariables();
  return { images_per_second: (steps * batch) / seconds, version: tf.version.tfjs };
};

const built = (model) => {
  const network = tf.sequential();
  let input = { inputShape: [SIDE, SIDE, 1] };
  let flat = false;
  for (const [kind, size] of model.split(";").map((layer) => layer.trim().split(" "))) {
    if (kind === "dense" && !flat) {
      network.add(tf.layers.flatten());
      flat = true;
    }
    const count = Number(size);
    const relu = { activation: "relu", ...input };
    if (kind === "conv") network.add(tf.layers.conv2d({ filters: count, kernelSize: 3, padding: "same", ...relu }));
    if (kind === "maxpool") network.add(tf.layers.maxPooling2d({ poolSize: count, ...input }));
    if (kind === "dense") network.add(tf.layers.dense({ units: count, ...relu }));
    input = {};
  }
  network.add(tf.layers.dense({ units: CLASSES, activation: "softmax" }));
  return network;
};
