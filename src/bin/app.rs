//! The page's program.

#[cfg(target_arch = "wasm32")]
fn main() {
    cnnslicer::app::mount();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("This program runs in a web page: build it with `cargo xtask build`.");
}
