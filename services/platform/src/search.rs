//! What somebody searches for, as words.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::fields::{self, FieldError};

/// How long a query may be, in characters.
const MAX_QUERY: usize = 100;
/// How many words a query may have.
const MAX_WORDS: usize = 8;

/// Splits a query into its words, each once, in lower case; an empty query has none.
///
/// A word is of letters, digits and marks, and whatever else is between words. So nothing in it means anything to LIKE or
/// to a regular expression, and nothing will once `unaccent` has made it plainer, as that makes wildcards of some signs only.
/// Nor does it become any shorter then: a word that is long enough to be looked for is so in the database.
pub fn words(field: &str, query: &str) -> Result<Vec<String>, FieldError> {
    let query = fields::text(field, query, 0..=MAX_QUERY)?;
    let plain: String = query.nfkc().flat_map(char::to_lowercase).filter(|c| !is_accent(*c)).collect();
    let mut words: Vec<String> = Vec::new();
    for word in plain.split(|c| !is_of_word(c)).filter(|word| word.contains(is_whole)) {
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    if words.is_empty() && !query.is_empty() {
        return Err(FieldError::new(field, "has no word"));
    }
    if words.len() > MAX_WORDS {
        return Err(FieldError::new(field, format!("must have at most {MAX_WORDS} words")));
    }
    Ok(words)
}

fn is_of_word(c: char) -> bool {
    (c.is_alphanumeric() || is_combining_mark(c)) && !is_sign(c)
}

/// Whether `unaccent` leaves nothing of it (Combining Diacritical Marks, and those for symbols). What it is on is left.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{362}' | '\u{20dd}'..='\u{20e4}')
}

/// Whether the schemas take it for a sign between words, at once or as `unaccent` writes it, though it may be a letter.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{2b9}'..='\u{2bd}' | '\u{2c6}' | '\u{2c8}' | '\u{2cb}' | '\u{2d0}' | '\u{3000}'..='\u{303f}')
}

/// Whether it is more than a mark, of which `unaccent` may leave nothing.
fn is_whole(c: char) -> bool {
    c.is_alphanumeric() && !is_combining_mark(c)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_query_is_split_into_words() {
        for (query, expected) in [
            ("", vec![]),
            ("  Ann   LEE ann ", vec!["ann", "lee"]),
            ("O'Brien-Müller", vec!["o", "brien", "müller"]),
            ("100%_of\\us", vec!["100", "of", "us"]),
            ("Cafe\u{301} ％ ＿ ＼", vec!["café"]),
            ("मित्र", vec!["मित्र"]),
            ("a\u{335}\u{336} x\u{20dd}", vec!["a", "x"]),
            ("佐々木 okʼinaʻ", vec!["佐", "木", "ok", "ina"]),
        ] {
            assert_eq!(words("query", query).unwrap(), expected, "{query}");
        }
    }

    #[test]
    fn what_is_too_much_or_nothing_is_refused() {
        for (query, problem) in [
            ("%", "query: has no word"),
            ("\u{345}", "query: has no word"),
            ("a b c d e f g h i", "query: must have at most 8 words"),
            ("a\0b", "query: has a control character"),
            (&"a".repeat(101), "query: must have 0 to 100 characters"),
        ] {
            assert_eq!(words("query", query).unwrap_err().to_string(), problem);
        }
        assert_eq!(words("query", "a b c d e f g h A").unwrap().len(), 8);
    }

    proptest! {
        #[test]
        fn words_mean_nothing_to_like(query in any::<String>()) {
            for word in words("query", &query).unwrap_or_default() {
                prop_assert!(!word.is_empty());
                prop_assert!(!word.contains(['%', '_', '\\', ' ', '\0', '\'']), "{word:?}");
            }
        }

        #[test]
        fn the_words_of_words_are_the_same(query in "[\\PC]{0,40}") {
            if let Ok(found) = words("query", &query) {
                prop_assert_eq!(words("query", &found.join(" ")), Ok(found));
            }
        }
    }
}
