//! Pages of a list, newest first.

use crate::fields::FieldError;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use uuid::Uuid;

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
        let size = match size {
            0 => DEFAULT_SIZE,
            1..=MAX_SIZE => size,
            _ => return Err(FieldError::new("page_size", format!("must be from 1 to {MAX_SIZE}"))),
        };
        let before = match token {
            "" => None,
            token => Some(decode(token).ok_or_else(|| FieldError::new("page_token", "is not a page's token"))?),
        };
        Ok(Self { size: size.into(), before })
    }

    /// Cuts a list that was read with one element too many, and returns the next page's token, empty if there is none.
    pub fn cut<T>(self, list: &mut Vec<T>, id: impl Fn(&T) -> Uuid) -> String {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        if list.len() <= size {
            return String::new();
        }
        list.truncate(size);
        list.last().map(|last| BASE64_URL_SAFE_NO_PAD.encode(id(last))).unwrap_or_default()
    }
}

fn decode(token: &str) -> Option<Uuid> {
    Uuid::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(token).ok()?).ok()
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
        }
    }
}
