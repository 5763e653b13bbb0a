// One job in a worker of its own, so that its memory is its own.
window.measure = async (job, repetitions) => {
  const { worker, ask } = await ready();
  try {
    return JSON.parse(await ask({ job, repetitions }));
  } finally {
    worker.terminate();
  }
};

// [[workers, how many times as many jobs as one worker they do in a time], …]
window.grow = async (job, repetitions) => {
  const speeds = [];
  for (let count = 1; count <= 2 * navigator.hardwareConcurrency; count *= 2) {
    const workers = await Promise.all(Array.from({ length: count }, ready));
    const start = performance.now();
    await Promise.all(workers.map(({ ask }) => ask({ job, repetitions })));
    speeds.push([count, count / (performance.now() - start)]);
    workers.forEach(({ worker }) => worker.terminate());
  }
  return speeds.map(([count, speed]) => [count, speed / speeds[0][1]]);
};

// A worker that has loaded the program.
const ready = async () => {
  const worker = new Worker("./worker.js", { type: "module" });
  const ask = (question) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => ("answer" in data ? resolve(data.answer) : reject(new Error(data.problem)));
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(question);
    });
  await ask({});
  return { worker, ask };
};
