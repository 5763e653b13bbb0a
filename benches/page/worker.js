// Loads the benchmark program and does the job it is sent.
import init, { measure } from "./entropy.js";

self.onmessage = async ({ data: { job, repetitions } }) => {
  try {
    await init();
    self.postMessage({ line: measure(job, repetitions) });
  } catch (problem) {
    self.postMessage({ problem: String(problem) });
  }
};
