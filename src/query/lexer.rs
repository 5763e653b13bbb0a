//! Query text → tokens with their columns. Never fails: what is no token of the grammar becomes a
//! token that the parser expects nowhere, so that the parser alone reports errors.

/// What kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Letters.
    Word,
    /// ASCII digits.
    Number,
    /// `..` or any other single character.
    Symbol,
    /// After the last one.
    End,
}

/// A piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub kind: TokenKind,
    pub text: &'t str,
    /// 1 first, in characters.
    pub column: usize,
}

/// All tokens of a text, `End` last; white space of any kind between them means nothing.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    let mut column = 1 + chars(text) - chars(rest);
    while let Some(first) = rest.chars().next() {
        let (kind, len) = token_at(rest, first);
        let (text, after) = rest.split_at(len);
        tokens.push(Token { kind, text, column });
        let next = after.trim_start();
        column += chars(&rest[..rest.len() - next.len()]);
        rest = next;
    }
    tokens.push(Token { kind: TokenKind::End, text: "", column: end_column(text) });
    tokens
}

/// Kind and bytes of the token at the start of `rest`.
fn token_at(rest: &str, first: char) -> (TokenKind, usize) {
    let run = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    if first.is_ascii_digit() {
        (TokenKind::Number, run(|c| c.is_ascii_digit()))
    } else if first.is_alphabetic() {
        (TokenKind::Word, run(char::is_alphabetic))
    } else if rest.starts_with("..") {
        (TokenKind::Symbol, 2)
    } else {
        (TokenKind::Symbol, first.len_utf8())
    }
}

/// The end is just behind the last thing written: that is where something is missing.
fn end_column(text: &str) -> usize {
    1 + chars(text.trim_end())
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<(&str, usize)> {
        tokens(text).iter().map(|token| (token.text, token.column)).collect()
    }

    #[test]
    fn white_space_separates_and_means_nothing() {
        assert_eq!(
            seen(" h (\n1 .. 3)  "),
            [("h", 2), ("(", 4), ("1", 6), ("..", 8), ("3", 11), (")", 12), ("", 13)]
        );
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        assert_eq!(seen("∞é("), [("∞", 1), ("é", 2), ("(", 3), ("", 4)]);
    }

    #[test]
    fn a_long_text_takes_time_in_step_with_its_length() {
        let started = std::time::Instant::now();
        assert_eq!(tokens(&"H(".repeat(200_000)).len(), 400_001);
        assert!(started.elapsed().as_secs() < 5, "it took a minute when each token counted the rest");
    }

    #[test]
    fn an_empty_text_is_its_end() {
        assert_eq!(seen("  "), [("", 1)]);
    }
}
