// The body of every worker: `worker.js?program=trainer` starts the program in trainer.js.
// A program that cannot be loaded reaches the page as an error event with its reason; a rejected
// promise would not.
const name = new URL(self.location.href).searchParams.get("program");

try {
  const { default: init } = await import(`./${name}.js`);
  await init();
} catch (error) {
  setTimeout(() => {
    throw new Error(`the ${name} worker could not start: ${error.message ?? error}`);
  });
}
