//! The contenders in a browser: each round in one of its own, with a fresh profile.

use super::{Job, Speed};
use crate::bench::program;
use crate::browser::{Browser, Chromium, Options};
use crate::problem::{About, Problem, Result};
use crate::serve::Server;
use crate::tools::chromium;
use crate::workspace::Workspace;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The page as it is deployed, training Strokes on the CPU.
pub(super) struct BuiltPage {
    site: Site,
}

/// TensorFlow.js on a page of its own.
pub(super) struct TensorflowJs {
    site: Site,
}

struct Site {
    chromium: Chromium,
    server: Server,
}

/// Trains a run with these settings and gives the median of the speeds that the page shows in its second epoch.
const TRAIN: &str = "(async (settings) => {
    await cnnslicer.ready;
    await cnnslicer.train(settings);
    const speeds = [];
    for (;;) {
        const now = await cnnslicer.status();
        if (now.state === 'failed') throw new Error(JSON.stringify(now.error));
        if (now.state === 'done') break;
        if (now.epoch > 1 && now.batch > now.batches / 4) speeds.push(now.images_per_second);
        await new Promise((next) => setTimeout(next, 100));
    }
    speeds.sort((a, b) => a - b);
    return { images_per_second: speeds[Math.floor(speeds.length / 2)] };
})";

impl BuiltPage {
    /// Serves `dist/`.
    pub(super) fn new(workspace: &Workspace) -> Result<Self> {
        let dist = workspace.dist();
        if !dist.join("index.html").is_file() {
            let missing = Problem::new("the page is not built");
            return Err(missing.remedy("run `cargo xtask build` first"));
        }
        Ok(Self { site: Site::of(&dist)? })
    }

    pub(super) fn speed(&self, job: Job, limit: Duration) -> Result<Speed> {
        let settings = json!({
            "dataset": "strokes", "per_class": 300, "epochs": 2, "batch": job.batch, "model": "custom",
            "layers": job.layers, "probe": 10, "record": "every:1000", "backend": "cpu", "seed": 1,
        });
        self.site.ask("typeof cnnslicer === 'object'", &format!("{TRAIN}({settings})"), limit)
    }
}

impl TensorflowJs {
    /// Serves `benches/training/page` with the library from `modules`.
    pub(super) fn new(workspace: &Workspace, modules: &Path) -> Result<Self> {
        let folder = workspace.scratch().join("bench-tfjs");
        let library = folder.join("tfjs");
        std::fs::create_dir_all(&library).about(library.display())?;
        program::copy_page(&workspace.root.join("benches/training/page"), &folder)?;
        for (package, name) in [("tfjs", "tf.min.js"), ("tfjs-backend-webgpu", "tf-backend-webgpu.min.js")] {
            let from: PathBuf =
                modules.join("node_modules/@tensorflow").join(package).join("dist").join(name);
            std::fs::copy(&from, library.join(name)).about(from.display())?;
        }
        Ok(Self { site: Site::of(&folder)? })
    }

    pub(super) fn speed(&self, backend: &str, job: Job, limit: Duration) -> Result<Speed> {
        let call = format!("measure({}, {}, {})", json!(backend), json!(job.layers), job.batch);
        self.site.ask("typeof measure === 'function'", &call, limit)
    }
}

impl Site {
    fn of(folder: &Path) -> Result<Self> {
        Ok(Self { chromium: chromium::ensure()?, server: Server::start(folder, 0, "/")? })
    }

    /// Opens the page in a fresh browser, waits until `ready` holds, and reads the speed that `call` gives.
    fn ask(&self, ready: &str, call: &str, limit: Duration) -> Result<Speed> {
        // WebGL without a GPU is only there when asked for.
        let flags = vec!["--enable-unsafe-swiftshader".to_owned()];
        let browser =
            Browser::start(&self.chromium, &Options { limit: 2 * limit, flags, ..Options::default() })?;
        let page = browser.page();
        page.open(&self.server.url())?;
        page.wait_for(ready, limit)?;
        Speed::read(&page.eval(call, limit)?)
    }
}
