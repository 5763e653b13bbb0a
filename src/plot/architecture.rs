//! The architecture overview: a box per layer, boxes grouped in blocks, rows of blocks as wide as the page. Layout only.

use super::Rect;

/// Width of a layer's box, CSS pixels.
pub const BOX_WIDTH: f64 = 92.0;
/// Its height while its block is closed: picture, name, shape.
pub const BOX_HEIGHT: f64 = 118.0;
/// Height of a line of text in an opened box.
pub const LINE_HEIGHT: f64 = 16.0;
/// Height of a block's head.
pub const HEAD_HEIGHT: f64 = 30.0;
/// Between boxes, and between blocks.
const GAP: f64 = 10.0;
/// Between a block's edge and its boxes.
const PAD: f64 = 6.0;

/// Layers that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockSize {
    /// Number of layers, at least one.
    pub layers: usize,
    /// Lines that the opened boxes need beyond the closed ones; 0 while the block is closed.
    pub lines: usize,
}

/// Where everything is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArchitectureLayout {
    /// A frame per block.
    pub blocks: Vec<Rect>,
    /// A box per layer, in order through all blocks.
    pub boxes: Vec<Rect>,
    /// Of all of it.
    pub height: f64,
}

impl ArchitectureLayout {
    /// Blocks from left to right, as many in a row as `width` has room for; a block too wide for a row of its own is
    /// broken into rows. Narrower than one box it stays one box wide.
    pub fn new(blocks: &[BlockSize], width: f64) -> Self {
        let mut layout = Self::default();
        let in_a_row = (((width - 2.0 * PAD + GAP) / (BOX_WIDTH + GAP)) as usize).max(1);
        let (mut x, mut y, mut row_height): (f64, f64, f64) = (0.0, 0.0, 0.0);
        for block in blocks {
            let columns = block.layers.clamp(1, in_a_row);
            let block_width = span(columns, BOX_WIDTH) + 2.0 * PAD;
            if x > 0.0 && x + block_width > width {
                (x, y, row_height) = (0.0, y + row_height + GAP, 0.0);
            }
            let box_height = BOX_HEIGHT + block.lines as f64 * LINE_HEIGHT;
            let rows = block.layers.div_ceil(columns);
            let height = HEAD_HEIGHT + span(rows, box_height) + PAD;
            layout.blocks.push(Rect { x, y, width: block_width, height });
            layout.boxes.extend((0..block.layers).map(|layer| Rect {
                x: x + PAD + (layer % columns) as f64 * (BOX_WIDTH + GAP),
                y: y + HEAD_HEIGHT + (layer / columns) as f64 * (box_height + GAP),
                width: BOX_WIDTH,
                height: box_height,
            }));
            x += block_width + GAP;
            row_height = row_height.max(height);
        }
        layout.height = y + row_height;
        layout
    }

    /// The layer whose box is nearest to a point, for drags that leave the boxes; `None` without layers.
    pub fn nearest(&self, x: f64, y: f64) -> Option<usize> {
        let distance = |rect: &Rect| {
            let outside = |at: f64, from: f64, to: f64| (from - at).max(at - to).max(0.0);
            outside(x, rect.x, rect.right()).hypot(outside(y, rect.y, rect.bottom()))
        };
        let by_distance =
            |&a: &usize, &b: &usize| distance(&self.boxes[a]).total_cmp(&distance(&self.boxes[b]));
        (0..self.boxes.len()).min_by(by_distance)
    }
}

/// `n` things of this length with gaps between them.
fn span(n: usize, length: f64) -> f64 {
    n as f64 * (length + GAP) - GAP
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn networks() -> impl Strategy<Value = (Vec<BlockSize>, f64)> {
        let block = (1_usize..9, 0_usize..6).prop_map(|(layers, lines)| BlockSize { layers, lines });
        (prop::collection::vec(block, 1..8), 120.0..1400.0)
    }

    fn none_overlap(rects: &[Rect]) -> bool {
        rects.iter().enumerate().all(|(at, one)| rects[..at].iter().all(|other| !one.intersects(other)))
    }

    proptest! {
        #[test]
        fn nothing_overlaps((blocks, width) in networks()) {
            let layout = ArchitectureLayout::new(&blocks, width);
            prop_assert!(none_overlap(&layout.boxes) && none_overlap(&layout.blocks));
        }

        #[test]
        fn everything_is_inside_the_frame((blocks, width) in networks()) {
            let layout = ArchitectureLayout::new(&blocks, width);
            let frame = Rect { x: 0.0, y: 0.0, width, height: layout.height };
            for rect in layout.blocks.iter().chain(&layout.boxes) {
                prop_assert!(rect.x >= 0.0 && rect.right() <= frame.right() + 1e-9, "{rect} in {frame}");
                prop_assert!(rect.y >= 0.0 && rect.bottom() <= frame.bottom() + 1e-9, "{rect} in {frame}");
            }
        }

        #[test]
        fn every_box_is_in_its_block_and_found_from_its_middle((blocks, width) in networks()) {
            let layout = ArchitectureLayout::new(&blocks, width);
            let mut layer = 0;
            for (block, frame) in blocks.iter().zip(&layout.blocks) {
                for _ in 0..block.layers {
                    let own = layout.boxes[layer];
                    prop_assert!(own.x >= frame.x && own.right() <= frame.right());
                    prop_assert!(own.y >= frame.y + HEAD_HEIGHT && own.bottom() <= frame.bottom());
                    let (x, y) = (own.x + own.width / 2.0, own.y + own.height / 2.0);
                    prop_assert_eq!(layout.nearest(x, y), Some(layer));
                    layer += 1;
                }
            }
            prop_assert_eq!(layer, layout.boxes.len());
        }
    }

    #[test]
    fn a_phone_shows_three_layers_side_by_side() {
        let blocks = [1, 3, 3, 3, 3, 1].map(|layers| BlockSize { layers, lines: 0 });
        let layout = ArchitectureLayout::new(&blocks, 334.0);
        let first_row = layout.boxes[1..4].iter().all(|rect| (rect.y - layout.boxes[1].y).abs() < 1e-9);
        assert!(first_row && layout.boxes[4].y > layout.boxes[1].y);
    }

    #[test]
    fn an_opened_block_is_higher() {
        let height = |lines| ArchitectureLayout::new(&[BlockSize { layers: 2, lines }], 400.0).height;
        assert!((height(4) - height(0) - 4.0 * LINE_HEIGHT).abs() < 1e-9);
    }

    #[test]
    fn no_layer_is_nearest_where_there_is_none() {
        assert_eq!(ArchitectureLayout::new(&[], 300.0), ArchitectureLayout::default());
        assert_eq!(ArchitectureLayout::default().nearest(1.0, 1.0), None);
    }
}
