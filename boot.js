// Starts the page's program. A file of its own, because the page's policy forbids inline scripts.
const program = document.querySelector('meta[name="cnnslicer:app"]');
const address = (path) => new URL(path, document.baseURI);

try {
  const { default: init } = await import(address(program.content));
  await init({ module_or_path: address(program.dataset.wasm) });
} catch (error) {
  const message = document.createElement("p");
  message.setAttribute("role", "alert");
  message.textContent =
    `CNNSlicer could not start: ${error.message ?? error}. Reload the page; if that does not help, use ` +
    "a current Chrome, Edge, Firefox or Safari (16.4 or later). Stored runs are kept.";
  document.getElementById("boot")?.remove();
  document.body.prepend(message);
  throw error;
}
