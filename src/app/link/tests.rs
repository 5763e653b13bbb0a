use super::*;

fn codes(search: &str) -> Vec<String> {
    parse(search).1.into_iter().map(|fault| fault.code).collect()
}

#[test]
fn an_empty_address_is_the_default() {
    assert_eq!(parse(""), (Link::default(), Vec::new()));
    assert_eq!(Link::default().to_query(), "");
}

#[test]
fn the_contracts_example_is_read() {
    let (link, faults) = parse("?dataset=mnist&per_class=1000&epochs=5&backend=cpu&autostart=1");
    assert_eq!(faults, []);
    assert!(link.autostart);
    assert_eq!(link.config.unwrap().epochs, 5);
}

#[test]
fn a_link_brings_its_state_back() {
    let search = "dataset=mnist&per_class=100&epochs=3&lr=0.01&seed=9&model=residual&width=0.25\
                  &optimizer=sgd&weight_decay=0.0005&schedule=cosine&augment=shift&record=every:5&autostart=1&run=mnist-1\
                   &view=layer&epoch=2&layer=4&channel=7&beside=6&h=share&pair=2,3&theme=dark&measure=share&rows=mean-desc\
                   &cell=2.5-3.7&pins=2.5-3.7,2.6-3.7&epoch_row=0,2&whole=rows-given-columns&compare=a-1,b-2&axis=updates";
    let (link, faults) = parse(search);
    assert_eq!(faults, []);
    assert_eq!(parse(&link.to_query()), (link, Vec::new()));
}

#[test]
fn a_run_file_is_named_by_its_address_and_a_run_by_its_identifier() {
    for run in ["runs/demo.zarr.zip", "a%20b.zarr.zip", "../demo.zarr.zip"] {
        let (link, faults) = parse(&format!("run={}", encode(run)));
        assert_eq!((link.run.as_deref(), faults), (Some(run), Vec::new()));
        assert!(is_run_file(run));
    }
    assert!(!is_run_file("mnist-1"));
    assert_eq!(codes("run=demo.zip"), ["bad_parameter"]);
    assert_eq!(codes("run=<b>.zarr.zip"), ["bad_parameter"]);
}

#[test]
fn a_query_opens_its_view_and_survives_the_address() {
    for text in [
        "H(dCNN(label={0,1}, 3, -, -))",
        "I(dCNN(-,1,-,5);dCNN(-,2,-,5))",
        "H(label|y=1)@-",
        "I(dCNN(-, -, *, 5); dCNN(-, -, *, 5))",
    ] {
        let (link, faults) = parse(&format!("q={}", encode(text)));
        assert_eq!((link.query.as_deref(), link.view, faults), (Some(text), View::Query, Vec::new()));
        assert_eq!(parse(&link.to_query()), (link, Vec::new()));
    }
    let fault = &parse("q=H(dCNN(-,x,-,-))").1[0];
    assert!(fault.why.contains("Column"), "{fault:?}");
}

#[test]
fn another_view_or_query_is_a_step_back_and_another_epoch_is_none() {
    let is_step = |from: &str, to: &str| is_step(&parse(from).0, &parse(to).0);
    assert!(is_step("view=layer", "view=channel"));
    assert!(is_step("q=loss(-)", "q=accuracy(-)"));
    assert!(is_step("q=h(dCNN(-,1,-,0))", "q=h(dCNN(-,2,-,0))"));
    assert!(!is_step("q=loss(3)&epoch=3", "q=loss(4)&epoch=4"));
    assert!(!is_step("view=layer&epoch=1", "view=layer&layer=3"));
}

#[test]
fn the_usual_settings_are_not_no_settings() {
    let usual = Link { config: Some(TrainingConfig::default()), ..Link::default() };
    assert_eq!(usual.to_query(), "dataset=strokes");
    assert_eq!(parse("dataset=strokes").0, usual);
    assert_eq!(parse("view=layer").0.config, None);
    assert_eq!(parse("autostart=1").0.config, usual.config);
}

#[test]
fn an_unknown_parameter_is_named_and_ignored() {
    let (link, faults) = parse("colour=red&epochs=4");
    assert_eq!(link.config.unwrap().epochs, 4);
    assert_eq!(faults[0].code, "unknown_parameter");
    assert!(faults[0].what.contains("colour"));
}

#[test]
fn a_bad_value_is_named_and_ignored() {
    for search in [
        "epochs=many",
        "autostart=yes",
        "view=circles",
        "epoch=-1",
        "layer=x",
        "channel=-1",
        "beside=one",
        "h=nats",
        "pair=2",
        "axis=seconds",
        "theme=pink",
        "run=../secrets",
        "compare=a,",
        "run=",
        "q=H(dCNN(",
    ] {
        let (link, faults) = parse(search);
        assert_eq!(link, Link::default(), "{search}");
        assert_eq!(codes(search), ["bad_parameter"], "{search}");
        assert!(faults[0].what.contains(search), "{}", faults[0].what);
    }
}

#[test]
fn a_bad_value_does_not_touch_the_good_ones() {
    let (link, faults) = parse("epochs=4&pair=1,2&batch=0");
    assert_eq!((link.config.unwrap().epochs, link.pair), (4, Some(LayerPair { a: 1, b: 2 })));
    assert_eq!(faults.len(), 1);
}

#[test]
fn percent_encoding_is_undone() {
    assert_eq!(decode("2%2C3"), "2,3");
    assert_eq!(decode("a+b%20c"), "a b c");
    assert_eq!(decode("100%"), "100%");
    assert_eq!(decode("%zz"), "%zz");
    assert_eq!(decode(&encode("H(dCNN(-, 3, 7, -)) ∞ & =")), "H(dCNN(-, 3, 7, -)) ∞ & =");
}

#[test]
fn layers_stay_readable_in_a_link() {
    let search = "model=custom&layers=conv+16+3x3+bn+relu;+maxpool+2+dropout+0.25;+dense+64+relu";
    let (link, faults) = parse(search);
    assert_eq!(faults, []);
    assert_eq!(link.to_query(), search);
    let (_, faults) = parse("layers=conv+16");
    assert!(faults[0].why.contains("column 8"), "{}", faults[0].why);
}

#[test]
fn a_pair_may_come_encoded() {
    assert_eq!(parse("pair=2%2C3").0.pair, Some(LayerPair { a: 2, b: 3 }));
}
