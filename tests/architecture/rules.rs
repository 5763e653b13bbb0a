//! The rules: what must not be in the sources, and why.

use crate::imports::Imports;
use crate::source::{File, Strings, Tree, is_word, lines_with_word};

pub struct Rule {
    pub reason: &'static str,
    /// One line each: `path:line: what`.
    pub violations: fn(&Tree) -> Vec<String>,
}

pub const UPWARD: Rule = Rule {
    reason: "a reader who starts at the top of lib.rs never meets an unknown module, and no cycle can grow",
    violations: |tree| {
        let order = tree.modules();
        let rank = |name: &str| order.iter().position(|module| *module == name);
        let mut violations = Vec::new();
        for file in tree.rust() {
            let Some(own) = file.module().and_then(rank) else { continue };
            for name in named_modules(file) {
                if rank(&name).is_some_and(|named| named > own) {
                    violations
                        .push(format!("{}: names `{name}`, which stands below it in lib.rs", file.path));
                }
            }
        }
        violations
    },
};

pub const NO_CIRCLES: Rule = Rule {
    reason: "a file can be read, tested and moved without the file that uses it; what two files share has a home of \
             its own (a module and those inside it are one)",
    violations: |tree| {
        let circles = Imports::of(tree).circles();
        circles.iter().map(|files| format!("{}: in a circle", files.join(" -> "))).collect()
    },
};

pub const PURE_CORE: Rule = Rule {
    reason: "the core is tested natively in seconds and runs in every worker; it may depend on no platform",
    violations: |tree| {
        let modules = tree.modules();
        let core = modules.iter().take_while(|module| **module != "browser").copied().collect::<Vec<_>>();
        let names = ["web_sys", "js_sys", "wasm_bindgen", "burn", "leptos"];
        naming(tree, &names, |file| !file.module().is_some_and(|module| core.contains(&module)))
    },
};

pub const BURN: Rule = Rule {
    reason: "merely linking burn costs the page and the compute worker megabytes",
    violations: |tree| naming(tree, &["burn"], |file| file.module() == Some("trainer")),
};

pub const PLOTTERS: Rule = Rule {
    reason: "drawing stays behind `plot`, so that workers do not carry it and charts are tested through SVG",
    violations: |tree| {
        let may_draw = |file: &File| matches!(file.module(), Some("plot" | "app"));
        naming(tree, &["plotters", "plotters_backend", "plotters_canvas"], may_draw)
    },
};

pub const SHORT_FILES: Rule = Rule {
    reason: "a file is one noun; past 400 lines it is two",
    violations: |tree| {
        let long = |file: &&File| file.text.lines().count() > 400;
        let files = tree.with_extension(&["rs", "js", "css", "html", "py"]);
        files.filter(long).map(|file| format!("{}: {} lines", file.path, file.text.lines().count())).collect()
    },
};

pub const NO_UTILS: Rule = Rule {
    reason: "a file named after nothing collects everything",
    violations: |tree| {
        let vague = ["util", "utils", "helper", "helpers", "misc"];
        let is_vague =
            |file: &&File| file.path.split('/').any(|part| vague.contains(&part.trim_end_matches(".rs")));
        tree.rust()
            .filter(is_vague)
            .map(|file| format!("{}: says nothing of what is in it", file.path))
            .collect()
    },
};

pub const NO_GLOB_RE_EXPORTS: Rule = Rule {
    reason: "what a module offers can be read in one place",
    violations: |tree| {
        let mut violations = Vec::new();
        for file in tree.rust() {
            let code = file.code(Strings::Blanked);
            let stars = public_uses(&code).filter(|names| names.contains('*'));
            violations.extend(stars.map(|names| format!("{}: pub use {}", file.path, names.trim())));
        }
        violations
    },
};

pub const SAFETY: Rule = Rule {
    reason: "whoever changes an unsafe block must know what it relies on",
    violations: |tree| {
        let mut violations = Vec::new();
        for file in tree.rust() {
            let lines: Vec<&str> = file.text.lines().collect();
            for line in lines_with_word(&file.code(Strings::Blanked), "unsafe") {
                if !is_justified(&lines, line - 1) {
                    violations.push(format!("{}:{line}: unsafe without a SAFETY comment", file.path));
                }
            }
        }
        violations
    },
};

pub const NO_THIRD_PARTIES: Rule = Rule {
    reason: "no data leaves the machine and no third party is asked for anything at run time",
    violations: |tree| {
        let mut violations = Vec::new();
        let served = |file: &&File| {
            let folder = file.path.split('/').next().unwrap_or("");
            ["index.html", "src", "style", "public"].contains(&folder)
        };
        for file in tree.with_extension(&["rs", "html", "css", "js", "svg", "webmanifest"]).filter(served) {
            let code = file.code(Strings::Kept);
            let foreign = code.match_indices("//").filter(|&(at, _)| is_requested(&code, at));
            violations.extend(foreign.map(|(at, _)| {
                let line = code[..at].lines().count();
                let url: String =
                    code[at..].chars().take_while(|c| !c.is_whitespace() && *c != '"').collect();
                format!("{}:{line}: {url}", file.path)
            }));
        }
        violations
    },
};

pub const NO_MACHINE_PATHS: Rule = Rule {
    reason: "a clone works on any machine; data are found through CNNSLICER_DATA",
    violations: |tree| {
        // In pieces, so that this file keeps its own rule.
        let paths = [["/wo", "rk/"].concat(), ["/ro", "ot/"].concat()];
        let mut violations = Vec::new();
        for file in &tree.files {
            for (index, line) in file.text.lines().enumerate() {
                if let Some(path) = paths.iter().find(|path| line.contains(*path)) {
                    violations.push(format!("{}:{}: names {path}", file.path, index + 1));
                }
            }
        }
        violations
    },
};

pub const TITLES: Rule = Rule {
    reason: "a title names the slice that is on screen: `figures::titles` writes it; a fixed one can only have letters \
             where the indices belong",
    violations: |tree| {
        let mut violations = Vec::new();
        for file in tree.rust().filter(|file| file.path.starts_with("src/app/views/")) {
            let code = file.code(Strings::Kept);
            for (at, opening) in code.match_indices("notation=\"") {
                let title = code[at + opening.len()..].split('"').next().unwrap_or_default();
                if ["dCNN(", "(T)", "@T"].iter().any(|fixed| title.contains(fixed)) {
                    let line = code[..at].lines().count();
                    violations.push(format!("{}:{line}: {title}", file.path));
                }
            }
        }
        violations
    },
};

/// Lines that use one of some crates, in files that may not.
fn naming(tree: &Tree, names: &[&str], may: impl Fn(&File) -> bool) -> Vec<String> {
    let mut violations = Vec::new();
    for file in tree.rust().filter(|file| file.path.starts_with("src/") && !may(file)) {
        let code = file.code(Strings::Blanked);
        for name in names {
            let lines = lines_with_word(&code, name);
            violations.extend(lines.iter().map(|line| format!("{}:{line}: names `{name}`", file.path)));
        }
    }
    violations
}

/// What stands between each `pub use` or `pub(…) use` and its `;`.
fn public_uses(code: &str) -> impl Iterator<Item = &str> {
    code.match_indices("pub").filter_map(|(at, word)| {
        let rest = code[at + word.len()..].trim_start();
        let rest = match rest.strip_prefix('(') {
            Some(scope) => scope.split_once(')')?.1.trim_start(),
            None => rest,
        };
        rest.strip_prefix("use ")?.split(';').next()
    })
}

/// The library modules that a file names: by `crate::…`, or by `super::…` up to the root.
fn named_modules(file: &File) -> Vec<String> {
    let code: String = file.code(Strings::Blanked).split_whitespace().collect::<Vec<_>>().join(" ");
    let code = code.replace(":: ", "::");
    let mut named: Vec<String> = following(&code, "crate::").collect();
    let own_code = code.split("#[cfg(test)]").next().unwrap_or("");
    named.extend(following(own_code, &"super::".repeat(depth(file))));
    named
}

/// How many `super::` lead from a file to the root.
fn depth(file: &File) -> usize {
    let inner = file.path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    inner.split('/').count()
}

/// What is named after a path prefix: one name, or all at the top of a group in braces.
fn following<'c>(code: &'c str, prefix: &'c str) -> impl Iterator<Item = String> + 'c {
    let starts = code.match_indices(prefix).filter(|&(at, _)| {
        let before = code[..at].bytes().last();
        !before.is_some_and(|byte| is_word(byte) || byte == b':')
    });
    starts.flat_map(move |(at, _)| names(&code[at + prefix.len()..]))
}

fn names(rest: &str) -> Vec<String> {
    let first = |text: &str| text.trim().bytes().take_while(|&byte| is_word(byte)).map(char::from).collect();
    let Some(group) = rest.strip_prefix('{') else { return vec![first(rest)] };
    let (mut depth, mut start, mut names) = (0_u32, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                names.push(first(&group[start..at]));
                start = at + 1;
            }
            '}' => depth -= 1,
            _ => {}
        }
        if c == '}' && start == at + 1 {
            break;
        }
    }
    names
}

/// A reason on the line itself, on the next one, or in the comments right above the statement.
fn is_justified(lines: &[&str], index: usize) -> bool {
    let gives_reason = |line: &str| line.contains("SAFETY:") || line.contains("# Safety");
    let belongs = |line: &&&str| {
        let line = line.trim();
        line.starts_with("//") || line.starts_with("#[") || line.ends_with('=') || line.ends_with('(')
    };
    let above = lines[..index].iter().rev().take_while(belongs);
    lines[index..].iter().take(2).chain(above).any(|line| gives_reason(line))
}

/// Whether the `//` at `at` begins the host of a URL that a browser would load.
fn is_requested(code: &str, at: usize) -> bool {
    let (before, after) = (&code[..at], &code[at + 2..]);
    let harmless = ["www.w3.org/", "localhost", "127.0.0.1"];
    let is_url =
        before.ends_with("http:") || before.ends_with("https:") || before.ends_with(['"', '\'', '(']);
    let names_host = after.starts_with(|c: char| c.is_ascii_alphanumeric());
    let is_link =
        before.rfind('<').is_some_and(|tag| code[tag..].starts_with("<a ") && !code[tag..at].contains('>'));
    is_url && names_host && !is_link && !harmless.iter().any(|host| after.starts_with(host))
}
