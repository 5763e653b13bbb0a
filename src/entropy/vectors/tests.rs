use super::*;

fn outcomes(text: &str) -> Vec<Outcome> {
    let mut no_images = |_: &str| Err("no images here".to_owned());
    check_vectors(text, &mut no_images).unwrap().into_iter().map(|vector| vector.outcome).collect()
}

fn failure(text: &str) -> String {
    match outcomes(text).as_slice() {
        [Outcome::Failed(why)] => why.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_right_number_passes_and_a_wrong_one_fails() {
    let file = |bits: &str| {
        format!(
            r#"{{"inter_sample": [{{"name": "two", "input": {{"kind": "lcg", "seed": 5, "shape": [2, 4]}},
            "k": 1000, "expect": {{"H": {bits}, "sigma": [0, 0]}}}}]}}"#
        )
    };
    assert_eq!(outcomes(&file("1.0")), [Outcome::Passed]);
    assert!(failure(&file("1.00000001")).contains("H is [1.0]"));
}

#[test]
fn what_is_not_understood_fails() {
    assert!(failure(r#"{"title": "t", "transfer": []}"#).contains("`transfer` is not known"));
    let vector = |extra: &str| {
        format!(
            r#"{{"confusion": [{{"name": "n", "matrix": [[1]], {extra}
            "expect": {{"H_label_given_y": [0]}}}}]}}"#
        )
    };
    assert_eq!(outcomes(&vector("")), [Outcome::Passed]);
    assert!(failure(&vector(r#""base": 10,"#)).contains("`base` is not known"));
    let expects = r#"{"confusion": [{"name": "n", "matrix": [[1]], "expect": {"H_x": [0]}}]}"#;
    assert!(failure(expects).contains("`H_x` is not known"));
    let input = r#"{"inter_sample": [{"input": {"kind": "dice"}, "k": 3, "expect": {"H": 1}}]}"#;
    assert!(failure(input).contains("`dice` is not known"));
}

#[test]
fn an_expected_error_must_occur_and_be_the_right_one() {
    let file = |matrix: &str, code: &str| {
        format!(r#"{{"confusion": [{{"matrix": {matrix}, "expect": {{"error": "{code}"}}}}]}}"#)
    };
    assert_eq!(outcomes(&file(r#"[[1, "NaN"], [0, 2]]"#, "non_finite")), [Outcome::Passed]);
    assert!(failure(&file("[[1, -1], [0, 2]]", "non_finite")).contains("bad_argument"));
    assert!(failure(&file("[[1, 1], [0, 2]]", "non_finite")).contains("no error"));
}

#[test]
fn missing_images_are_skipped_with_the_reason() {
    let file = r#"{"inter_sample": [{"input": {"kind": "mnist", "file": "t10k", "start": 0, "count": 9},
        "k": 3, "expect": {"H": 1}}]}"#;
    assert_eq!(outcomes(file), [Outcome::Skipped("no images here".to_owned())]);
}

#[test]
fn image_operations_are_those_of_the_conventions() {
    let mut images = vec![0_u8; 28 * 28];
    (images[0], images[1], images[28], images[29]) = (1, 3, 4, 8);
    let file = MnistFile { images, labels: vec![7] };
    let of = |op| file.select(0, 1, Some(7), op).unwrap();
    assert_eq!((of(Some("avg2")).shape, of(Some("avg2")).values[0]), (vec![1, 14, 14], 4.0));
    assert_eq!(of(Some("max2")).values[0], 8.0);
    assert_eq!(of(Some("flip")).values[27], 1.0);
    assert_eq!((of(Some("dx")).shape, of(Some("dx")).values[0]), (vec![1, 28, 27], 2.0));
    assert_eq!(
        (of(Some("dy")).shape, of(Some("dy")).values[..2].to_vec()),
        (vec![1, 27, 28], vec![3.0, 5.0])
    );
    assert_eq!(file.select(0, 1, Some(3), None).unwrap().samples(), 0);
    assert!(file.select(0, 2, None, None).is_err());
}

#[test]
fn a_text_without_vectors_is_no_vectors_file() {
    let mut no_images = |_: &str| Err(String::new());
    assert!(check_vectors("[]", &mut no_images).is_err());
    assert!(check_vectors(r#"{"title": "empty"}"#, &mut no_images).is_err());
}

#[test]
fn whole_layers_are_checked_and_their_errors_expected() {
    let file = |expected: &str| {
        format!(
            r#"{{"layer_information": [{{"a": {{"kind": "values", "shape": [3, 1], "data": [0, 1, 3]}},
            "b": {{"kind": "mix", "of": {{"kind": "const", "value": 2, "shape": [3, 2]}},
            "other": {{"kind": "const", "value": 4, "shape": [3, 2]}}, "mul": 0.5}}, {expected}}}]}}"#
        )
    };
    assert_eq!(outcomes(&file(r#""bins": 1, "expect": {"H_a": 0, "P": 3, "I": 0}"#)), [Outcome::Passed]);
    assert!(failure(&file(r#""expect": {"H_a": 1.5}"#)).contains("H_a is [1.58"));
    assert_eq!(outcomes(&file(r#""bins": 0, "error": "bad_argument""#)), [Outcome::Passed]);
    assert!(failure(&file(r#""error": "shape""#)).contains("no error, expected shape"));
}

#[test]
fn blobs_are_centres_with_noise() {
    let file = r#"{"two_nn": [{"a": {"kind": "blobs", "seed": 5, "labels": [0, 9], "classes": 2,
        "dimension": 3, "spread": 1}, "expect": {"dimension": 1}}]}"#;
    assert!(failure(file).contains("is no class"));
    let mut no_images = |_: &str| Err(String::new());
    let mut inputs = Inputs::new(&mut no_images);
    let input =
        r#"{"kind": "blobs", "seed": 5, "labels": [1, 0, 1], "classes": 2, "dimension": 2, "spread": 4}"#;
    let found = inputs.tensor(&serde_json::from_str(input).unwrap()).unwrap();
    let (centres, noise) = (input::lcg(5, 4), input::lcg(6, 6));
    assert_eq!(found.shape, [3, 2]);
    assert_eq!(found.values[0], centres[2] + 4.0 * (noise[0] - 0.5));
    assert_eq!(found.values[3], centres[1] + 4.0 * (noise[3] - 0.5));
}

#[test]
fn iterated_numbers_and_nested_names_are_checked_too() {
    let channel = |extra: &str| {
        format!(r#"{{"label_channel": [{{"matrix": [[4, 0], [0, 4]], "expect": {{"I": 1, {extra}}}}}]}}"#)
    };
    assert_eq!(outcomes(&channel(r#""capacity": 1.0000005, "input": [0.5, 0.5]"#)), [Outcome::Passed]);
    assert!(failure(&channel(r#""capacity": 1.00001"#)).contains("capacity is [1.0]"));
    assert!(failure(&channel(r#""input": [0.5, 0.6], "capacity": 1"#)).contains("input is"));
    let plane = |number: f64| {
        format!(
            r#"{{"information_plane": [{{"a": {{"kind": "const", "value": 1, "shape": [4, 2]}},
            "labels": [0, 0, 1, 1], "classes": 2, "expect": {{"binned": {{"I_x": 0}},
            "kernel": {{"I_y": {number}}}}}}}]}}"#
        )
    };
    assert_eq!(outcomes(&plane(0.0)), [Outcome::Passed]);
    assert!(failure(&plane(0.1)).contains("kernel I_y is [0.0]"));
}

#[test]
fn the_public_vectors_of_further_measures_pass() {
    let text = include_str!("../../../tests/vectors/more_measures_public.json");
    let mut no_images = |_: &str| Err(String::new());
    let checked = check_vectors(text, &mut no_images).unwrap();
    assert_eq!(checked.len(), 61);
    for vector in checked {
        assert_eq!(vector.outcome, Outcome::Passed, "{}: {}", vector.section, vector.name);
    }
}
