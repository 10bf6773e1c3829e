//! Pages of a list: newest first, or in an order of its own.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::fields::FieldError;

const DEFAULT_SIZE: i32 = 50;
const MAX_SIZE: i32 = 200;

/// Which page of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many elements.
    pub size: i64,
    /// The last element of the page before it.
    pub before: Option<Uuid>,
}

impl Page {
    /// Reads a page's size and token.
    pub fn new(size: i32, token: &str) -> Result<Self, FieldError> {
        let size = checked(size)?;
        let before = match token {
            "" => None,
            token => Some(decode(token).ok_or_else(no_token)?),
        };
        Ok(Self { size, before })
    }

    /// Cuts a list that was read with one element too many, and returns the next page's token, empty if there is none.
    pub fn cut<T>(self, list: &mut Vec<T>, id: impl Fn(&T) -> Uuid) -> String {
        let end = cut(list, self.size);
        end.map(|end| Self::token_after(id(end))).unwrap_or_default()
    }

    /// The token of the page that follows an element.
    #[must_use]
    pub fn token_after(id: Uuid) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(id)
    }
}

fn decode(token: &str) -> Option<Uuid> {
    Uuid::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(token).ok()?).ok()
}

/// Which page is asked for of a list whose order takes more than an id: a position in it says what comes before what, and
/// has no floating-point number, which JSON might change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked<P> {
    /// How many elements.
    pub size: i64,
    /// Where the page before it ended. It comes from the caller, who may have made it up; no text in it has a NUL.
    pub after: Option<P>,
}

impl<P: Serialize + DeserializeOwned> Ranked<P> {
    /// Reads a page's size and token.
    pub fn new(size: i32, token: &str) -> Result<Self, FieldError> {
        let after = match token {
            "" => None,
            token => Some(position(token).ok_or_else(no_token)?),
        };
        Ok(Self { size: checked(size)?, after })
    }

    /// Cuts a list that was read with one element too many, and returns the next page's token, empty if there is none.
    pub fn cut<T>(&self, list: &mut Vec<T>, position: impl Fn(&T) -> P) -> String {
        let end = cut(list, self.size).and_then(|end| serde_json::to_vec(&position(end)).ok());
        end.map(|position| BASE64_URL_SAFE_NO_PAD.encode(position)).unwrap_or_default()
    }
}

fn position<P: DeserializeOwned>(token: &str) -> Option<P> {
    let json = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    if json.contains("\\u0000") { None } else { serde_json::from_str(&json).ok() }
}

fn checked(size: i32) -> Result<i64, FieldError> {
    match size {
        0 => Ok(DEFAULT_SIZE.into()),
        1..=MAX_SIZE => Ok(size.into()),
        _ => Err(FieldError::new("page_size", format!("must be from 1 to {MAX_SIZE}"))),
    }
}

fn no_token() -> FieldError {
    FieldError::new("page_token", "is not a page's token")
}

/// Cuts a list to a size, and returns its new end; `None` if it is no longer than that.
fn cut<T>(list: &mut Vec<T>, size: i64) -> Option<&T> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if list.len() <= size {
        return None;
    }
    list.truncate(size);
    list.last()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pages_cover_a_list_once(length in 0..30_u128, size in 1..10_i32) {
            let all: Vec<Uuid> = (0..length).rev().map(Uuid::from_u128).collect();
            let (mut seen, mut token) = (Vec::new(), String::new());
            loop {
                let page = Page::new(size, &token).unwrap();
                let rest = all.iter().copied().filter(|id| page.before.is_none_or(|before| *id < before));
                let mut read: Vec<Uuid> = rest.take(usize::try_from(page.size).unwrap() + 1).collect();
                token = page.cut(&mut read, |id| *id);
                seen.extend(read);
                if token.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(seen, all);
        }

        #[test]
        fn no_token_panics(size: i32, token in ".*") {
            let _ = Page::new(size, &token);
            let _ = Ranked::<(String, Uuid)>::new(size, &token);
        }

        #[test]
        fn a_position_is_read_as_it_was_written_and_has_no_nul(rank: i64, name in ".*\\x00?.*", id: u128) {
            let written = (rank, name.clone(), Uuid::from_u128(id));
            let first = Ranked { size: 1, after: None };
            let token = first.cut(&mut vec![(), ()], |()| written.clone());
            let read = Ranked::new(1, &token);
            if name.contains('\0') {
                prop_assert_eq!(read.unwrap_err().field, "page_token");
            } else if !name.contains("\\u0000") {
                prop_assert_eq!(read.unwrap().after, Some(written.clone()));
            }
            prop_assert_eq!(first.cut(&mut vec![()], |()| written.clone()), "");
        }
    }
}
