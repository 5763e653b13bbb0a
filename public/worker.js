// Loads one program (trainer or compute) into a module worker and reports what cannot be loaded.
// Trunk's own loader shim gives no error path, and a panic in wasm ends as an unhandled rejection,
// which the page would never hear of.
const parameters = new URL(self.location.href).searchParams;
const program = parameters.get("program");
const build = parameters.get("build");
const crashed = (reason) => self.postMessage({ crashed: String((reason && reason.message) || reason) });

self.addEventListener("unhandledrejection", (event) => crashed(event.reason));
self.addEventListener("error", (event) => crashed(event.message));

if (program === "trainer" || program === "compute") {
  import(`./${program}.js?build=${build}`)
    .then((module) => module.default({ module_or_path: `./${program}_bg.wasm?build=${build}` }))
    .catch(crashed);
} else {
  crashed(`no program named ${program}`);
}
