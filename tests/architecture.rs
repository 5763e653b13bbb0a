//! The invariants of ARCHITECTURE.md that text can show, each with its reason.
//!
//! Reads the sources as text. Every rule is first shown to fail on a small bad example; what clippy
//! checks already (`unwrap`, missing docs) is not repeated here.

#[path = "architecture/imports.rs"]
mod imports;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use rules::Rule;
use source::{File, Tree};

/// The repository keeps a rule.
#[track_caller]
fn is_kept(rule: &Rule) {
    // Cargo runs tests in the package's root.
    let tree = Tree::read(".").unwrap_or_else(|error| panic!("the sources cannot be read: {error}"));
    assert!(tree.files.len() > 20, "the sources were not found; run the test through cargo");
    let violations = (rule.violations)(&tree);
    assert!(violations.is_empty(), "{}\nWhy: {}\n", violations.join("\n"), rule.reason);
}

const LIB: &str = "// ── core: pure ──\npub mod cube;\npub mod entropy;\n#[cfg(feature = \"plot\")]\npub mod plot;\n\
                   pub mod protocol;\n// ── browser glue ──\npub mod browser;\npub mod trainer;\npub mod app;\n";

/// What a rule finds in a tree of `lib.rs` and one more file.
fn found(rule: &Rule, path: &str, text: &str) -> usize {
    let lib = File { path: "src/lib.rs".to_owned(), text: LIB.to_owned() };
    let file = File { path: path.to_owned(), text: text.to_owned() };
    (rule.violations)(&Tree { files: vec![lib, file] }).len()
}

#[test]
fn modules_name_only_those_above_them() {
    let rule = &rules::UPWARD;
    for bad in [
        "use crate::entropy::Bits;",
        "fn f() { crate::protocol::hello() }",
        "use crate::{cube::Cell, entropy::{self, Bits}};",
        "use super::entropy;",
        "use crate::\n    trainer;",
        "#[cfg(test)]\nmod tests {\n    use crate::app;\n}",
    ] {
        assert_eq!(found(rule, "src/cube/mod.rs", bad), 1, "{bad}");
    }
    assert_eq!(found(rule, "src/cube/cell.rs", "use super::super::entropy;"), 1);
    for good in [
        "use crate::cube::Cell;",
        "use crate::{cube, entropy::Bits};",
        "//! See [`crate::app`].\nuse super::bits;",
        "fn f() { g(\"crate::app\") }",
        "#[cfg(test)]\nmod tests {\n    use super::*;\n    use super::super::bits;\n}",
    ] {
        assert_eq!(found(rule, "src/entropy/label.rs", good), 0, "{good}");
    }
    assert_eq!(found(rule, "src/bin/app.rs", "use crate::app;"), 0);
    is_kept(rule);
}

#[test]
fn no_two_files_need_each_other() {
    let files = |files: &[(&str, &str)]| {
        let file = |&(path, text): &(&str, &str)| File { path: path.to_owned(), text: text.to_owned() };
        (rules::NO_CIRCLES.violations)(&Tree { files: files.iter().map(file).collect() }).len()
    };
    let (lines, pen, mark) = ("src/plot/lines.rs", "src/plot/pen.rs", "src/plot/mark.rs");
    let plot = ("src/plot/mod.rs", "mod lines;\npub mod pen;\npub mod mark;\npub use pen::{Pen, self as p};");
    for (a, b) in [
        ("use super::pen::Pen;", "use super::lines::Line;"),
        ("use super::Pen;", "use crate::plot::{lines::{self, Line}, mark};"),
        ("fn f() { super::pen::draw() }", "use super::lines;"),
        ("use super::p::{\n    Pen as Pencil,\n};", "pub(crate) use super::lines;"),
        ("use crate::plot;\nfn f(pen: &plot::Pen) {}", "fn f(l: crate::plot::lines::Line) {}"),
    ] {
        assert_eq!(files(&[plot, (lines, a), (pen, b)]), 1, "{a} {b}");
        assert_eq!(files(&[plot, (lines, a), (pen, "")]), 0, "{a}");
    }
    let three =
        [(lines, "use super::pen;"), (pen, "use super::mark::Mark;"), (mark, "use super::lines::Line;")];
    assert_eq!(files(&[&[plot], three.as_slice()].concat()), 1);
    for (a, b) in [
        ("use super::pen::Pen;", "//! For [`super::lines`].\nfn f() { g(\"super::lines::Line\") }"),
        ("use super::pen::Pen;", "#[cfg(test)]\nmod tests {\n    use super::super::lines::Line;\n}"),
        ("use super::pen::Pen;", "#[cfg(test)]\nuse super::{lines::Line};"),
        ("use super::pen::Pen;", "use super::mark::Mark;"),
        ("use pen::Pen;", "use other::plot::lines::Line;"),
    ] {
        assert_eq!(files(&[plot, (lines, a), (pen, b)]), 0, "{a} {b}");
    }
    let parent = ("src/plot/mod.rs", "mod lines;\nuse lines::Line;\npub struct Plot;");
    assert_eq!(files(&[parent, (lines, "use super::Plot;")]), 0, "a child and its parent are one");
    let own_tests = ("src/plot/mod.rs", "mod pen;\n#[cfg(test)]\nmod lines;");
    assert_eq!(files(&[own_tests, (lines, "use super::pen;"), (pen, "use super::lines;")]), 0, "a test");
    is_kept(&rules::NO_CIRCLES);
}

#[test]
fn titles_have_indices_and_no_letters() {
    let rule = &rules::TITLES;
    let path = "src/app/views/curves.rs";
    assert_eq!(found(rule, path, "<CurvePanel notation=\"H(dCNN(-, l, -, T))\"/>"), 1);
    assert_eq!(found(rule, path, "<CurvePanel\n notation=\"loss(T)\"\n/>"), 1);
    for good in [
        "notation=titled(|| Some(Titled::Circles))",
        "notation=\"H(training set)\"",
        "// notation=\"loss(T)\"",
    ] {
        assert_eq!(found(rule, path, good), 0, "{good}");
    }
    assert_eq!(found(rule, "src/query/mod.rs", "notation=\"loss(T)\""), 0);
    is_kept(rule);
}

#[test]
fn the_core_names_no_browser_no_tensors_and_no_signals() {
    let rule = &rules::PURE_CORE;
    for bad in
        ["use web_sys::Blob;", "fn f(v: js_sys::Array) {}", "use leptos::prelude::*;", "use burn::Tensor;"]
    {
        assert_eq!(found(rule, "src/protocol/mod.rs", bad), 1, "{bad}");
        assert_eq!(found(rule, "src/app/mod.rs", bad), 0, "{bad}");
    }
    assert_eq!(found(rule, "src/cube/mod.rs", "//! Not burn.\nlet burned = \"burn\";"), 0);
    is_kept(rule);
}

#[test]
fn only_the_trainer_names_burn() {
    let rule = &rules::BURN;
    assert_eq!(found(rule, "src/app/mod.rs", "use burn::Tensor;"), 1);
    assert_eq!(found(rule, "src/bin/app.rs", "use burn::Tensor;"), 1);
    assert_eq!(found(rule, "src/trainer/fit.rs", "use burn::Tensor;"), 0);
    is_kept(rule);
}

#[test]
fn only_plots_and_the_page_draw() {
    let rule = &rules::PLOTTERS;
    assert_eq!(found(rule, "src/entropy/mod.rs", "use plotters::prelude::RED;"), 1);
    assert_eq!(found(rule, "src/trainer/mod.rs", "use plotters_canvas::CanvasBackend;"), 1);
    assert_eq!(found(rule, "src/plot/mod.rs", "use plotters::prelude::RED;"), 0);
    is_kept(rule);
}

#[test]
fn files_stay_short() {
    let rule = &rules::SHORT_FILES;
    assert_eq!(found(rule, "src/cube/mod.rs", &"\n".repeat(401)), 1);
    assert_eq!(found(rule, "style/widgets.css", &"\n".repeat(401)), 1);
    assert_eq!(found(rule, "src/cube/mod.rs", &"\n".repeat(400)), 0);
    is_kept(rule);
}

#[test]
fn files_are_named_after_what_is_in_them() {
    let rule = &rules::NO_UTILS;
    for bad in ["src/cube/utils.rs", "src/helpers/mod.rs", "xtask/src/misc.rs"] {
        assert_eq!(found(rule, bad, ""), 1, "{bad}");
    }
    assert_eq!(found(rule, "src/cube/codec.rs", ""), 0);
    is_kept(rule);
}

#[test]
fn re_exports_are_listed() {
    let rule = &rules::NO_GLOB_RE_EXPORTS;
    for bad in
        ["pub use cell::*;", "pub(crate) use cell::*;", "pub use cell::{\n    Cell,\n    codec::*,\n};"]
    {
        assert_eq!(found(rule, "src/cube/mod.rs", bad), 1, "{bad}");
    }
    for good in ["pub use cell::Cell;", "use super::*;", "pub use a::B;\nlet c = d * e;", "// pub use a::*;"]
    {
        assert_eq!(found(rule, "src/cube/mod.rs", good), 0, "{good}");
    }
    is_kept(rule);
}

#[test]
fn every_unsafe_says_why_it_is_sound() {
    let rule = &rules::SAFETY;
    for bad in [
        "let a = unsafe { b() };",
        "// SAFETY: far away.\nlet x = 1;\nlet a = unsafe { b() };",
        "/// Adds.\nunsafe fn f() {}",
        "// SAFETY: the first.\nlet a = unsafe { b() };\n\nlet c = unsafe { d() };",
    ] {
        assert_eq!(found(rule, "src/entropy/simd.rs", bad), 1, "{bad}");
    }
    for good in [
        "// SAFETY: b asks for nothing.\nlet a = unsafe { b() };",
        "let a = unsafe { b() }; // SAFETY: b asks for nothing.",
        "let a = unsafe {\n    // SAFETY: b asks for nothing.\n    b()\n};",
        "/// # Safety\n/// Call it on Sundays.\n#[inline]\npub unsafe fn f() {}",
        "// SAFETY: long\n// story.\nlet a =\n    unsafe { b() };",
        "#![deny(unsafe_op_in_unsafe_fn)] // unsafe",
    ] {
        assert_eq!(found(rule, "src/entropy/simd.rs", good), 0, "{good}");
    }
    is_kept(rule);
}

#[test]
fn nothing_is_requested_from_third_parties() {
    let rule = &rules::NO_THIRD_PARTIES;
    for (path, bad) in [
        ("index.html", "<link rel=stylesheet href=\"https://fonts.example/f.css\">"),
        ("index.html", "<script src=\"//cdn.example/x.js\"></script>"),
        ("style/tokens.css", "@import url(https://fonts.example/f.css);"),
        ("src/app/mod.rs", "fetch(\"https://collect.example/hit\")"),
        ("public/worker.js", "import('https://cdn.example/x.js') // https"),
    ] {
        assert_eq!(found(rule, path, bad), 1, "{bad}");
    }
    for (path, good) in [
        (
            "index.html",
            "<!-- https://trunkrs.dev --><a class=paper href=\"https://doi.org/10.2312/stag.20211486\">",
        ),
        ("public/icon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\">"),
        ("style/tokens.css", "/* after https://example.org */ a { color: red }"),
        (
            "src/app/mod.rs",
            "//! See https://zarr-specs.readthedocs.io.\nlet own = \"http://localhost/data/\";",
        ),
        ("xtask/src/data.rs", "let mirror = \"https://data.example/\";"),
    ] {
        assert_eq!(found(rule, path, good), 0, "{good}");
    }
    is_kept(rule);
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    let rule = &rules::NO_MACHINE_PATHS;
    let bad = ["read ", "/wo", "rk/shared/x"].concat();
    assert_eq!(found(rule, "README.md", &bad), 1);
    assert_eq!(found(rule, "xtask/src/main.rs", &["/ro", "ot/.cargo"].concat()), 1);
    assert_eq!(found(rule, "README.md", "CNNSLICER_DATA=<dir>"), 0);
    is_kept(rule);
}
