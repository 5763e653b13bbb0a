use super::*;
use std::path::PathBuf;

const PAGE: &str = "<meta name=\"cnnslicer:content-security-policy\" content=\"default-src 'self'\">\
    <meta name=\"cnnslicer:compute\" content=\"./worker.js?program=compute\">\
    <meta name=\"cnnslicer:trainer\" content=\"./worker.js?program=trainer\">\
    <script type=\"module\" src=\"./page-1.js\"></script>";

/// A folder as Trunk leaves it.
fn built(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("cnnslicer-build-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("index.html"), PAGE).unwrap();
    std::fs::write(folder.join("worker.js"), "import(name)").unwrap();
    for worker in ["compute", "trainer"] {
        let script = format!("new URL('{worker}_bg.wasm', import.meta.url)");
        std::fs::write(folder.join(format!("{worker}.js")), script).unwrap();
        std::fs::write(folder.join(format!("{worker}_bg.wasm")), "wasm ".repeat(500)).unwrap();
    }
    folder
}

fn page_of(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("index.html")).unwrap()
}

#[test]
fn a_worker_of_other_content_has_another_address() {
    let (first, second) = (built("first"), built("second"));
    std::fs::write(second.join("trainer_bg.wasm"), "other").unwrap();
    fingerprint::workers(&first).unwrap();
    fingerprint::workers(&second).unwrap();
    let addresses = |folder: &Path| {
        page_of(folder)
            .split('"')
            .filter(|text| text.contains("?program="))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (first, second) = (addresses(&first), addresses(&second));
    assert_eq!(first.len(), 2);
    assert_eq!(first[0], second[0], "the compute worker is the same");
    assert_ne!(first[1], second[1], "the trainer is another");
}

#[test]
fn every_name_in_the_page_and_the_scripts_leads_to_a_file() {
    let folder = built("names");
    fingerprint::workers(&folder).unwrap();
    let page = page_of(&folder);
    let program = page.split("?program=trainer").nth(1).unwrap().split('"').next().unwrap();
    let script = std::fs::read_to_string(folder.join(format!("trainer{program}.js"))).unwrap();
    assert!(folder.join(script.split('\'').nth(1).unwrap()).is_file());
    assert!(folder.join(page.split("./").nth(1).unwrap().split('?').next().unwrap()).is_file());
    assert!(!folder.join("trainer_bg.wasm").exists());
}

#[test]
fn a_page_that_names_no_worker_is_refused() {
    let folder = built("nameless");
    std::fs::write(folder.join("index.html"), "<p>").unwrap();
    assert!(fingerprint::workers(&folder).unwrap_err().to_string().contains("does not hold"));
}

/// Adds the page's program in parts, as `split` leaves it.
fn add_parts(folder: &Path, part: &str) {
    let files = [
        (
            "app.js",
            "import * as import1 from \"./app-lazy.js\"; ({ \"./app-lazy.js\": import1 }); 'app_bg.wasm'",
        ),
        ("app-lazy.js", "import { initSync } from \"./app.js\"; fetch(\"./app-layers.wasm\")"),
        ("app_bg.wasm", "at first"),
        ("app-layers.wasm", part),
    ];
    for (name, content) in files {
        std::fs::write(folder.join(name), content).unwrap();
    }
    let sum = integrity(files[0].1.as_bytes());
    let links = format!(
        "<meta content=\"./app.js\" data-wasm=\"./app_bg.wasm\"><link href=\"./app.js\" integrity=\"{sum}\">\
         <link href=\"./app-lazy.js\">"
    );
    std::fs::write(folder.join("index.html"), links).unwrap();
}

#[test]
fn the_parts_of_the_page_are_renamed_together_and_know_each_other() {
    let (first, second) = (built("parts"), built("other-parts"));
    add_parts(&first, "part");
    add_parts(&second, "other part");
    fingerprint::page(&first).unwrap();
    fingerprint::page(&second).unwrap();
    let script_of = |folder: &Path| page_of(folder).split('"').nth(1).unwrap().to_owned();
    let script = script_of(&first);
    assert_ne!(script, script_of(&second), "a part is another");
    let stem = script.trim_start_matches("./").trim_end_matches(".js");
    for end in [".js", "_bg.wasm", "-lazy.js", "-layers.wasm"] {
        assert!(first.join(format!("{stem}{end}")).is_file(), "{stem}{end}");
        assert!(!first.join(format!("app{end}")).exists());
    }
    let text = std::fs::read_to_string(first.join(&script)).unwrap();
    let imports = format!("from \"./{stem}-lazy.js\"; ({{ \"./app-lazy.js\": import1 }}); '{stem}_bg.wasm'");
    assert!(text.ends_with(&imports), "{text}");
    let loader = std::fs::read_to_string(first.join(format!("{stem}-lazy.js"))).unwrap();
    assert_eq!(
        loader,
        format!("import {{ initSync }} from \"./{stem}.js\"; fetch(\"./{stem}-layers.wasm\")")
    );
    assert!(
        page_of(&first).contains(&integrity(text.as_bytes()))
            && page_of(&first).contains(&format!("{stem}-lazy.js"))
    );
}

#[test]
fn the_policy_becomes_effective_unless_something_inline_would_break_it() {
    let folder = built("policy");
    policy::activate(&folder).unwrap();
    assert!(page_of(&folder).contains("http-equiv=\"Content-Security-Policy\""));
    std::fs::write(folder.join("index.html"), format!("{PAGE}<script>1</script>")).unwrap();
    assert!(policy::activate(&folder).unwrap_err().to_string().contains("an inline script"));
}

#[test]
fn only_what_shrinks_gets_a_compressed_copy() {
    let folder = built("compress");
    std::fs::create_dir_all(folder.join("data")).unwrap();
    std::fs::write(folder.join("data/labels.json"), " ".repeat(1000)).unwrap();
    compress::all(&folder).unwrap();
    assert!(folder.join("trainer_bg.wasm.gz").is_file());
    assert!(!folder.join("worker.js.gz").exists(), "twelve bytes grow");
    assert!(!folder.join("data/labels.json.gz").exists(), "the datasets are left alone");
}

#[test]
fn an_earlier_build_leaves_nothing_behind() {
    let (old, new) = (built("old"), built("new"));
    std::fs::write(old.join("stale.js"), "x").unwrap();
    replace(&old, &new).unwrap();
    assert!(!old.join("stale.js").exists() && old.join("worker.js").is_file());
}
