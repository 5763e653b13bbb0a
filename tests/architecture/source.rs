//! Source files as text, and their code without comments and strings.

use std::path::Path;
use std::{fs, io};

/// Folders that hold nothing of ours, besides hidden ones.
const SKIPPED: [&str; 4] = ["target", "dist", "node_modules", "__pycache__"];
/// Ignored by git: the public datasets.
const DATASETS: &str = "public/data";
/// Hidden folders that are ours.
const OURS: [&str; 3] = [".cargo", ".ci", ".github"];

pub struct File {
    /// From the root, with `/`.
    pub path: String,
    pub text: String,
}

pub struct Tree {
    pub files: Vec<File>,
}

impl Tree {
    /// All text files below a root.
    pub fn read(root: &str) -> io::Result<Self> {
        let mut files = Vec::new();
        collect(Path::new(root), "", &mut files)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files })
    }

    pub fn with_extension(&self, extensions: &[&str]) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| extensions.contains(&file.extension()))
    }

    /// Our Rust files.
    pub fn rust(&self) -> impl Iterator<Item = &File> {
        self.with_extension(&["rs"])
    }

    /// The library's modules in the order of `lib.rs`.
    pub fn modules(&self) -> Vec<&str> {
        let lib = self.files.iter().find(|file| file.path == "src/lib.rs").map_or("", |file| &file.text);
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect()
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            let hidden = name.starts_with('.') && !OURS.contains(&name.as_str());
            if !hidden && !SKIPPED.contains(&name.as_str()) && path != DATASETS {
                collect(&entry.path(), &format!("{path}/"), files)?;
            }
        } else if name == ".git" {
            // In a git worktree this is a file that points out of it.
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            // What is not UTF-8 is a picture, not a source.
            files.push(File { path, text });
        }
    }
    Ok(())
}

impl File {
    pub fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// The library module that the file belongs to.
    pub fn module(&self) -> Option<&str> {
        let name = self.path.strip_prefix("src/")?.split('/').next()?;
        Some(name.strip_suffix(".rs").unwrap_or(name)).filter(|name| *name != "bin" && *name != "lib")
    }

    /// The text with comments blanked, and strings as well when they are not to be kept; line breaks stay.
    pub fn code(&self, strings: Strings) -> String {
        match self.extension() {
            "html" | "svg" => without_between(&self.text, "<!--", "-->"),
            "css" => without_between(&self.text, "/*", "*/"),
            extension => {
                Scrubber { text: self.text.as_bytes(), at: 0, strings, rust: extension == "rs" }.code()
            }
        }
    }
}

/// What becomes of the insides of string literals.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Strings {
    Kept,
    Blanked,
}

fn without_between(text: &str, open: &str, close: &str) -> String {
    let mut parts = text.split(open);
    let mut code = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let (comment, rest) = part.split_once(close).unwrap_or((part, ""));
        code.extend(comment.chars().filter(|&c| c == '\n'));
        code.push_str(rest);
    }
    code
}

/// Goes through Rust or JavaScript once, byte by byte; only ASCII means anything to it.
struct Scrubber<'t> {
    text: &'t [u8],
    at: usize,
    strings: Strings,
    rust: bool,
}

impl Scrubber<'_> {
    fn code(mut self) -> String {
        let mut code = Vec::with_capacity(self.text.len());
        while self.at < self.text.len() {
            let end = self.end_of_piece();
            let (kept, piece) = (self.is_kept(), &self.text[self.at..end]);
            code.extend(piece.iter().map(|&byte| if kept || byte == b'\n' { byte } else { b' ' }));
            self.at = end;
        }
        String::from_utf8_lossy(&code).into_owned()
    }

    /// Whether the piece that starts here stays.
    fn is_kept(&self) -> bool {
        let rest = &self.text[self.at..];
        let comment = rest.starts_with(b"//") || rest.starts_with(b"/*");
        let string = self.opens_string() || self.raw_hashes().is_some();
        !comment && (!string || self.strings == Strings::Kept)
    }

    /// End of the comment, the string or the single byte that starts here.
    fn end_of_piece(&self) -> usize {
        let rest = &self.text[self.at..];
        let len = if rest.starts_with(b"//") {
            rest.iter().position(|&byte| byte == b'\n')
        } else if rest.starts_with(b"/*") {
            after(rest, 2, b"*/")
        } else if let Some(hashes) = self.raw_hashes() {
            let close = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
            after(rest, hashes + 2, &close)
        } else if self.opens_string() {
            end_of_string(rest)
        } else {
            Some(1)
        };
        self.at + len.unwrap_or(rest.len())
    }

    fn opens_string(&self) -> bool {
        match self.text[self.at] {
            b'`' => !self.rust,
            b'\'' if self.rust => is_char_literal(&self.text[self.at..]),
            b'"' | b'\'' => true,
            _ => false,
        }
    }

    /// Hashes of the raw string that starts here.
    fn raw_hashes(&self) -> Option<usize> {
        let after_name = self.at > 0 && is_word(self.text[self.at - 1]) && self.text[self.at - 1] != b'b';
        let rest = self.text[self.at..].strip_prefix(b"r").filter(|_| self.rust && !after_name)?;
        let hashes = rest.iter().take_while(|&&byte| byte == b'#').count();
        (rest.get(hashes) == Some(&b'"')).then_some(hashes)
    }
}

/// `'a'`, `'\n'`, `'é'`, but not the lifetime `'a`.
fn is_char_literal(rest: &[u8]) -> bool {
    rest.get(1) == Some(&b'\\')
        || rest
            .iter()
            .skip(2)
            .take(4)
            .position(|&byte| byte == b'\'')
            .is_some_and(|at| at == 0 || rest[1] >= 0x80)
}

fn end_of_string(rest: &[u8]) -> Option<usize> {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            byte if byte == rest[0] => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

fn after(rest: &[u8], from: usize, close: &[u8]) -> Option<usize> {
    let tail = rest.get(from..)?;
    tail.windows(close.len()).position(|window| window == close).map(|at| from + at + close.len())
}

pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Line numbers (1 first) on which a word stands by itself.
pub fn lines_with_word(code: &str, word: &str) -> Vec<usize> {
    let has = |line: &str| words(line).any(|found| found == word);
    code.lines().enumerate().filter(|(_, line)| has(line)).map(|(index, _)| index + 1).collect()
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(path: &str, text: &str, strings: Strings) -> String {
        File { path: path.to_owned(), text: text.to_owned() }.code(strings)
    }

    #[test]
    fn comments_and_strings_are_blanked_and_lines_stay() {
        let text = "a // b\n\"c\\\"d\" e /* f\ng */ 'h' i r#\"j\"k\"# l<'m> '\\'' n";
        let blanked = code("a.rs", text, Strings::Blanked);
        assert_eq!(blanked.split_whitespace().collect::<Vec<_>>(), ["a", "e", "i", "l<'m>", "n"]);
        assert_eq!(blanked.lines().count(), text.lines().count());
    }

    #[test]
    fn a_url_in_a_string_is_no_comment() {
        assert_eq!(code("a.rs", "f(\"http://x\") // y", Strings::Kept).trim_end(), "f(\"http://x\")");
        assert_eq!(code("a.js", "f('http://x') // y", Strings::Kept).trim_end(), "f('http://x')");
        assert_eq!(code("a.css", "b/*c*/{url(http://x)}", Strings::Kept), "b{url(http://x)}");
    }

    #[test]
    fn words_stand_by_themselves() {
        assert_eq!(lines_with_word("burned\nuse burn::x;\n_burn", "burn"), [2]);
    }
}
