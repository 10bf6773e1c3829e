//! Ids: UUIDs, and those of the former system.

use uuid::Uuid;

/// How many hexadecimal digits an id of the former system has (a MongoDB ObjectId).
const FORMER_LENGTH: usize = 24;

/// Reads an id: a UUID, or one of the former system, wherever an id may stand. `None` if it is neither.
#[must_use]
pub fn parse(text: &str) -> Option<Uuid> {
    former(text).or_else(|| text.parse().ok())
}

/// The id under which something of the former system is kept: a UUIDv7 of its own time (RFC 9562, section 5.7), so that it
/// sorts among newer ones, with the rest of the former id as its random part. No two former ids become the same.
#[must_use]
pub fn former(text: &str) -> Option<Uuid> {
    if text.len() != FORMER_LENGTH || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let (seconds, rest) = text.split_at_checked(8)?;
    let milliseconds = u64::from_str_radix(seconds, 16).ok()? * 1000;
    let rest = u64::from_str_radix(rest, 16).ok()?;
    // 74 bits are free beside the time: ten zeros, and the 64 that are left of the former id.
    let mut random = [0; 10];
    random[0..2].copy_from_slice(&u16::try_from(rest >> 62).ok()?.to_be_bytes());
    random[2..10].copy_from_slice(&(rest & (u64::MAX >> 2)).to_be_bytes());
    Some(uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid())
}

/// A new id that is greater than the last one: one of now, or the next one after the last where clocks differ.
#[must_use]
pub fn after(last: Uuid) -> Uuid {
    let now = Uuid::now_v7();
    if now > last { now } else { Uuid::from_u128(last.as_u128().wrapping_add(1)) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_former_id_keeps_its_time() {
        let id = parse("507f1f77bcf86cd799439011").unwrap();
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.get_timestamp().unwrap().to_unix(), (0x507f_1f77, 0));
        assert_eq!(id, parse(&id.to_string()).unwrap());
        assert_eq!(id, parse("507F1F77BCF86CD799439011").unwrap());
    }

    #[test]
    fn what_is_no_id_is_none() {
        for bad in ["", "me", "507f1f77bcf86cd79943901", "507f1f77bcf86cd79943901x", "507f1f77bcf86cd7994390é"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn ids_grow_whatever_the_clock_says(last in 0..u128::MAX) {
            let last = Uuid::from_u128(last);
            prop_assert!(after(last) > last);
        }


        #[test]
        fn no_two_former_ids_are_one_and_older_ones_sort_before(one in 0..1_u128 << 96, other in 0..1_u128 << 96) {
            let id = |former: u128| parse(&format!("{former:024x}")).unwrap();
            let (one_id, other_id) = (id(one), id(other));
            prop_assert_eq!(one.cmp(&other), one_id.cmp(&other_id));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = parse(&text);
        }
    }
}
