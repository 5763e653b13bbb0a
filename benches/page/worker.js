// Loads the benchmark program, then does each job it is sent; an empty message asks only whether it is loaded.
import init, { measure } from "./entropy.js";

const loaded = init();

self.onmessage = async ({ data: { job, repetitions } }) => {
  try {
    await loaded;
    self.postMessage({ answer: job ? measure(job, repetitions) : null });
  } catch (problem) {
    self.postMessage({ problem: String(problem) });
  }
};
