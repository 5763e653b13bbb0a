//! The compute worker's program.

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        console_error_panic_hook::set_once();
        wasm_bindgen_futures::spawn_local(cnnslicer::compute::worker::serve());
    }
}
