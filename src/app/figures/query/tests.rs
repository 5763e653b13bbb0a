use super::*;
use crate::protocol::compute::BitsArray;

fn axis(name: &str, labels: &[&str]) -> AnswerAxis {
    AnswerAxis {
        name: name.into(),
        coordinates: (0..labels.len()).collect(),
        labels: labels.iter().map(|&label| label.to_owned()).collect(),
    }
}

fn answer(axes: Vec<AnswerAxis>, unit: &str) -> QueryAnswer {
    let shape: Vec<usize> = axes.iter().map(|axis| axis.labels.len()).collect();
    let n: usize = shape.iter().product();
    let values = BitsArray { shape, values: (0..n).map(|value| value as f64).collect() };
    QueryAnswer { query: "H(…)".into(), unit: unit.into(), axes, values, counted: None }
}

const EPOCHS: [&str; 3] = ["0", "1", "2"];

#[test]
fn the_axes_say_what_is_drawn() {
    let epochs = || axis("epoch", &EPOCHS);
    let channels = |n: usize| axis("channel", &vec!["c"; n]);
    assert_eq!(form(&answer(vec![], "bit")), Form::Number);
    assert_eq!(form(&answer(vec![epochs()], "bit")), Form::Curves);
    assert_eq!(form(&answer(vec![axis("epoch", &["4"])], "bit")), Form::Bars);
    assert_eq!(form(&answer(vec![channels(40)], "bit")), Form::Bars);
    assert_eq!(form(&answer(vec![channels(16), epochs()], "bit")), Form::Curves);
    assert_eq!(form(&answer(vec![channels(40), epochs()], "bit")), Form::Matrix);
    assert_eq!(form(&answer(vec![axis("epoch", &[])], "bit")), Form::Nothing);
}

#[test]
fn values_are_said_with_their_unit() {
    assert_eq!(alone(1.5, "bit"), "1.5000 bit");
    assert_eq!(alone(0.5, "1"), "50.00 %");
    assert_eq!(alone(7.0, "count"), "7 images");
    assert_eq!(alone(f64::INFINITY, "bit"), "∞ bit");
}

#[test]
fn an_answer_is_told_in_a_sentence() {
    let number =
        QueryAnswer { values: BitsArray { shape: vec![], values: vec![2.5] }, ..answer(vec![], "bit") };
    assert_eq!(sentence(&number), "H(…) = 2.5000 bit");
    let mut many = answer(vec![axis("class", &["a", "b", "c", "d"])], "bit");
    many.values.values[3] = f64::NAN;
    assert_eq!(
        sentence(&many),
        "H(…): 4 × class. From 0.0000 to 2.0000 bit, mean 1.0000; 1 undefined or infinite."
    );
}

#[test]
fn there_is_a_curve_for_each_index_of_the_other_axes() {
    let answer = answer(vec![axis("class", &["zero", "one"]), axis("epoch", &EPOCHS)], "bit");
    let chart = curves(&answer, Some(1.0)).unwrap();
    assert_eq!(chart.curves[1].points, [(0.0, 3.0), (1.0, 4.0), (2.0, 5.0)]);
    assert_eq!((chart.curves[1].name.as_str(), chart.curves[1].ink), ("one", Ink::Class(1)));
}

#[test]
fn epochs_need_not_be_the_last_axis() {
    let answer = answer(vec![axis("epoch", &EPOCHS), axis("layer", &["input", "conv1"])], "bit");
    let chart = curves(&answer, None).unwrap();
    assert_eq!(chart.curves[1].points, [(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]);
    assert_eq!(chart.curves[1].name, "1 conv1");
}

#[test]
fn bars_are_as_long_as_their_values() {
    let bars = bars(&answer(vec![axis("channel", &["0", "1", "2"])], "bit"));
    assert_eq!((bars[2].label.as_str(), bars[2].text.as_str()), ("channel 2", "2.0000"));
    assert!((bars[1].share - 0.5).abs() < 1e-12 && bars[0].share.abs() < 1e-12);
}

#[test]
fn a_matrix_is_read_at_the_fixed_indices_of_the_other_axes() {
    let axes = vec![axis("channel_a", &["0", "1"]), axis("channel_b", &["0", "1"]), axis("epoch", &EPOCHS)];
    let answer = answer(axes, "bit");
    let matrix = matrix(&answer, &[0, 0, 2]).unwrap();
    // The first layer lies across, as in the paper's Figure 8.
    assert_eq!((matrix.rows, matrix.columns, matrix.values), (1, 0, vec![2.0, 8.0, 5.0, 11.0]));
    let at_the_end = super::matrix(&answer, &[0, 0, 99]).unwrap();
    assert_eq!(at_the_end.values, [2.0, 8.0, 5.0, 11.0]);
}

#[test]
fn epochs_that_are_no_side_of_the_matrix_stand_where_the_slider_is() {
    let axes = [axis("class", &["a", "b"]), axis("epoch", &EPOCHS)];
    assert_eq!(standing(&axes, &[1], Some(1)), [1, 1]);
    assert_eq!(standing(&axes, &[], Some(9)), [0, 2], "the last one where the slider's is not among them");
}

#[test]
fn epochs_give_way_to_axes_that_show_more() {
    let confusion = [axis("epoch", &EPOCHS), axis("actual", &["a", "b"]), axis("predicted", &["a", "b"])];
    assert_eq!(sides(&confusion), Some((1, 2)));
    let one_class = [axis("class", &["a"]), axis("channel", &["0", "1"]), axis("epoch", &EPOCHS)];
    assert_eq!(sides(&one_class), Some((1, 2)));
    assert_eq!(sides(&confusion[..1]), None);
    let layers = [axis("layer_a", &["input", "conv1"]), axis("layer_b", &["input", "conv1"])];
    assert_eq!(sides(&layers), Some((1, 0)));
    assert_eq!(label(&layers[1], 1), "1 conv1 (b)");
}

#[test]
fn the_table_has_a_row_per_value_with_its_place() {
    let answer = answer(vec![axis("class", &["a", "b"]), axis("epoch", &EPOCHS)], "bit");
    let numbers = numbers(&answer, 5);
    assert_eq!(numbers.columns, ["class", "epoch", "bit"]);
    assert_eq!((numbers.rows.len(), &numbers.rows[4][..]), (5, &["b", "1", "4.0000"].map(str::to_owned)[..]));
}

#[test]
fn answers_about_the_test_set_say_of_how_many_images() {
    let mut run = crate::app::session::fixture::open_run("a", 2);
    (0..2000).for_each(|image| run.epochs[1].confusion.add(image % 10, 3));
    for query in ["H(label|y=3)@-", "H(y|label=-)@1", "accuracy(-)", "loss(0..1)", "confusion(1)"] {
        assert_eq!(test_images(query, &run), " N = 2,000 test images.", "{query}");
    }
    assert_eq!(test_images("H(dCNN(-, 1, -, 0))", &run), "");
}

#[test]
fn values_of_several_kinds_have_no_mean_and_are_called_by_their_names() {
    let value = || axis("value", &["I", "H(label)", "I by chance"]);
    let of = |axes: Vec<AnswerAxis>, values: Vec<f64>| QueryAnswer {
        values: BitsArray { shape: axes.iter().map(|axis| axis.labels.len()).collect(), values },
        ..answer(axes, "bit")
    };
    let alone = sentence(&of(vec![value()], vec![1.5, 3.25, 0.125]));
    assert!(alone.ends_with(": I = 1.5000 bit, H(label) = 3.2500 bit, I by chance = 0.1250 bit."), "{alone}");
    let many = sentence(&of(vec![axis("epoch", &EPOCHS), value()], vec![1.0; 9]));
    assert!(many.ends_with("epoch, of each I, H(label), I by chance.") && !many.contains("mean"), "{many}");
}
