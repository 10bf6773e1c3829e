//! The pictures of accounts that have chosen none: made of the id, and the same each time.

use askama::Template;
use axum::{
    response::{IntoResponse, Response},
    routing::get,
};
use connectus_platform::{ids, service::Links};
use http::{
    HeaderName, HeaderValue, Method,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
};

use super::Params;
use crate::{
    failure::{Failure, general},
    route::{Answer, Auth, Origin, Route},
};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/v1/accounts/{id}/avatar.svg",
        summary: "The picture of an account that has chosen none, made of its id.",
        details: "Whether there is such an account is not looked up.",
        origin: Origin::Added,
        auth: Auth::None,
        query: &[],
        rpcs: &[],
        body: None,
        answer: Answer::Svg,
        errors: &[general::NOT_FOUND],
        handler: || get(avatar),
    },
    Route {
        method: Method::GET,
        path: "/v1/accounts/{id}/header.svg",
        summary: "The header picture of an account that has chosen none, made of its id.",
        details: "Whether there is such an account is not looked up.",
        origin: Origin::Added,
        auth: Auth::None,
        query: &[],
        rpcs: &[],
        body: None,
        answer: Answer::Svg,
        errors: &[general::NOT_FOUND],
        handler: || get(header),
    },
];

/// A picture loads nothing and runs nothing, wherever it is shown.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox";
/// It stays the same, but for a release that draws better.
const CACHE: &str = "public, max-age=604800";
/// Pages of other origins may show it (Fetch, section 3.7).
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The colours of the ground and of what is on it.
const COLOURS: [(&str, &str); 12] = [
    ("#e3eefb", "#2f6fb5"),
    ("#e2f3ef", "#1f8a70"),
    ("#fdeee0", "#c8702a"),
    ("#f1e8fa", "#7a4fb0"),
    ("#fbe6ea", "#b8435c"),
    ("#eaf4df", "#5b8c2a"),
    ("#e0f2f7", "#23809c"),
    ("#fbf3d9", "#a67c12"),
    ("#e7e9fb", "#4a55b8"),
    ("#fae6f4", "#a8478f"),
    ("#ece9e4", "#6f6253"),
    ("#e4ebe8", "#46685c"),
];

/// How many cells wide and high the pattern of an avatar is.
const CELLS: u64 = 5;
/// How many waves a header has.
const WAVES: usize = 3;

/// Where an account's avatar is, if it has chosen none.
pub(super) fn avatar_url(Links { public_url, .. }: &Links, id: &str) -> String {
    format!("{public_url}/v1/accounts/{id}/avatar.svg")
}

/// Where an account's header picture is, if it has chosen none.
pub(super) fn header_url(Links { public_url, .. }: &Links, id: &str) -> String {
    format!("{public_url}/v1/accounts/{id}/header.svg")
}

/// A pattern of cells, whose right half mirrors its left.
#[derive(Template)]
#[template(path = "avatar.svg")]
struct Avatar {
    ground: &'static str,
    ink: &'static str,
    cells: Vec<(u64, u64)>,
}

/// Waves, one before the other.
#[derive(Template)]
#[template(path = "header.svg")]
struct Header {
    ground: &'static str,
    ink: &'static str,
    waves: [Wave; WAVES],
}

/// A wave: how far from the top it begins, swings up, swings down, and ends.
struct Wave {
    begin: u64,
    up: u64,
    down: u64,
    end: u64,
}

/// Numbers that look like chance and follow from an id alone (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn of(id: &str) -> Option<Self> {
        let (high, low) = ids::parse(id)?.as_u64_pair();
        Some(Self(high.rotate_left(32) ^ low))
    }

    /// The next one below a bound.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn colours(&mut self) -> (&'static str, &'static str) {
        let number = self.below(COLOURS.len() as u64);
        COLOURS.into_iter().zip(0..).find(|(_, index)| *index == number).map_or(COLOURS[0], |(colours, _)| colours)
    }
}

impl Avatar {
    fn new(mut numbers: Numbers) -> Self {
        let (ground, ink) = numbers.colours();
        let half = CELLS.div_ceil(2);
        let filled = (0..half * CELLS).filter(|_| numbers.below(2) == 0).map(|cell| (cell % half, cell / half));
        let cells = filled.flat_map(|(x, y)| [(x, y), (CELLS - 1 - x, y)]).collect();
        Self { ground, ink, cells }
    }
}

impl Header {
    fn new(mut numbers: Numbers) -> Self {
        let (ground, ink) = numbers.colours();
        let waves = [80, 140, 200].map(|top| Wave {
            begin: top + numbers.below(50),
            up: top - numbers.below(80),
            down: top + 40 + numbers.below(60),
            end: top + numbers.below(50),
        });
        Self { ground, ink, waves }
    }
}

async fn avatar(Params(id): Params<String>) -> Result<Response, Failure> {
    draw(&id, Avatar::new)
}

async fn header(Params(id): Params<String>) -> Result<Response, Failure> {
    draw(&id, Header::new)
}

fn draw<T: Template>(id: &str, picture: impl FnOnce(Numbers) -> T) -> Result<Response, Failure> {
    let numbers = Numbers::of(id).ok_or(Failure::General(&general::NOT_FOUND))?;
    let svg = picture(numbers).render().map_err(|error| {
        tracing::error!(%error, "a picture cannot be drawn");
        Failure::General(&general::INTERNAL)
    })?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (CACHE_CONTROL, HeaderValue::from_static(CACHE)),
        (CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin")),
    ];
    Ok((headers, svg).into_response())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn avatar_of(id: u128) -> Avatar {
        Avatar::new(Numbers::of(&format!("{id:032x}")).unwrap())
    }

    #[test]
    fn pictures_of_accounts_made_one_after_the_other_differ() {
        let drawn = (0..1000).map(|offset| avatar_of(0x0193_e0d2_0000_7000_8000_0000_0000_0000 + offset).render());
        let drawn: std::collections::HashSet<_> = drawn.map(Result::unwrap).collect();
        assert!(drawn.len() > 980, "{} of 1000", drawn.len());
    }

    proptest! {
        #[test]
        fn an_avatar_is_symmetric_and_within_its_frame(id: u128) {
            let cells = avatar_of(id).cells;
            for (x, y) in &cells {
                prop_assert!(*x < CELLS && *y < CELLS);
                prop_assert!(cells.contains(&(CELLS - 1 - x, *y)));
            }
        }

        #[test]
        fn no_text_panics(id in ".{0,40}") {
            let _ = draw(&id, Header::new);
        }
    }
}
