//! Which source file names things of which other: declarations (`use`) and written-out paths, followed through
//! re-exports to the file in which the thing is. Tests are left out.

use crate::source::{File, Strings, Tree, is_word};
use std::collections::{BTreeMap, BTreeSet};

/// The library's files by module path (`plot::lines`), each with the modules it names.
pub struct Imports<'t> {
    modules: BTreeMap<String, Module<'t>>,
    named: BTreeMap<String, BTreeSet<String>>,
}

struct Module<'t> {
    path: &'t str,
    /// What is written out in full in its code: paths of two names or more.
    paths: BTreeSet<String>,
    /// What its `use` declarations bring in. A name is there several times where platforms differ.
    names: Vec<Used>,
}

/// A name that a `use` declaration brings in.
struct Used {
    name: String,
    path: String,
    /// Inside a function or an inline module nobody else sees it.
    is_inner: bool,
}

impl Module<'_> {
    /// The path of a name that the file brings in for all of it, and for those that name it there.
    fn brought_in(&self, name: &str) -> Option<&str> {
        let used = self.names.iter().find(|used| used.name == name && !used.is_inner);
        used.map(|used| used.path.as_str())
    }
}

/// Longer chains of re-exports are taken for a ring of them.
const MAX_RE_EXPORTS: usize = 16;

impl<'t> Imports<'t> {
    pub fn of(tree: &'t Tree) -> Self {
        let mut modules = BTreeMap::new();
        let mut tests = Vec::new();
        for file in tree.rust() {
            let Some(module) = module_path(file) else { continue };
            let (code, test_modules) = without_tests(&file.code(Strings::Blanked));
            tests.extend(test_modules.iter().map(|name| join(&module, name)));
            let (names, code) = used(&code);
            modules.insert(module, Module { path: &file.path, paths: paths(&code), names });
        }
        modules.retain(|module, _| !tests.iter().any(|test| module == test || is_inside(module, test)));
        let mut imports = Self { modules, named: BTreeMap::new() };
        imports.named =
            imports.modules.keys().map(|module| (module.clone(), imports.named_by(module))).collect();
        imports
    }

    /// The shortest circle through each file that is in one, as paths, each naming the next and the last the first; each
    /// circle once.
    pub fn circles(&self) -> Vec<Vec<&'t str>> {
        let path = |module: &String| self.modules[module].path;
        let next = |module: &String| self.named[module].iter().collect::<Vec<_>>();
        let mut circles: BTreeMap<BTreeSet<&String>, Vec<&'t str>> = BTreeMap::new();
        for start in self.modules.keys() {
            if let Some(circle) = shortest_circle(start, next) {
                let paths = circle.iter().map(|module| path(module)).collect();
                circles.entry(circle.into_iter().collect()).or_insert(paths);
            }
        }
        circles.into_values().collect()
    }

    /// The other modules whose things a module names; those around it and inside it are one family with it.
    fn named_by(&self, module: &str) -> BTreeSet<String> {
        let Module { paths, names, .. } = &self.modules[module];
        let paths = names.iter().map(|used| &used.path).chain(paths);
        let homes = paths.filter_map(|path| self.home(module, path, MAX_RE_EXPORTS));
        let is_family = |home: &str| home == module || is_inside(home, module) || is_inside(module, home);
        homes.filter(|home| !is_family(home)).collect()
    }

    /// The module in which the thing is that a path names, as seen from a module.
    fn home(&self, from: &str, path: &str, re_exports_left: usize) -> Option<String> {
        let re_exports_left = re_exports_left.checked_sub(1)?;
        let (mut at, mut segments) = (from.to_owned(), path.split("::").peekable());
        let mut is_rooted = false;
        while let Some(&step) = segments.peek() {
            match step {
                "crate" => at.clear(),
                "super" => at.truncate(at.rfind("::").unwrap_or(0)),
                "self" => {}
                _ => break,
            }
            is_rooted = true;
            segments.next();
        }
        while let Some(segment) = segments.next() {
            let inner = join(&at, segment);
            if self.modules.contains_key(&inner) {
                at = inner;
            } else if let Some(target) = self.modules.get(&at).and_then(|module| module.brought_in(segment)) {
                let path = std::iter::once(target).chain(segments).collect::<Vec<_>>().join("::");
                // What another crate has counts as the file's that brings it in.
                let home = self.home(&at, &path, re_exports_left);
                return home.or_else(|| is_rooted.then_some(at));
            } else if !is_rooted {
                // Another crate, or a thing of the file's own.
                return None;
            } else {
                break;
            }
            is_rooted = true;
        }
        self.modules.contains_key(&at).then_some(at)
    }
}

/// `plot::lines` for `src/plot/lines.rs`; the programs' `main` functions are no modules.
fn module_path(file: &File) -> Option<String> {
    let path = file.path.strip_prefix("src/")?.strip_suffix(".rs")?;
    let path = path.strip_suffix("/mod").unwrap_or(path);
    let path = if path == "lib" { "" } else { path };
    (!path.starts_with("bin/")).then(|| path.replace('/', "::"))
}

fn join(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

fn is_inside(inner: &str, outer: &str) -> bool {
    outer.is_empty() || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with("::"))
}

/// Code on one line without what is compiled for tests only, and the names of the test modules with a file of their own.
fn without_tests(code: &str) -> (String, Vec<String>) {
    let code: String = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let code = code.replace(":: ", "::").replace(" ::", "::");
    let (mut own, mut modules) = (String::new(), Vec::new());
    let mut rest = code.as_str();
    while let Some((before, after)) = rest.split_once("#[cfg(test)]") {
        own.push_str(before);
        let item = &after[..end_of_item(after)];
        let declared = item.strip_suffix(';').and_then(|item| item.rsplit_once("mod "));
        modules.extend(declared.map(|(_, name)| name.trim().to_owned()));
        rest = &after[item.len()..];
    }
    own.push_str(rest);
    (own, modules)
}

/// Length of the item at the start of the code: to its `;`, or to the brace that closes its body.
fn end_of_item(code: &str) -> usize {
    let is_use =
        ["use ", "pub use ", "pub(crate) use "].iter().any(|word| code.trim_start().starts_with(word));
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && (c == ';' || (c == '}' && !is_use)) {
            return at + 1;
        }
    }
    code.len()
}

/// What the `use` declarations of a file bring in, and its code without them.
fn used(code: &str) -> (Vec<Used>, String) {
    let (mut names, mut others, mut depth) = (Vec::new(), String::new(), 0_usize);
    let mut rest = code;
    while let Some((before, after)) = rest.split_once("use ") {
        others.push_str(before);
        depth += before.matches('{').count();
        depth = depth.saturating_sub(before.matches('}').count());
        // `use` is a word of its own only where a statement can begin.
        let before = before.trim_end();
        let is_word =
            before.is_empty() || before.ends_with([';', '}', '{', ']', ')']) || before.ends_with("pub");
        let end = if is_word { after.find(';').unwrap_or(after.len()) } else { 0 };
        let mut leaves = Vec::new();
        leaves_of("", &after[..end], &mut leaves);
        names.extend(leaves.into_iter().map(|(name, path)| Used { name, path, is_inner: depth > 0 }));
        rest = &after[end..];
    }
    others.push_str(rest);
    (names, others)
}

/// Name and path of each leaf of a tree of imports.
fn leaves_of(prefix: &str, tree: &str, leaves: &mut Vec<(String, String)>) {
    let tree = tree.trim();
    if let Some((head, group)) = tree.strip_suffix('}').and_then(|tree| tree.split_once('{')) {
        branches(group).for_each(|branch| leaves_of(&format!("{prefix}{head}"), branch, leaves));
        return;
    }
    let (path, name) = tree.split_once(" as ").unwrap_or((tree, ""));
    let path = format!("{prefix}{path}");
    let path = path.strip_suffix("::self").unwrap_or(&path).to_owned();
    let last = path.rsplit("::").next().unwrap_or_default();
    let name = if name.is_empty() { last } else { name }.to_owned();
    if !name.is_empty() && name != "*" {
        leaves.push((name, path));
    }
}

/// The parts of a group in braces, at its commas.
fn branches(group: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    group.split(move |c| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
}

fn paths(code: &str) -> BTreeSet<String> {
    let is_path = |c: char| c == ':' || u8::try_from(c).is_ok_and(is_word);
    let words = code.split(|c| !is_path(c)).map(|path| path.trim_matches(':'));
    words.filter(|path| path.contains("::")).map(str::to_owned).collect()
}

/// Breadth first from a module back to itself.
fn shortest_circle<'m>(
    start: &'m String,
    next: impl Fn(&'m String) -> Vec<&'m String>,
) -> Option<Vec<&'m String>> {
    let mut came_from: BTreeMap<&String, &'m String> = BTreeMap::new();
    let mut front = vec![start];
    while !front.is_empty() {
        let mut further = Vec::new();
        for module in front {
            for named in next(module) {
                if named == start {
                    let back = std::iter::successors(Some(module), |module| came_from.get(module).copied());
                    let mut circle = back.collect::<Vec<_>>();
                    circle.reverse();
                    return Some(circle);
                }
                if !came_from.contains_key(named) {
                    came_from.insert(named, module);
                    further.push(named);
                }
            }
        }
        front = further;
    }
    None
}
