use super::*;
use crate::cube::testing::header;

fn shape(layout: &ArrayLayout) -> Vec<usize> {
    layout.axes.iter().map(|axis| axis.len).collect()
}

#[test]
fn shapes_follow_the_contract() {
    let header = header();
    let (t, x, k) = (3, 4, 2);
    let catalogue = Catalogue::planned(&header);
    assert_eq!(shape(&catalogue.images()), [x, 1, 3, 2]);
    assert_eq!(shape(&catalogue.labels()), [x]);
    assert_eq!(shape(&catalogue.epochs()), [t]);
    assert_eq!(shape(&catalogue.activations(1)), [t, x, 3, 3, 2]);
    assert_eq!(shape(&catalogue.activations(2)), [t, x, 1, 1, k]);
    assert_eq!(shape(&catalogue.loss()), [2, 2]);
    assert_eq!(shape(&catalogue.confusion()), [t, k, k]);
    assert_eq!(shape(&catalogue.inter_sample()), [t, 3, k + 1]);
    assert_eq!(shape(&catalogue.intra_sample(1)), [t, 3, k + 1]);
    let of_pair = |array| shape(&catalogue.capacity(array, LayerPair { a: 0, b: 1 }));
    assert_eq!([PairArray::Capacity, PairArray::Null].map(of_pair), [[t, 1, 3], [t, 1, 3]]);
    assert_eq!([PairArray::Excess, PairArray::Exact].map(of_pair), [[t, 2, 1, 3], [t, 4, 1, 3]]);
    assert_eq!(shape(&catalogue.distance_codes(1)), [t, 3, header.n_pairs()]);
    assert_eq!(shape(&catalogue.distance_entropy(Estimate::Exact, 1)), [t, 3]);
}

#[test]
fn trained_epochs_reach_to_the_last_recorded_one() {
    let mut header = header();
    header.planned_epochs = vec![0, 1, 4, 9];
    let e = |n_epochs| shape(&Catalogue::new(&header, n_epochs).loss())[0];
    assert_eq!([e(0), e(1), e(2), e(3), e(4)], [0, 0, 1, 4, 9]);
}

#[test]
fn a_trimmed_run_keeps_its_chunks() {
    let header = header();
    let (planned, trimmed) = (Catalogue::planned(&header), Catalogue::new(&header, 1));
    for (long, short) in planned.arrays().iter().zip(trimmed.arrays()) {
        assert_eq!(long.chunk_path(&[]), short.chunk_path(&[]));
        assert_eq!(long.document()["chunk_grid"], short.document()["chunk_grid"]);
    }
}

#[test]
fn activations_are_sharded_by_channel() {
    let header = header();
    let document = Catalogue::planned(&header).activations(1).document();
    assert_eq!(document["chunk_grid"]["configuration"]["chunk_shape"], json!([1, 4, 3, 3, 2]));
    assert_eq!(document["codecs"][0]["configuration"]["chunk_shape"], json!([1, 4, 1, 3, 2]));
    assert_eq!(document["fill_value"], "NaN");
}

#[test]
fn every_folder_above_an_array_is_a_group() {
    let header = header();
    let documents = Catalogue::planned(&header).documents(&[LayerPair { a: 0, b: 2 }]);
    let kind = |path: &str| {
        documents.iter().find(|d| d.path == path).map(|d| d.content["node_type"].as_str().unwrap().to_owned())
    };
    for document in &documents {
        let folder = document.path.strip_suffix("/zarr.json").unwrap_or_default();
        for (end, _) in folder.match_indices('/') {
            assert_eq!(kind(&document_path(&folder[..end])).as_deref(), Some("group"), "{folder}");
        }
    }
    assert_eq!(kind(ROOT).as_deref(), Some("group"));
    assert_eq!(kind("capacity_null/00-02/zarr.json").as_deref(), Some("array"));
}

#[test]
fn layer_pairs_have_two_digits_each() {
    assert_eq!(LayerPair { a: 1, b: 12 }.name(), "01-12");
    assert_eq!(LayerPair::parse("01-12"), Some(LayerPair { a: 1, b: 12 }));
    for name in ["1-12", "01-2", "01", "01-+2", "zarr.json"] {
        assert_eq!(LayerPair::parse(name), None, "{name}");
    }
}
