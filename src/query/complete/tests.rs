use super::*;

fn inserts(text: &str) -> Vec<String> {
    complete(text, text.chars().count()).into_iter().map(|completion| completion.insert).collect()
}

#[test]
fn an_empty_line_offers_every_measure() {
    let all = [
        "dCNN(",
        "H(",
        "h(dCNN(",
        "state(dCNN(",
        "I(dCNN(",
        "readable(dCNN(",
        "spread(dCNN(",
        "sameclass(dCNN(",
        "dimension(dCNN(",
        "collapse(dCNN(",
        "CKA(dCNN(",
        "accuracy(",
        "loss(",
        "confusion(",
        "labelchannel(",
    ];
    assert_eq!(inserts(""), all);
}

#[test]
fn a_begun_word_is_completed_whatever_its_case() {
    let offered = complete("ACC", 3);
    assert_eq!(offered.len(), 1);
    assert_eq!((offered[0].replaces, offered[0].insert.as_str()), (3, "accuracy("));
    assert_eq!(inserts("H(dcn"), ["dCNN("]);
}

#[test]
fn both_entropies_are_offered_for_their_letter() {
    assert_eq!(inserts("h"), ["H(", "h(dCNN("]);
}

#[test]
fn capital_h_leads_to_slices_and_to_label_entropies() {
    assert_eq!(inserts("H("), ["label|y=", "y|label=", "dCNN("]);
}

#[test]
fn on_x_a_class_all_a_set_or_an_image_may_stand() {
    assert_eq!(inserts("h(dCNN("), ["train ", "label=", "-, ", "{", ""]);
    let labels: Vec<String> = complete("h(dCNN(", 7).into_iter().map(|completion| completion.label).collect();
    assert_eq!((labels[0].as_str(), labels[4].as_str()), ("images of the training set", "an image"));
    assert_eq!(inserts("h(dCNN(train "), [", ", "label=", "-, ", "{", ""]);
}

#[test]
fn after_the_last_axis_the_parentheses_close() {
    assert_eq!(inserts("h(dCNN(-, 1, -, 5"), ["..", "))"]);
    assert_eq!(inserts("I(dCNN(-, 1, -, -"), ["); dCNN("]);
}

#[test]
fn after_an_axis_comes_a_comma_with_its_space() {
    assert_eq!(inserts("h(dCNN(-"), [", "]);
}

#[test]
fn a_layer_as_a_whole_is_offered_where_two_are_compared() {
    assert_eq!(inserts("I(dCNN(-, 1, "), ["*, ", "-, ", "{", ""]);
    assert_eq!(inserts("h(dCNN(-, 1, "), ["-, ", "{", ""]);
    assert_eq!(inserts("I(dCNN(-, 1, *, 0); dCNN(-, 2, "), ["*, "]);
    assert_eq!(inserts("H(dCNN(-, 1, *, -"), [")|dCNN("]);
    assert!(complete("I(dCNN(-, 1, ", 13)[0].label.contains("as a whole"));
}

#[test]
fn what_stands_behind_the_cursor_is_not_read() {
    assert_eq!(complete("h(dCNN(-, 9", 2), complete("h(", 2));
    assert_eq!(complete("lo", 99), complete("lo", 2));
}

#[test]
fn a_label_entropy_goes_on_with_its_epoch() {
    assert_eq!(inserts("H(label|y=3)"), ["@"]);
}

#[test]
fn nothing_is_offered_after_a_mistake_or_after_the_end() {
    assert_eq!(inserts("h(dCNN(x, "), Vec::<String>::new());
    assert_eq!(inserts("accuracy(3)"), Vec::<String>::new());
    assert_eq!(inserts("accuracy(3"), ["..", ")"]);
}

#[test]
fn every_insertion_leads_to_a_text_that_can_be_finished() {
    let mut open = vec![String::new()];
    let mut seen = 0;
    while let Some(text) = open.pop() {
        for completion in complete(&text, text.chars().count()) {
            // A number that grows with the text: ranges do not run backwards, sets repeat nothing.
            let number = text.chars().count().to_string();
            let insert = if completion.insert.is_empty() { &number } else { &completion.insert };
            let next = format!("{text}{insert}");
            assert!(expected_at_end(&next).is_some(), "{next}");
            seen += 1;
            if next.chars().count() < 16 {
                open.push(next);
            }
        }
    }
    assert!(seen > 100, "{seen}");
}
