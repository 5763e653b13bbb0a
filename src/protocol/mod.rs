//! Every message between the threads, and the fault that crosses a thread border.
//!
//! Messages are small: bulk cells never travel, workers read them from storage. They are encoded
//! with postcard, which keeps NaN and infinity apart. A worker first says `Ready`; what is sent
//! before is queued by `browser::port`.

pub mod compute;
pub mod examine;
pub mod fault;
pub mod trainer;

pub use compute::{Answer, FromCompute, Task, ToCompute};
pub use fault::Fault;
pub use trainer::{FromTrainer, OfferedFile, Progress, ToTrainer};

/// Raised whenever a message changes shape; a worker of another build is refused.
pub const PROTOCOL: u32 = 9;

/// A worker's reply that may be its greeting.
pub trait Handshake {
    /// The protocol number when this is the first message, `Ready`.
    fn ready_protocol(&self) -> Option<u32>;
}

impl Handshake for FromTrainer {
    fn ready_protocol(&self) -> Option<u32> {
        if let Self::Ready { protocol } = self { Some(*protocol) } else { None }
    }
}

impl Handshake for FromCompute {
    fn ready_protocol(&self) -> Option<u32> {
        if let Self::Ready { protocol } = self { Some(*protocol) } else { None }
    }
}
