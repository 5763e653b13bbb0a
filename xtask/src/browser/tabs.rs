//! Several tabs of one browser: they share storage and locks; one at a time is steered.

use super::driver::Browser;
use crate::problem::{Problem, Result};
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);

/// A tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab(String);

impl Browser {
    /// The tab that is steered now.
    ///
    /// # Errors
    /// It was closed.
    pub fn tab(&self) -> Result<Tab> {
        named(&self.call("GET", "/window", &Value::Null, PATIENCE)?)
    }

    /// Opens an empty tab; the one that was steered stays so.
    ///
    /// # Errors
    /// The browser refuses.
    pub fn new_tab(&self) -> Result<Tab> {
        let opened = self.call("POST", "/window/new", &json!({ "type": "tab" }), PATIENCE)?;
        named(&opened["handle"])
    }

    /// From now on [`Browser::page`] is the page of this tab.
    ///
    /// # Errors
    /// It was closed.
    pub fn steer(&self, tab: &Tab) -> Result<()> {
        self.call("POST", "/window", &json!({ "handle": tab.0 }), PATIENCE).map(|_| ())
    }

    /// Closes the tab that is steered; another must be steered next.
    ///
    /// # Errors
    /// It was closed already.
    pub fn close_tab(&self) -> Result<()> {
        self.call("DELETE", "/window", &Value::Null, PATIENCE).map(|_| ())
    }
}

fn named(handle: &Value) -> Result<Tab> {
    let name = handle.as_str().ok_or_else(|| Problem::new("the browser named no tab"))?;
    Ok(Tab(name.to_owned()))
}
