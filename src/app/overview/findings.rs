//! What the run says to the three questions of the overview, in a sentence or two each. Every number is one that a figure
//! shows too; what is not measured yet is not spoken of.

use crate::app::inspector::subject::Subject;
use crate::app::instrument::layered::Layered;
use crate::app::session::{OpenRun, Selection};
use crate::entropy::label_channel;
use crate::evaluation::ConfusionMatrix;
use crate::protocol::compute::BitsArray;

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it is.
    Plain(String),
    /// A name or a number that stands out.
    Strong(String),
    /// A number that the inspector explains.
    Number(String, Subject),
}

/// Sentences in pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finding(pub Vec<Piece>);

impl Finding {
    fn say(&mut self, text: impl Into<String>) -> &mut Self {
        self.0.push(Piece::Plain(text.into()));
        self
    }

    fn stress(&mut self, text: impl Into<String>) -> &mut Self {
        self.0.push(Piece::Strong(text.into()));
        self
    }

    fn number(&mut self, text: impl Into<String>, subject: Subject) -> &mut Self {
        self.0.push(Piece::Number(text.into(), subject));
        self
    }

    /// Without the stress.
    pub fn text(&self) -> String {
        let text = |piece: &Piece| match piece {
            Piece::Plain(text) | Piece::Strong(text) | Piece::Number(text, _) => text.clone(),
        };
        self.0.iter().map(text).collect()
    }
}

/// What does the network see? `bits` are the intra-sample entropies `[C, K+1]` of the picked layer, once they are there.
pub fn seen(run: &OpenRun, selection: &Selection, bits: Option<&BitsArray>) -> Finding {
    let mut finding = Finding::default();
    let layer = selection.layer;
    let shape = run.shape_of(layer);
    let class = run.class_of(selection.image);
    let name = class.and_then(|class| run.header.classes.get(class)).map_or("image", String::as_str);
    if layer == 0 {
        finding.say("The network is given ");
        finding.stress(format!("{} × {} pixels", shape.height, shape.width));
        finding.say(format!(" of this {name}. Pick a layer above to see what it makes of them."));
        return finding;
    }
    finding.say(if layer == run.header.layers.len() { "At the " } else { "To " });
    finding.stress(run.spoken_name(layer));
    if shape.channels == 1 {
        finding.say(format!(" this {name} is ")).stress(format!("{} numbers", shape.width * shape.height));
        finding.say(".");
        return finding;
    }
    finding.say(format!(" this {name} is ")).stress(format!("{} pictures", shape.channels));
    finding.say(", one per channel.");
    if run.epoch_number(selection.epoch_index) == Some(0) {
        finding.say(" The filters are still random.");
    }
    if let Some((most, least)) = class.zip(bits).and_then(|(class, bits)| extremes(bits, class)) {
        finding.say(format!(" For images of class {name}, channel "));
        finding.stress(most.0.to_string()).say(" keeps the most detail (");
        finding.number(format!("{:.2} bits", most.1), Subject::ChannelEntropy);
        finding.say(format!(" a map) and channel {} the least ({:.2}).", least.0, least.1));
    }
    finding
}

/// The channels with the largest and the smallest entropy for a class.
fn extremes(bits: &BitsArray, class: usize) -> Option<((usize, f64), (usize, f64))> {
    let columns = *bits.shape.get(1)?;
    let of_class = bits.values.iter().skip(class).step_by(columns.max(1)).copied().enumerate();
    let known: Vec<(usize, f64)> = of_class.filter(|(_, bits)| bits.is_finite()).collect();
    let most = known.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
    let least = known.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)))?;
    Some((most, least))
}

/// How sure is it?
pub fn sure(run: &OpenRun, confusion: &ConfusionMatrix) -> Finding {
    let mut finding = Finding::default();
    let n = confusion.n_classes();
    let total = confusion.total();
    if total == 0 {
        return finding;
    }
    finding.say("Right on ").number(format!("{:.1} %", 100.0 * confusion.accuracy()), Subject::Accuracy);
    finding.say(format!(" of {} test images.", grouped(total)));
    let name = |class: usize| run.header.classes.get(class).map_or("?", String::as_str);
    let pairs = (0..n).flat_map(|actual| (0..n).map(move |predicted| (actual, predicted)));
    let wrong = pairs.filter(|(actual, predicted)| actual != predicted);
    let worst = wrong.max_by_key(|&(actual, predicted)| {
        (confusion.count(actual, predicted), std::cmp::Reverse((actual, predicted)))
    });
    if let Some((actual, predicted)) = worst.filter(|&(a, p)| confusion.count(a, p) > 0) {
        let of_class = confusion.actual_total(actual);
        let count = confusion.count(actual, predicted);
        finding.say(" ").stress(format!("{} and {}", name(actual), name(predicted)));
        finding.say(" are confused most: ").stress(format!("{count} of {}", grouped(of_class)));
        finding.say(format!(" of class {} were called {}.", name(actual), name(predicted)));
    }
    if let Ok(told) = label_channel(confusion.counts(), n) {
        finding
            .say(" Hearing its answer leaves ")
            .number(format!("{:.2} bits", told.equivocation), Subject::Doubt);
        finding.say(format!(" of doubt about the label, out of {:.2}.", told.label_bits));
    }
    finding
}

/// Where does the information go?
pub fn flow(run: &OpenRun, now: &Layered, is_untrained: bool) -> Finding {
    let mut finding = Finding::default();
    let known =
        |bits: &[Option<f64>]| Some((bits.first().copied().flatten()?, bits.last().copied().flatten()?));
    if let Some((first, last)) = known(&now.readable) {
        let verb = match last - first {
            change if change > 0.05 => "rises from ",
            change if change < -0.05 => "falls from ",
            _ => "stays near its value at the input, from ",
        };
        finding.say("What a simple reader can tell about the label ").say(verb);
        finding
            .stress(format!("{first:.2}"))
            .say(" to ")
            .number(format!("{last:.2} bits"), Subject::Readable);
        if let Some(chance) = now.chance.last().copied().flatten() {
            finding.say(format!(" (shuffled labels give {chance:.2})"));
        }
    }
    if let (Some(first), Some(last)) = (now.neighbours(0), now.neighbours(now.len().saturating_sub(1))) {
        let others = run.header.probe_images.saturating_sub(1);
        finding.say(if finding.0.is_empty() { "Each image" } else { "; each image" });
        finding.say(" starts with ").stress(format!("{first:.0}"));
        finding
            .say(format!(" near neighbours of {others} and ends with "))
            .number(format!("{last:.0}"), Subject::Spread);
        if let Some(same) = others_of_a_class(run) {
            finding.say(format!("; its class has {same} others"));
        }
    }
    if !finding.0.is_empty() {
        finding.say(".");
    }
    if is_untrained {
        finding.say(" The filters are still random: press play and watch the green band.");
    }
    finding
}

/// Where all classes have as many probe images.
fn others_of_a_class(run: &OpenRun) -> Option<usize> {
    let mut counts = (0..run.header.classes.len()).map(|class| run.images_of_class(class).count());
    let first = counts.next()?;
    counts.all(|count| count == first).then(|| first.saturating_sub(1))
}

/// `2,000`.
fn grouped(number: u64) -> String {
    crate::app::session::editor::outline::grouped(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::fixture;

    #[test]
    fn the_picked_layer_is_spoken_of_with_the_numbers_of_the_class() {
        let run = fixture::open_run("a", 3);
        let selection = Selection { layer: 1, image: 60, epoch_index: 2, ..Selection::default() };
        let mut values = vec![1.0; 16 * 11];
        (values[3 * 11 + 1], values[5 * 11 + 1]) = (2.391, 0.5);
        let bits = BitsArray { shape: vec![16, 11], values };
        let text = seen(&run, &selection, Some(&bits)).text();
        assert_eq!(
            text,
            "To conv1 this 1 is 16 pictures, one per channel. For images of class 1, channel 3 keeps the most detail \
             (2.39 bits a map) and channel 5 the least (0.50)."
        );
        let untrained = Selection { epoch_index: 0, ..selection.clone() };
        assert!(seen(&run, &untrained, None).text().ends_with("still random."));
        let last = Selection { layer: 3, ..selection.clone() };
        assert_eq!(seen(&run, &last, None).text(), "At the output this 1 is 100 numbers.");
        assert!(seen(&run, &Selection { layer: 0, ..selection }, None).text().contains("28 × 28 pixels"));
    }

    #[test]
    fn the_confusion_is_told_as_accuracy_worst_pair_and_doubt() {
        let run = fixture::open_run("a", 1);
        let mut confusion = ConfusionMatrix::new(10);
        for class in 0..10 {
            for _ in 0..100 {
                confusion.add(class, class);
            }
        }
        for _ in 0..7 {
            confusion.add(4, 9);
        }
        let text = sure(&run, &confusion).text();
        assert!(
            text.starts_with("Right on 99.3 % of 1,007 test images. 4 and 9 are confused most: 7 of 107"),
            "{text}"
        );
        assert!(text.contains("bits of doubt about the label, out of 3.32."), "{text}");
        assert_eq!(sure(&run, &ConfusionMatrix::new(10)).text(), "");
    }

    #[test]
    fn the_flow_says_which_way_it_goes_and_what_chance_gives() {
        let run = fixture::open_run("a", 1);
        let layered = |first: f64, last: f64| Layered {
            readable: vec![Some(first), None, Some(last)],
            spread: vec![Some(8.0), None, Some(5.0)],
            chance: vec![Some(0.1), None, Some(0.12)],
            label_bits: 3.32,
            most_spread: 8.96,
        };
        let text = flow(&run, &layered(2.48, 3.17), false).text();
        assert_eq!(
            text,
            "What a simple reader can tell about the label rises from 2.48 to 3.17 bits (shuffled labels give 0.12); \
             each image starts with 256 near neighbours of 499 and ends with 32; its class has 49 others."
        );
        assert!(flow(&run, &layered(3.0, 1.0), true).text().contains("falls from 3.00 to 1.00"));
        assert!(flow(&run, &layered(3.0, 3.01), true).text().contains("stays near"));
        assert_eq!(flow(&run, &Layered::default(), false).text(), "");
    }
}
