//! The Content-Security-Policy, written in `index.html` and made effective in the release.
//!
//! It waits there under another name because the reload script of `serve --dev` is inline.

use super::replace_in;
use crate::problem::{About, Problem, Result};
use std::path::Path;

const WAITING: &str = "name=\"cnnslicer:content-security-policy\"";
const EFFECTIVE: &str = "http-equiv=\"Content-Security-Policy\"";

/// Makes the policy effective, after checking that nothing in the page would break it.
pub(super) fn activate(folder: &Path) -> Result<()> {
    let page = folder.join("index.html");
    let text = std::fs::read_to_string(&page).about(page.display())?;
    if let Some(offence) = offence(&text) {
        return Err(Problem::new(format!("index.html: {offence}, which the page's policy forbids"))
            .remedy("move it into a file of its own"));
    }
    replace_in(&page, WAITING, EFFECTIVE)
}

/// What the policy would block: inline scripts and styles, handlers in attributes.
fn offence(html: &str) -> Option<&'static str> {
    let tags = html.split('<').filter_map(|part| part.split('>').next());
    for tag in tags {
        let tag = tag.to_ascii_lowercase();
        if (tag == "script" || tag.starts_with("script ")) && !tag.contains(" src=") {
            return Some("an inline script");
        }
        if tag == "style" || tag.starts_with("style ") {
            return Some("an inline style sheet");
        }
        if tag.contains(" style=") || tag.contains(" onclick=") || tag.contains(" onload=") {
            return Some("a style or a handler in an attribute");
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::offence;

    #[test]
    fn inline_code_is_found() {
        assert_eq!(offence("<p>a</p><script type=\"module\">1</script>"), Some("an inline script"));
        assert_eq!(offence("<STYLE>p{}</STYLE>"), Some("an inline style sheet"));
        assert!(offence("<p style=\"color:red\">").is_some());
        assert_eq!(offence("<script type=\"module\" src=\"./a.js\"></script><p>style=</p>"), None);
    }
}
