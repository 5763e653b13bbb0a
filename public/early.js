// Runs before the page is painted: its colours, and a `cnnslicer.ready` that can be awaited at once.
{
  const chosen = new URLSearchParams(location.search).get("theme");
  let stored = null;
  try {
    stored = localStorage.getItem("cnnslicer:theme");
  } catch {
    // Storage may be forbidden; the system's colours do then.
  }
  const theme = [chosen, stored].find((name) => ["light", "dark", "auto"].includes(name)) ?? "auto";
  document.documentElement.dataset.theme = theme;

  let resolve;
  const ready = new Promise((done) => { resolve = done; });
  window.cnnslicer = { ready };
  Object.defineProperty(window.cnnslicer, "start", { value: resolve });
}
