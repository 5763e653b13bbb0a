//! Scripts, styles and the page without indentation and comments: 2 KB less to load.
//!
//! No minifier: Trunk's does not understand `export { … as default }`. In scripts only whole lines are
//! touched, and one with a template literal over several lines is left as it is.

use super::{files_in, kind_of, replace_checksum};
use crate::problem::{About, Result};
use std::path::Path;

/// Shortens the texts of `folder` in place.
pub(super) fn all(folder: &Path) -> Result<()> {
    for name in files_in(folder, |name| ["js", "css", "html"].contains(&kind_of(name)))? {
        let path = folder.join(&name);
        let before = std::fs::read_to_string(&path).about(path.display())?;
        let after = match kind_of(&name) {
            "js" => unindented(&before),
            "css" => unindented(&without(&before, "/*", "*/")),
            _ => unindented(&without(&before, "<!--", "-->")),
        };
        std::fs::write(&path, &after).about(path.display())?;
        replace_checksum(folder, before.as_bytes(), after.as_bytes())?;
    }
    Ok(())
}

/// `text` without what stands between these marks, and without them.
fn without(text: &str, begin: &str, end: &str) -> String {
    let mut parts = text.split(begin);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(part.split_once(end).map_or("", |(_, after)| after));
    }
    kept
}

fn unindented(script: &str) -> String {
    let spans_lines = |line: &str| line.matches('`').count() % 2 == 1;
    if script.lines().any(spans_lines) {
        return script.to_owned();
    }
    let mut lines = String::with_capacity(script.len());
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
        lines.push_str(line);
        lines.push('\n');
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{unindented, without};

    #[test]
    fn comments_go_from_styles_and_pages() {
        assert_eq!(without("a {} /* b { */ c {}/* d */", "/*", "*/"), "a {}  c {}");
        assert_eq!(without("<p><!-- two\nlines --></p>", "<!--", "-->"), "<p></p>");
        assert_eq!(without("no comment", "/*", "*/"), "no comment");
    }

    #[test]
    fn indentation_and_comment_lines_go_and_code_stays() {
        let script = "// Glue.\nfunction f() {\n    return 'a//b'; // kept\n\n    // gone\n}\n";
        assert_eq!(unindented(script), "function f() {\nreturn 'a//b'; // kept\n}\n");
    }

    #[test]
    fn a_script_with_a_text_over_several_lines_is_left_alone() {
        let script = "const text = `\n    two lines`;\n";
        assert_eq!(unindented(script), script);
    }
}
