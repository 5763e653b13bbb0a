//! Which public datasets the page is deployed with, written into it: so it need not ask for each.

use super::replace_in;
use crate::data;
use crate::problem::Result;
use std::path::Path;

const UNKNOWN: &str = "name=\"cnnslicer:datasets\" content=\"?\"";

/// Names the datasets in `folder/data` that are there with all their files, each with its bytes: `mnist:11594722`.
pub(super) fn name(folder: &Path) -> Result<()> {
    let present = data::present(&folder.join("data"));
    let words = present.iter().map(|(name, bytes)| format!("{name}:{bytes}"));
    let names = words.collect::<Vec<_>>().join(" ");
    replace_in(&folder.join("index.html"), UNKNOWN, &UNKNOWN.replace('?', &names))
}
