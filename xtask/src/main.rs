//! `cargo xtask …`; see the library.

fn main() -> std::process::ExitCode {
    xtask::main(std::env::args().skip(1))
}
