// One job in a worker of its own, so that its memory is its own.
window.measure = (job, repetitions) =>
  new Promise((resolve, reject) => {
    const worker = new Worker("./worker.js", { type: "module" });
    const end = (settle, value) => {
      worker.terminate();
      settle(value);
    };
    worker.onmessage = ({ data }) =>
      data.line ? end(resolve, JSON.parse(data.line)) : end(reject, new Error(data.problem));
    worker.onerror = (event) => end(reject, new Error(event.message));
    worker.postMessage({ job, repetitions });
  });
