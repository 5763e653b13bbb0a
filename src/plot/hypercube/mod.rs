//! The hypercube as a 3-D block: a slab per layer along L, its channels upwards (C), the images into the depth (X).
//!
//! Oblique projection: the front of every slab is seen in full, its right side as far as the next slab does not
//! stand before it. [`layout`] says where everything is and what lies under a point, [`draw`] draws it.

pub mod draw;
pub mod layout;
#[cfg(test)]
mod tests;

pub use draw::{Highlight, Labels, draw, frame};
pub use layout::{Faces, HypercubeLayout, Span};
