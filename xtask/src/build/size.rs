//! What a visitor downloads, gzipped, and the most it may be.

use super::files_in;
use crate::problem::{About, Problem, Result};
use std::fmt;
use std::path::Path;

/// Bytes in the kilobyte of the budgets.
const KILOBYTE: usize = 1000;

/// One of the downloads: everything the page loads at first, one worker, or what views bring that are shown later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    name: String,
    /// Of the files as they are.
    bytes: usize,
    /// Of each file gzipped.
    gzipped: usize,
    /// The most `gzipped` may be; `None` where the size is only stated.
    budget: Option<usize>,
}

/// The parts, the page first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report(Vec<Part>);

/// What loads before anything is shown; views and panels that are opened later have files of their own.
const PAGE_BUDGET: usize = 330 * KILOBYTE;
const COMPUTE_BUDGET: usize = 345 * KILOBYTE;

/// Measures a finished folder.
pub(super) fn measure(folder: &Path) -> Result<Report> {
    let part = |name: &str, budget| -> Result<Part> {
        let mut part = Part { name: name.to_owned(), bytes: 0, gzipped: 0, budget };
        for file in files_in(folder, |file| part_of(file) == Some(name))? {
            let content = std::fs::read(folder.join(&file)).about(&file)?;
            part.bytes += content.len();
            part.gzipped += transferred(folder, &file, content.len())?;
        }
        Ok(part)
    };
    let mut parts = vec![
        part("page", Some(PAGE_BUDGET))?,
        part("compute", Some(COMPUTE_BUDGET))?,
        part("trainer", None)?,
    ];
    let files = files_in(folder, |file| view_of(file).is_some())?;
    let mut views: Vec<_> = files.iter().filter_map(|file| view_of(file)).collect();
    views.sort_unstable();
    views.dedup();
    for view in views {
        parts.push(part(view, None)?);
    }
    Ok(Report(parts))
}

/// Bytes that go over the line for a file: those of its compressed copy, where there is one.
fn transferred(folder: &Path, file: &str, len: usize) -> Result<usize> {
    let copy = folder.join(format!("{file}.gz"));
    if !copy.is_file() {
        return Ok(len);
    }
    Ok(std::fs::metadata(&copy).about(copy.display())?.len() as usize)
}

/// The part a file belongs to; `None` for what is not loaded at the start or is a compressed copy.
fn part_of(file: &str) -> Option<&str> {
    let (stem, kind) = file.rsplit_once('.')?;
    let worker = || ["trainer", "compute"].into_iter().find(|worker| stem.starts_with(worker));
    match kind {
        "js" | "wasm" => view_of(file).or_else(worker).or(Some("page")),
        "html" | "css" => Some("page"),
        _ => None,
    }
}

/// The view whose code this file brings when the view is first shown: `layers` of `app-12ab-layers.wasm`;
/// what comes with either of several views counts together.
fn view_of(file: &str) -> Option<&str> {
    let (_, view) = file.strip_prefix("app-")?.strip_suffix(".wasm")?.split_once('-')?;
    Some(if view.starts_with("chunk_") { "several views" } else { view })
}

impl Report {
    /// Fails, naming every part that is over its budget or was not built.
    pub(super) fn check(&self) -> Result<()> {
        let faults: Vec<_> = self.0.iter().filter_map(Part::fault).collect();
        if faults.is_empty() { Ok(()) } else { Err(Problem::new(faults.join("; "))) }
    }
}

impl Part {
    fn fault(&self) -> Option<String> {
        let name = &self.name;
        if self.bytes == 0 {
            return Some(format!("{name}: no files were built"));
        }
        let budget = self.budget.filter(|budget| self.gzipped > *budget)?;
        let (is, may) = (kilobytes(self.gzipped), kilobytes(budget));
        Some(format!("{name}: {is} gzipped is over its budget of {may}"))
    }
}

fn kilobytes(bytes: usize) -> String {
    format!("{:.1} KB", bytes as f64 / KILOBYTE as f64)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<18}{:>12}{:>12}{:>12}", "download", "as it is", "gzipped", "budget")?;
        for part in &self.0 {
            let budget = part.budget.map_or_else(|| "–".to_owned(), kilobytes);
            let (bytes, gzipped) = (kilobytes(part.bytes), kilobytes(part.gzipped));
            write!(f, "\n{:<18}{bytes:>12}{gzipped:>12}{budget:>12}", part.name)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(gzipped: usize, budget: Option<usize>) -> Part {
        Part { name: "page".to_owned(), bytes: 2 * gzipped, gzipped, budget }
    }

    #[test]
    fn a_part_over_its_budget_fails_and_is_named() {
        assert!(Report(vec![part(250_000, Some(250_000))]).check().is_ok());
        let problem = Report(vec![part(250_001, Some(250_000))]).check().unwrap_err();
        assert_eq!(problem.to_string(), "page: 250.0 KB gzipped is over its budget of 250.0 KB");
        assert!(Report(vec![part(9_000_000, None)]).check().is_ok());
    }

    #[test]
    fn a_part_without_files_fails() {
        assert!(Report(vec![part(0, None)]).check().unwrap_err().to_string().contains("no files"));
    }

    #[test]
    fn every_file_counts_towards_the_download_it_belongs_to() {
        assert_eq!(part_of("app-12ab_bg.wasm"), Some("page"));
        assert_eq!(part_of("worker.js"), Some("page"));
        assert_eq!(part_of("tokens-1.css"), Some("page"));
        assert_eq!(part_of("trainer-12ab.js"), Some("trainer"));
        assert_eq!(part_of("compute-12ab_bg.wasm"), Some("compute"));
        assert_eq!(part_of("app-12ab-lazy.js"), Some("page"));
        assert_eq!(part_of("app-12ab-layers.wasm"), Some("layers"));
        assert_eq!(part_of("app-12ab-chunk_3.wasm"), Some("several views"));
        assert_eq!(part_of("app-12ab_bg.wasm.gz"), None);
        assert_eq!(part_of("app-12ab-layers.wasm.gz"), None);
        assert_eq!(part_of("icon.svg"), None);
    }
}
