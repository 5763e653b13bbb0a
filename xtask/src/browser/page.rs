//! What a test does with a page: open, ask, wait, look, read the console.

use super::driver::Browser;
use crate::digest::from_base64;
use crate::problem::{About, Problem, Result};
use serde_json::{Value, json};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// For commands that the driver answers at once.
pub(super) const PATIENCE: Duration = Duration::from_secs(70);
const POLL: Duration = Duration::from_millis(100);

/// The page in a browser's tab.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    browser: &'a Browser,
}

/// The size a page is looked at, in CSS pixels, one device pixel each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Of the viewport.
    pub width: u32,
    /// Of the viewport; a full-page picture is as high as the page.
    pub height: u32,
}

/// What `prefers-color-scheme` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// `light`
    Light,
    /// `dark`
    Dark,
}

/// A line of the browser's console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleEntry {
    /// `SEVERE`, `WARNING`, `INFO` or `DEBUG`.
    pub level: String,
    /// The text, with its place.
    pub message: String,
}

impl<'a> Page<'a> {
    pub(super) fn new(browser: &'a Browser) -> Self {
        Self { browser }
    }

    /// Loads an address and waits for its `load` event.
    ///
    /// # Errors
    /// The page cannot be reached or does not load within a minute.
    pub fn open(&self, url: &str) -> Result<()> {
        self.post("/url", &json!({ "url": url }), PATIENCE).map(|_| ())
    }

    /// The value of a JavaScript expression, as JSON; a promise is waited for up to `limit`.
    ///
    /// `undefined` is null, and so are NaN and the infinities, as everywhere in JSON.
    ///
    /// # Errors
    /// The expression throws or rejects (the message, and the `code` if there is one, are in the
    /// error), or it takes longer than `limit`.
    pub fn eval(&self, expression: &str, limit: Duration) -> Result<Value> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const late = new Promise((_, fail) => setTimeout(() => fail(new Error('no answer in time')), {}));
             Promise.race([(async () => ({expression}))(), late]).then(
               (value) => done({{ value: JSON.stringify(value === undefined ? null : value) }}),
               (error) => done({{ thrown: `${{error?.code ?? error?.name ?? 'error'}}: ${{error?.message ?? error}}` }}));",
            limit.as_millis()
        );
        let answer =
            self.post("/execute/async", &json!({ "script": script, "args": [] }), limit + PATIENCE)?;
        match (answer["value"].as_str(), answer["thrown"].as_str()) {
            (Some(value), _) => serde_json::from_str(value).about("the script's value"),
            (None, Some(error)) => Err(Problem::new(format!("{expression}: {error}"))),
            (None, None) => Err(Problem::new(format!("{expression}: no answer"))),
        }
    }

    /// Loads the same address again and waits for its `load` event.
    ///
    /// # Errors
    /// It does not load within a minute.
    pub fn reload(&self) -> Result<()> {
        self.post("/refresh", &json!({}), PATIENCE).map(|_| ())
    }

    /// Asks until the expression is truthy, and gives its value. A page that is left meanwhile is asked again once the
    /// next one is there.
    ///
    /// # Errors
    /// It throws, or is still falsy after `limit`; the error holds the last value.
    pub fn wait_for(&self, expression: &str, limit: Duration) -> Result<Value> {
        let deadline = Instant::now() + limit;
        loop {
            let value = match self.eval(expression, limit) {
                Err(problem) if is_of_a_page_that_was_left(&problem.to_string()) => Value::Null,
                answer => answer?,
            };
            if !matches!(&value, Value::Null | Value::Bool(false)) && value != json!(0) && value != json!("")
            {
                return Ok(value);
            }
            if Instant::now() >= deadline {
                let secs = limit.as_secs_f64();
                return Err(Problem::new(format!("{expression}: still {value} after {secs} s")));
            }
            thread::sleep(POLL);
        }
    }

    /// Sets the viewport and the preferred colours, for the pages to come as well.
    ///
    /// # Errors
    /// The browser refuses.
    pub fn show_as(&self, screen: Screen, theme: Theme) -> Result<()> {
        let Screen { width, height } = screen;
        let mobile = width < 600;
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile });
        self.cdp("Emulation.setDeviceMetricsOverride", &metrics)?;
        let value = if theme == Theme::Dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.cdp("Emulation.setEmulatedMedia", &media).map(|_| ())
    }

    /// Saves a picture of the whole page, from top to bottom, as PNG.
    ///
    /// # Errors
    /// The browser cannot draw it, or the file cannot be written.
    pub fn screenshot(&self, path: &Path) -> Result<()> {
        let options = json!({ "format": "png", "captureBeyondViewport": true });
        let picture = self.cdp("Page.captureScreenshot", &options)?;
        let picture = picture["data"].as_str().and_then(from_base64);
        let picture = picture.ok_or_else(|| Problem::new("the browser gave no picture"))?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).about(folder.display())?;
        }
        std::fs::write(path, picture).about(path.display())
    }

    /// The console's lines since the last call, of the page and of what it could not load.
    ///
    /// # Errors
    /// The browser has no log.
    pub fn console(&self) -> Result<Vec<ConsoleEntry>> {
        let log = self.post("/se/log", &json!({ "type": "browser" }), PATIENCE)?;
        let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let entries = log.as_array().ok_or_else(|| Problem::new("the browser gave no log"))?;
        Ok(entries
            .iter()
            .map(|entry| ConsoleEntry { level: text(entry, "level"), message: text(entry, "message") })
            .collect())
    }

    /// The messages of the console's errors: uncaught errors, refused resources, broken policies.
    ///
    /// # Errors
    /// The browser has no log.
    pub fn console_errors(&self) -> Result<Vec<String>> {
        let entries = self.console()?;
        Ok(entries.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message).collect())
    }

    /// A command of the Chrome `DevTools` Protocol.
    ///
    /// # Errors
    /// The browser does not know it or refuses it.
    pub fn cdp(&self, command: &str, parameters: &Value) -> Result<Value> {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }), PATIENCE)
    }

    /// Puts a file of this machine into an `<input type=file>`, as if it had been chosen there.
    ///
    /// # Errors
    /// There is no such input, or no such file.
    pub fn choose_file(&self, selector: &str, file: &Path) -> Result<()> {
        let found = json!({ "expression": format!("document.querySelector({})", json!(selector)) });
        let found = self.cdp("Runtime.evaluate", &found)?;
        let input = found["result"]["objectId"].as_str();
        let input = input.ok_or_else(|| Problem::new(format!("{selector}: there is no such input")))?;
        self.cdp("DOM.setFileInputFiles", &json!({ "files": [file], "objectId": input })).map(|_| ())
    }

    pub(super) fn post(self, path: &str, body: &Value, patience: Duration) -> Result<Value> {
        self.browser.call("POST", path, body, patience)
    }
}

/// Whether a script had no answer because its page was left or loaded anew; chromedriver then says that its time, which is
/// never shorter than [`Page::eval`]'s own, is over.
fn is_of_a_page_that_was_left(error: &str) -> bool {
    ["script timeout", "document unloaded", "Cannot find context", "Execution context was destroyed"]
        .iter()
        .any(|words| error.contains(words))
}
