use proptest::prelude::*;

use super::*;
use crate::dataset::ImageShape;
use crate::network::{NetworkSpec, presets};

fn parsed(text: &str) -> Vec<LayerSpec> {
    text.parse::<HiddenLayers>().unwrap().0
}

fn refused(text: &str) -> NotationError {
    text.parse::<HiddenLayers>().unwrap_err()
}

#[test]
fn a_line_of_text_is_a_network() {
    let relu = Activation::Relu;
    assert_eq!(
        parsed("conv 16 3x3 bn relu; maxpool 2; dropout 0.25; dense 64"),
        [
            LayerSpec::Conv { channels: 16, kernel: 3, stride: 1, norm: true, activation: relu, skip: 0 },
            LayerSpec::MaxPool { size: 2, dropout: 0.25 },
            LayerSpec::Dense { units: 64, activation: relu, dropout: 0.0 },
        ]
    );
    assert_eq!(
        parsed("CONV 8 5 gelu stride 2 skip 1\n avgpool 3 dropout .5 ;; dense 9 leaky dropout 0.1;"),
        [
            LayerSpec::Conv {
                channels: 8,
                kernel: 5,
                stride: 2,
                norm: false,
                activation: Activation::Gelu,
                skip: 1
            },
            LayerSpec::AvgPool { size: 3, dropout: 0.5 },
            LayerSpec::Dense { units: 9, activation: Activation::LeakyRelu, dropout: 0.1 },
        ]
    );
    assert_eq!(parsed(" ; "), []);
}

#[test]
fn presets_are_written_as_people_would() {
    let input = ImageShape { channels: 1, height: 28, width: 28 };
    assert_eq!(
        presets::mnist_8(input, 10).hidden().to_string(),
        "conv 16 3x3 relu; conv 16 3x3 relu; maxpool 2; conv 32 3x3 relu; conv 32 3x3 relu; maxpool 2; dense 64 relu"
    );
    let residual = presets::residual(input, 10);
    let text = residual.hidden().to_string();
    assert!(
        text.starts_with("conv 32 3x3 bn relu; conv 32 3x3 bn relu skip 2; maxpool 2 dropout 0.2; "),
        "{text}"
    );
    let hidden: HiddenLayers = text.parse().unwrap();
    assert_eq!(NetworkSpec::with_hidden("residual", input, &hidden, 10), residual);
}

#[test]
fn an_error_says_where_and_what_would_have_been_right() {
    for (text, column, expected, found) in [
        ("pool 2", 1, LAYERS, "“pool”"),
        ("conv", 5, "a number of channels from 1 to 65536", "the end"),
        ("conv; dense 3", 5, "a number of channels from 1 to 65536", "“;”"),
        ("conv 16", 8, "a square kernel such as 3x3", "the end"),
        ("conv 16 3x5", 9, "a square kernel such as 3x3", "“3x5”"),
        ("conv 0 3x3", 6, "a number of channels from 1 to 65536", "“0”"),
        ("conv 16 3x3 batch", 13, CONV_PARTS, "“batch”"),
        ("conv 16 3x3 bn bn", 16, "each option once", "“bn”"),
        ("conv 16 3x3 relu tanh", 18, "each option once", "“tanh”"),
        ("conv 16 3x3 stride x", 20, "a stride from 1 on", "“x”"),
        ("maxpool 2 relu", 11, POOL_PARTS, "“relu”"),
        ("maxpool 2; dense 64 bn", 21, DENSE_PARTS, "“bn”"),
        ("dense 9 dropout 1", 17, "a share from 0 to below 1", "“1”"),
        ("dense 9 dropout -1", 17, "a share from 0 to below 1", "“-1”"),
        ("dropout 0.5", 1, "dropout only after a pool or dense layer, and once", "“dropout”"),
        ("conv 4 3; dropout 0.5", 11, "dropout only after a pool or dense layer, and once", "“dropout”"),
        ("dense 4; dropout 0.5 relu", 22, "the next layer after “;”", "“relu”"),
    ] {
        let error = NotationError { column, expected, found: found.to_owned() };
        assert_eq!(refused(text), error, "{text}");
    }
    assert_eq!(
        refused("dense 9; über 2").to_string(),
        "column 10: expected a layer: conv, maxpool, avgpool or dense, found “über”"
    );
}

#[test]
fn class_probabilities_are_not_hidden_layers() {
    let pool = LayerSpec::MaxPool { size: 2, dropout: 0.0 };
    assert_eq!(HiddenLayers::new(vec![pool, LayerSpec::Output { classes: 3 }]).layers(), [pool]);
}

fn layer() -> impl Strategy<Value = LayerSpec> {
    let functions = [Activation::Relu, Activation::LeakyRelu, Activation::Tanh, Activation::Gelu];
    let function = (0..functions.len()).prop_map(move |at| functions[at]);
    let share = prop_oneof![Just(0.0), (1_u32..1000).prop_map(|share| f64::from(share) / 1000.0)];
    let numbers = (1..=MOST, 1_usize..30, 1_usize..9, 0_usize..5);
    (0..4, numbers, any::<bool>(), function, share).prop_map(
        |(kind, (count, kernel, stride, skip), norm, activation, dropout)| match kind {
            0 => LayerSpec::Conv { channels: count, kernel, stride, norm, activation, skip },
            1 => LayerSpec::MaxPool { size: kernel, dropout },
            2 => LayerSpec::AvgPool { size: kernel, dropout },
            _ => LayerSpec::Dense { units: count, activation, dropout },
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(layers in prop::collection::vec(layer(), 0..12)) {
        let hidden = HiddenLayers::new(layers);
        let text = hidden.to_string();
        prop_assert_eq!(text.parse::<HiddenLayers>(), Ok(hidden.clone()), "{}", text);
        let json = serde_json::to_string(&hidden).unwrap();
        prop_assert_eq!(serde_json::from_str::<HiddenLayers>(&json).unwrap(), hidden);
    }

    #[test]
    fn any_text_is_read_or_refused_within_it(text in "(conv|dense|maxpool|dropout|[0-9x.; ]|bn|\\PC){0,12}") {
        match text.parse::<HiddenLayers>() {
            Ok(hidden) => prop_assert_eq!(hidden.to_string().parse::<HiddenLayers>(), Ok(hidden)),
            Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&error.column), "{}", error),
        }
    }
}
