use super::*;
use crate::query::testing::shape;
use crate::query::{check, parse};

fn cost_of_text(text: &str) -> Cost {
    let shape = shape();
    cost(&check(&parse(text).unwrap(), &shape).unwrap(), &shape)
}

#[test]
fn inter_sample_entropy_reads_a_layer_and_counts_pairs_over_all_and_in_each_class() {
    // Eight images of 3×4×4; 28 pairs in all, 3 + 6 within the classes of 3 and 4 images.
    let expected = Cost { results: 1, cells: 384, bytes: 768, pairs: 37 };
    assert_eq!(cost_of_text("H(dCNN(-, 1, -, 0))"), expected);
    assert_eq!(
        cost_of_text("H(dCNN({0,1,2}, 1, -, 0))"),
        Cost { results: 1, cells: 144, bytes: 288, pairs: 3 }
    );
}

#[test]
fn the_input_is_kept_as_bytes() {
    assert_eq!(cost_of_text("h(dCNN(-, 0, -, 0))"), Cost { results: 1, cells: 128, bytes: 128, pairs: 0 });
}

#[test]
fn every_epoch_costs_the_same_again() {
    let (one, five) = (cost_of_text("h(dCNN(-, 1, 0, 0))"), cost_of_text("h(dCNN(-, 1, 0, -))"));
    assert_eq!((five.results, five.bytes), (5 * one.results, 5 * one.bytes));
}

#[test]
fn capacity_counts_pairs_in_every_joint_histogram() {
    // 28 pairs of images, all of them affordable, in 3 × 2 histograms.
    let expected = Cost { results: 1, cells: 384 + 64, bytes: 768 + 128, pairs: 168 };
    assert_eq!(cost_of_text("I(dCNN(-, 1, -, 0); dCNN(-, 3, -, 0))"), expected);
    let with_itself = cost_of_text("H(dCNN(label=0, 1, -, 0) | dCNN(label=0, 1, -, 0))");
    assert_eq!(with_itself, Cost { results: 1, cells: 144, bytes: 288, pairs: 27 });
}

#[test]
fn a_slice_reads_its_own_cells_only() {
    let expected = Cost { results: 1, cells: 32, bytes: 64, pairs: 0 };
    assert_eq!(cost_of_text("dCNN({0,1}, 1, 2, 0)"), expected);
}

#[test]
fn what_is_stored_anyway_costs_no_cells() {
    let cost = cost_of_text("confusion(-)");
    assert_eq!(cost, Cost { results: 5, cells: 0, bytes: 0, pairs: 0 });
    assert_eq!(cost.to_string(), "reads stored results only");
}

#[test]
fn costs_read_well() {
    let cost = Cost { results: 1, cells: 0, bytes: 12_345_678, pairs: 999 };
    assert_eq!(cost.to_string(), "reads 12.3 MB of cells, counts 999 pairs");
    assert_eq!(Cost { pairs: 0, bytes: 512, ..cost }.to_string(), "reads 512 B of cells");
}

#[test]
fn a_cost_past_all_counting_stays_at_the_greatest_number() {
    let endless = Cost { results: 1, cells: u64::MAX, bytes: u64::MAX, pairs: u64::MAX };
    assert_eq!(endless.plus(endless), Cost { results: 2, ..endless });
}

#[test]
fn whole_layers_are_read_once_for_all_their_pairs_and_all_pairs_of_images_count() {
    // Layers 1 and 3 of 3×4×4 and 2×2×2; 28 pairs of images, each four values of the matrix.
    let expected = Cost { results: 4, cells: 384 + 64, bytes: 768 + 128, pairs: 4 * 28 };
    assert_eq!(cost_of_text("I(dCNN(-, {1,3}, *, 0); dCNN(-, {1,3}, *, 0))"), expected);
    let twice = cost_of_text("I(dCNN(-, {1,3}, *, 0..1); dCNN(-, {1,3}, *, 0..1))");
    assert_eq!((twice.results, twice.bytes), (8, 2 * expected.bytes), "at every epoch again");
    assert_eq!(cost_of_text("H(dCNN(label=0, 1, *, 0) | dCNN(label=0, 1, *, 0))").cells, 144);
}
