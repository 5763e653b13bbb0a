//! The trainer worker's program.

fn main() {
    #[cfg(target_arch = "wasm32")]
    wasm_bindgen_futures::spawn_local(cnnslicer::trainer::worker::serve());
}
