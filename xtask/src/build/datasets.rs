//! Which public datasets the page is deployed with, written into it: so it need not ask for each.

use crate::data;
use crate::problem::{About, Problem, Result};
use std::path::Path;

const BEFORE: &str = "name=\"cnnslicer:datasets\" content=\"";

/// Names the datasets in `folder/data` that are there with all their files, each with its bytes: `mnist:11594722`.
pub(super) fn name(folder: &Path) -> Result<()> {
    let present = data::present(&folder.join("data"));
    let words = present.iter().map(|(name, bytes)| format!("{name}:{bytes}"));
    let names = words.collect::<Vec<_>>().join(" ");
    let page = folder.join("index.html");
    let text = std::fs::read_to_string(&page).about(page.display())?;
    let named = with_names(&text, &names)
        .ok_or_else(|| Problem::new(format!("{} does not hold {BEFORE:?}", page.display())))?;
    std::fs::write(&page, named).about(page.display())
}

/// The page with other names of datasets than it had, or than the mark that none are known.
fn with_names(page: &str, names: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEFORE)?;
    let (_, after) = rest.split_once('"')?;
    Some([before, BEFORE, names, "\"", after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_take_the_place_of_the_mark_and_of_older_names() {
        let page = "<meta name=\"cnnslicer:datasets\" content=\"?\"><p>";
        let named = with_names(page, "mnist").unwrap();
        assert_eq!(named, "<meta name=\"cnnslicer:datasets\" content=\"mnist\"><p>");
        assert_eq!(with_names(&named, "").unwrap(), page.replace('?', ""));
        assert_eq!(with_names("<p>", "mnist"), None);
    }
}
