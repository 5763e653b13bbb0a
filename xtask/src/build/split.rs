//! The page's program cut into parts: what the page needs at first, and what a view brings that is fetched when it
//! is first shown (`lazily!` in the page's sources).
//!
//! wasm-split cuts along the linker's relocations, which wasm-bindgen throws away, and Trunk leaves nothing to do
//! between the compiler and wasm-bindgen. So what Trunk made of the program in one piece is replaced:
//!
//! | file | is |
//! |---|---|
//! | `app.js`, `app_bg.wasm` | what the page needs at first |
//! | `app-lazy.js` | loads the parts |
//! | `app-<name>.wasm` | a part; `app-chunk_<n>.wasm` is common to several |

use super::{files_in, kind_of, replace_checksum, replace_in};
use crate::problem::{About, Problem, Result};
use crate::process;
use crate::tools::BuildTools;
use crate::workspace::Workspace;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use wasm_split_cli_support::{Options, transform};

/// What the page's files are called before they get their hashes.
pub(super) const SCRIPT: &str = "app.js";
pub(super) const PROGRAM: &str = "app_bg.wasm";
pub(super) const LOADER: &str = "app-lazy.js";

/// The compiler's output, below cargo's target folder.
const COMPILED: &str = "wasm32-unknown-unknown/release-page/app.wasm";
/// What is needed at first, on its way to wasm-bindgen.
const AT_FIRST: &str = "at_first.wasm";
const LIMIT: Duration = Duration::from_mins(5);

/// Puts the program in parts in the place of the one in one piece.
pub(super) fn page(workspace: &Workspace, tools: &BuildTools, folder: &Path) -> Result<()> {
    let scratch = workspace.scratch().join("split");
    if scratch.exists() {
        std::fs::remove_dir_all(&scratch).about(scratch.display())?;
    }
    cut(&workspace.target.join(COMPILED), &scratch)?;
    let mut bindgen = Command::new(&tools.wasm_bindgen);
    bindgen.args(["--target", "web", "--no-typescript", "--no-demangle", "--out-name", "app", "--out-dir"]);
    // The parts reach memory, stack and function table through these exports.
    bindgen.arg(&scratch).arg("--keep-lld-exports").arg(scratch.join(AT_FIRST));
    process::run(&mut bindgen, LIMIT)?;
    std::fs::remove_file(scratch.join(AT_FIRST)).about(AT_FIRST)?;
    name_parts(&scratch)?;
    install(&scratch, folder)
}

fn cut(compiled: &Path, into: &Path) -> Result<()> {
    let program = std::fs::read(compiled).about(compiled.display())?;
    let at_first = into.join(AT_FIRST);
    let (loader, script) = (format!("./{LOADER}"), format!("./{SCRIPT}"));
    let mut options = Options::new(&program);
    options.output_dir = into;
    options.main_out_path = &at_first;
    options.link_name = &loader;
    options.main_module = &script;
    transform(options).map_err(|error| Problem::new(format!("{}: {error:#}", compiled.display())))?;
    Ok(())
}

/// Gives the parts their names, and lets them load from hosts that send wasm under another media type.
fn name_parts(folder: &Path) -> Result<()> {
    let loader = folder.join(LOADER);
    for part in files_in(folder, |name| kind_of(name) == "wasm" && name != PROGRAM)? {
        let name = format!("app-{}", part.trim_start_matches("split_"));
        std::fs::rename(folder.join(&part), folder.join(&name)).about(&part)?;
        replace_in(&loader, &format!("\"./{part}\""), &format!("\"./{name}\""))?;
    }
    replace_in(&loader, "WebAssembly.instantiateStreaming(src, imports)", INSTANTIATE)
}

/// Refuses the error page of a part that is gone; the rest is small enough to be compiled in one go.
const INSTANTIATE: &str = "src.then((answer) => answer.ok ? answer.arrayBuffer() \
    : Promise.reject(new Error(`${answer.url}: ${answer.status}`))).then((part) => WebAssembly.instantiate(part, imports))";

/// Puts these files in the place of those that Trunk made, and has the loader fetched beside the script that asks for it.
fn install(parts: &Path, folder: &Path) -> Result<()> {
    let program = |name: &str| name.starts_with("app-") && name.ends_with("_bg.wasm");
    let [program] = &files_in(folder, program)?[..] else {
        return Err(Problem::new("Trunk did not leave one program of the page"));
    };
    let stem = program.trim_end_matches("_bg.wasm");
    let page = folder.join("index.html");
    replace_in(&page, stem, "app")?;
    for (old, new) in [(format!("{stem}.js"), SCRIPT), (program.clone(), PROGRAM)] {
        let (old, new) = (folder.join(old), parts.join(new));
        let before = std::fs::read(&old).about(old.display())?;
        replace_checksum(folder, &before, &std::fs::read(&new).about(new.display())?)?;
        std::fs::remove_file(&old).about(old.display())?;
    }
    for name in files_in(parts, |_| true)? {
        std::fs::copy(parts.join(&name), folder.join(&name)).about(&name)?;
    }
    let head = "</head>";
    replace_in(&page, head, &format!("<link rel=\"modulepreload\" href=\"./{LOADER}\">\n{head}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::integrity;
    use std::path::PathBuf;

    /// A folder with these files.
    fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("cnnslicer-split-{name}-{}", std::process::id()));
        // What an earlier run of the same number left.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        for (name, content) in files {
            std::fs::write(folder.join(name), content).unwrap();
        }
        folder
    }

    const LOADING: &str = "fetch(new URL(\"./split_layers.wasm\", import.meta.url)); fetch(\"./chunk_1.wasm\"); \
        (WebAssembly.instantiateStreaming(src, imports))";

    #[test]
    fn parts_are_named_after_their_views_and_the_loader_knows_their_names() {
        let files = [(LOADER, LOADING), (PROGRAM, "p"), ("split_layers.wasm", "l"), ("chunk_1.wasm", "c")];
        let folder = folder("names", &files);
        name_parts(&folder).unwrap();
        let names = files_in(&folder, |_| true).unwrap();
        assert_eq!(names, ["app-chunk_1.wasm", "app-layers.wasm", LOADER, PROGRAM].map(str::to_owned));
        let loader = std::fs::read_to_string(folder.join(LOADER)).unwrap();
        assert!(loader.contains("\"./app-layers.wasm\"") && loader.contains("\"./app-chunk_1.wasm\""));
        assert!(!loader.contains("instantiateStreaming"), "some hosts send wasm as plain bytes");
    }

    #[test]
    fn the_page_names_what_is_needed_at_first_with_its_checksums() {
        let sum = integrity(b"in one piece");
        let head = format!(
            "<head><meta content=\"./app-12ab.js\" data-wasm=\"./app-12ab_bg.wasm\">\
             <link href=\"./app-12ab_bg.wasm\" integrity=\"{sum}\"></head>"
        );
        let built = [("index.html", &*head), ("app-12ab.js", "old"), ("app-12ab_bg.wasm", "in one piece")];
        let (built, parts) = (
            folder("built", &built),
            folder(
                "parts",
                &[(SCRIPT, "new"), (PROGRAM, "at first"), (LOADER, "l"), ("app-layers.wasm", "p")],
            ),
        );
        install(&parts, &built).unwrap();
        let page = std::fs::read_to_string(built.join("index.html")).unwrap();
        let sum = integrity(b"at first");
        assert_eq!(
            page,
            format!(
                "<head><meta content=\"./app.js\" data-wasm=\"./app_bg.wasm\">\
                 <link href=\"./app_bg.wasm\" integrity=\"{sum}\"><link rel=\"modulepreload\" href=\"./app-lazy.js\">\n</head>"
            )
        );
        let names = files_in(&built, |_| true).unwrap();
        assert_eq!(names, ["app-layers.wasm", LOADER, SCRIPT, PROGRAM, "index.html"].map(str::to_owned));
    }

    #[test]
    fn a_program_without_relocations_is_refused_and_named() {
        let folder = folder("whole", &[("app.wasm", "\0asm\u{1}\0\0\0")]);
        let problem = cut(&folder.join("app.wasm"), &folder.join("parts")).unwrap_err();
        assert!(problem.to_string().contains("app.wasm: "), "{problem}");
    }
}
