// Loads one program (trainer or compute) into a module worker and reports what cannot be loaded.
// Trunk's own loader shim gives no error path, and a panic in wasm ends as an unhandled rejection,
// which the page would never hear of.
const program = new URL(self.location.href).searchParams.get("program");
const crashed = (reason) => self.postMessage({ crashed: String((reason && reason.message) || reason) });

self.addEventListener("unhandledrejection", (event) => crashed(event.reason));
self.addEventListener("error", (event) => crashed(event.message));

// The build puts a content hash behind the program's name: trainer-0123456789abcdef.
if (/^(trainer|compute)(-[0-9a-f]+)?$/.test(program)) {
  import(`./${program}.js`)
    .then((module) => module.default())
    .catch(crashed);
} else {
  crashed(`no program named ${program}`);
}
