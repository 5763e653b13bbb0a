//! Tokens → query, by recursive descent.
//!
//! Every symbol looked for in vain is noted until something is consumed; where nothing fits, the notes
//! are what was expected. Completion reads the same notes.

use std::collections::BTreeSet;

use super::lexer::{Token, TokenKind, tokens};
use super::notation::{CubeAxis, Images, Place, Query, Slice, TRAIN, WhichSlice};
use super::parse_error::{Expected, Found, ParseError, hint};
use super::places::Places;
use super::selector::{IndexRange, IndexSet, Selector};
use crate::measure::{Form, Measure, ProbeSet};

/// The query that a text is, by the grammar of the module's documentation.
///
/// # Errors
/// [`ParseError`] with the column and all that would have been right there.
pub fn parse(text: &str) -> Result<Query, ParseError> {
    parse_with_places(text).map(|(query, _)| query)
}

/// The query and where in the text its selectors stand.
pub(super) fn parse_with_places(text: &str) -> Result<(Query, Places), ParseError> {
    let text = bounded(text)?;
    let mut parser = Parser::new(text);
    let query = parser.query()?;
    parser.end()?;
    Ok((query, parser.places))
}

/// What may stand at the end of `text`; `None` when `text` goes wrong before.
pub(super) fn expected_at_end(text: &str) -> Option<Vec<Expected>> {
    let text = bounded(text).ok()?;
    let mut parser = Parser::new(text);
    let outcome = parser.query().and_then(|_| parser.end());
    match outcome {
        Ok(()) => Some(parser.expected),
        Err(error) => (error.found == Found::End).then_some(error.expected),
    }
}

/// Most characters of a query: a set of some thousand images.
const MOST_CHARS: usize = 20_000;

/// The text, unless it is longer than any query that is meant.
fn bounded(text: &str) -> Result<&str, ParseError> {
    let Some((end, _)) = text.char_indices().nth(MOST_CHARS) else { return Ok(text) };
    Err(ParseError {
        column: MOST_CHARS + 1,
        expected: vec![Expected::End],
        found: Found::Text(shortened(&text[end..])),
        hint: Some(format!("A query has at most {MOST_CHARS} characters.")),
    })
}

const NO_NEGATIVES: &str = "`-` stands for all of an axis; there are no negative numbers.";

const BOTH_WHOLE: &str = "`*` takes a layer as a whole; it stands in both slices or in none.";
const ONE_WHOLE_LAYER: &str = "`*` compares two layers as wholes: H(dCNN(…) | dCNN(…)). The entropy of one layer's outputs has `-` on C.";

/// Longest piece of foreign text that an error repeats.
const FOUND_CHARS: usize = 24;

/// Whether a slice's channels may stand together, written `*`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Together {
    No,
    Either,
    Yes,
}

impl Together {
    /// The second slice takes layers as the first one does.
    fn as_first(is_whole: bool) -> Self {
        if is_whole { Self::Yes } else { Self::No }
    }
}

struct Parser<'t> {
    tokens: Vec<Token<'t>>,
    next: usize,
    expected: Vec<Expected>,
    places: Places,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Self {
        Self { tokens: tokens(text), next: 0, expected: Vec::new(), places: Places::default() }
    }

    fn query(&mut self) -> Result<Query, ParseError> {
        if self.accept("dCNN") {
            return self.slice_body(WhichSlice::First, Together::No).map(|(slice, _)| Query::Cells(slice));
        }
        for measure in Measure::all().filter(|&measure| is_first_of_its_word(measure)) {
            let function = measure.about().function;
            if self.accept(function) {
                return match function {
                    CAPITAL_H => self.in_parentheses(Self::capital_h)?.finish(self),
                    CAPITAL_I => self.in_parentheses(Self::capacity),
                    _ => self.in_parentheses(|parser| parser.operand_of(measure)),
                };
            }
        }
        Err(self.unexpected())
    }

    /// What stands between the parentheses of a measure that has a word of its own.
    fn operand_of(&mut self, measure: Measure) -> Result<Query, ParseError> {
        Ok(match measure.about().form {
            Form::Layer | Form::Channel => {
                let (slice, _) = self.slice(WhichSlice::First, Together::No)?;
                Query::OfSlice { measure, slice }
            }
            Form::LayerPair | Form::ChannelPair => {
                let together =
                    if measure.about().form == Form::LayerPair { Together::Yes } else { Together::No };
                let (a, _) = self.slice(WhichSlice::First, together)?;
                self.require(measure.about().between.trim())?;
                let (b, _) = self.slice(WhichSlice::Second, together)?;
                Query::OfSlices { measure, a, b }
            }
            Form::Class | Form::Confusion | Form::Epoch => {
                Query::OfEpochs { measure, epochs: self.epochs()? }
            }
        })
    }

    /// What stands between the parentheses of `H(…)`.
    fn capital_h(&mut self) -> Result<CapitalH, ParseError> {
        if self.accept("label") {
            self.require("|")?;
            self.require("y")?;
            self.condition().map(|classes| CapitalH::OfClasses(Measure::LabelGivenPredicted, classes))
        } else if self.accept("y") {
            self.require("|")?;
            self.require("label")?;
            self.condition().map(|classes| CapitalH::OfClasses(Measure::PredictedGivenLabel, classes))
        } else {
            let (a, is_whole) = self.slice(WhichSlice::First, Together::Either)?;
            if self.accept("|") {
                let (b, _) = self.slice(WhichSlice::Second, Together::as_first(is_whole))?;
                let measure = if is_whole { Measure::LayerConditional } else { Measure::Conditional };
                return Ok(CapitalH::Slices(Box::new(Query::OfSlices { measure, a, b })));
            }
            if is_whole {
                return Err(self.unexpected().with_hint(ONE_WHOLE_LAYER));
            }
            Ok(CapitalH::Slices(Box::new(Query::OfSlice { measure: Measure::InterSample, slice: a })))
        }
    }

    fn capacity(&mut self) -> Result<Query, ParseError> {
        let (a, is_whole) = self.slice(WhichSlice::First, Together::Either)?;
        self.require(";")?;
        let (b, _) = self.slice(WhichSlice::Second, Together::as_first(is_whole))?;
        let measure = if is_whole { Measure::LayerInformation } else { Measure::Capacity };
        Ok(Query::OfSlices { measure, a, b })
    }

    /// `= i`
    fn condition(&mut self) -> Result<Selector, ParseError> {
        self.require("=")?;
        self.note(Place::first(CubeAxis::X));
        self.selector("a class")
    }

    /// A slice, and whether its channels stand together.
    fn slice(&mut self, which: WhichSlice, together: Together) -> Result<(Slice, bool), ParseError> {
        self.require("dCNN")?;
        self.slice_body(which, together)
    }

    fn slice_body(&mut self, which: WhichSlice, together: Together) -> Result<(Slice, bool), ParseError> {
        self.in_parentheses(|parser| {
            let (probe_set, images) = parser.images(which)?;
            parser.require(",")?;
            let layers = parser.axis(which, CubeAxis::L, "a layer")?;
            parser.require(",")?;
            let channels = parser.channels(which, together)?;
            parser.require(",")?;
            let epochs = parser.axis(which, CubeAxis::T, "an epoch")?;
            let is_whole = channels.is_none();
            let channels = channels.unwrap_or(Selector::All);
            Ok((Slice { probe_set, images, layers, channels, epochs }, is_whole))
        })
    }

    /// What is picked on C; `None` for `*`, all channels together.
    fn channels(&mut self, slice: WhichSlice, together: Together) -> Result<Option<Selector>, ParseError> {
        let place = Place { slice, axis: CubeAxis::C };
        self.note(place);
        if together != Together::No && self.accept("*") {
            return Ok(None);
        }
        let is_mixed = slice == WhichSlice::Second && (together == Together::Yes || self.token().text == "*");
        let picked =
            if together == Together::Yes { Err(self.unexpected()) } else { self.selector("a channel") };
        match picked {
            Err(error) if is_mixed => Err(error.with_hint(BOTH_WHOLE)),
            picked => picked.map(Some),
        }
    }

    fn images(&mut self, which: WhichSlice) -> Result<(ProbeSet, Images), ParseError> {
        self.note(Place { slice: which, axis: CubeAxis::X });
        if !self.accept(TRAIN) {
            return Ok((ProbeSet::Test, self.picked_images()?));
        }
        if self.token().text == "," {
            return Ok((ProbeSet::Train, Images::Picked(Selector::All)));
        }
        // All of them, unless some are picked.
        self.expected.push(Expected::Text(","));
        Ok((ProbeSet::Train, self.picked_images()?))
    }

    fn picked_images(&mut self) -> Result<Images, ParseError> {
        if self.accept("label") {
            self.require("=")?;
            return self.selector("a class").map(Images::Labelled);
        }
        self.selector("an image").map(Images::Picked)
    }

    fn axis(
        &mut self,
        slice: WhichSlice,
        axis: CubeAxis,
        what: &'static str,
    ) -> Result<Selector, ParseError> {
        self.note(Place { slice, axis });
        self.selector(what)
    }

    fn epochs(&mut self) -> Result<Selector, ParseError> {
        self.axis(WhichSlice::First, CubeAxis::T, "an epoch")
    }

    fn selector(&mut self, what: &'static str) -> Result<Selector, ParseError> {
        if self.accept("-") {
            return Ok(Selector::All);
        }
        if self.accept("{") {
            return self.set(what);
        }
        let first = self.number(what)?;
        if self.accept("..") { self.range_from(first, what) } else { Ok(Selector::Index(first)) }
    }

    fn range_from(&mut self, first: u32, what: &'static str) -> Result<Selector, ParseError> {
        let before = self.next;
        let last = self.number(what)?;
        IndexRange::new(first, last).map(Selector::Range).ok_or_else(|| {
            self.next = before;
            self.unexpected_but([Expected::AtLeast(first)])
        })
    }

    /// The rest of a set after its `{`.
    fn set(&mut self, what: &'static str) -> Result<Selector, ParseError> {
        let mut indices = BTreeSet::new();
        loop {
            let before = self.next;
            if !indices.insert(self.number(what)?) {
                self.next = before;
                return Err(self.unexpected_but([Expected::NewInSet]));
            }
            if self.accept("}") {
                break;
            }
            self.require(",")?;
        }
        IndexSet::new(indices).map(Selector::Set).ok_or_else(|| self.unexpected())
    }

    fn number(&mut self, what: &'static str) -> Result<u32, ParseError> {
        if self.token().kind != TokenKind::Number {
            self.expected.push(Expected::Number(what));
            return Err(self.unexpected());
        }
        let Ok(number) = self.token().text.parse() else {
            return Err(self.unexpected_but([Expected::AtMost(u32::MAX)]));
        };
        self.advance();
        Ok(number)
    }

    fn in_parentheses<V>(
        &mut self,
        inside: impl FnOnce(&mut Self) -> Result<V, ParseError>,
    ) -> Result<V, ParseError> {
        self.require("(")?;
        let value = inside(self)?;
        self.require(")")?;
        Ok(value)
    }

    fn end(&mut self) -> Result<(), ParseError> {
        if self.token().kind == TokenKind::End {
            return Ok(());
        }
        self.expected.push(Expected::End);
        Err(self.unexpected())
    }

    fn require(&mut self, text: &'static str) -> Result<(), ParseError> {
        if self.accept(text) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn accept(&mut self, text: &'static str) -> bool {
        let fits = self.token().text == text;
        if fits {
            self.advance();
        } else {
            self.expected.push(Expected::Text(text));
        }
        fits
    }

    fn advance(&mut self) {
        self.next += 1;
        self.expected.clear();
    }

    /// The next token; the last one, `End`, is never consumed since no symbol is the empty text.
    fn token(&self) -> Token<'t> {
        self.tokens[self.next]
    }

    fn note(&mut self, place: Place) {
        self.places.note(place, self.token().column);
    }

    fn unexpected(&self) -> ParseError {
        self.unexpected_but(self.expected.clone())
    }

    fn unexpected_but(&self, expected: impl Into<Vec<Expected>>) -> ParseError {
        let token = self.token();
        let expected = expected.into();
        let found = match token.kind {
            TokenKind::End => Found::End,
            _ => Found::Text(shortened(token.text)),
        };
        let hint =
            if self.follows_a_minus() { Some(NO_NEGATIVES.to_owned()) } else { hint(token.text, &expected) };
        ParseError { column: token.column, expected, found, hint }
    }

    fn follows_a_minus(&self) -> bool {
        let before = self.next.checked_sub(1).map(|before| self.tokens[before].text);
        self.token().kind == TokenKind::Number && before == Some("-")
    }
}

/// `H(…)` before it is known whether `@ T` must follow.
enum CapitalH {
    Slices(Box<Query>),
    OfClasses(Measure, Selector),
}

impl CapitalH {
    fn finish(self, parser: &mut Parser<'_>) -> Result<Query, ParseError> {
        match self {
            Self::Slices(query) => Ok(*query),
            Self::OfClasses(measure, classes) => {
                parser.require("@")?;
                Ok(Query::OfClasses { measure, classes, epochs: parser.epochs()? })
            }
        }
    }
}

/// The letters that several measures share.
const CAPITAL_H: &str = "H";
const CAPITAL_I: &str = "I";

/// Whether a query that asks for the measure begins with a word that no measure before it has.
fn is_first_of_its_word(measure: Measure) -> bool {
    let function = measure.about().function;
    let is_word = !function.is_empty() && function.chars().all(char::is_alphanumeric);
    is_word && Measure::all().find(|other| other.about().function == function) == Some(measure)
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= FOUND_CHARS {
        return text.to_owned();
    }
    text.chars().take(FOUND_CHARS).chain(['…']).collect()
}

#[cfg(test)]
mod tests;
