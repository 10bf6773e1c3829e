//! What the queries of searches hold.

use connectus_proto::common::v1::{Area, GeoPoint};

use crate::failure::Failure;

/// The radius of an area where none is given, in kilometres.
const RADIUS_KM: f64 = 25.0;

/// A list that is written with commas; parts without a letter are none.
pub(super) fn list(text: Option<&str>) -> Vec<String> {
    let parts = text.unwrap_or_default().split(',').map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// An area around a point that is written as longitude and latitude; a radius alone is none.
pub(super) fn area(near: Option<&str>, radius_km: Option<&str>) -> Result<Option<Area>, Failure> {
    let radius_km = match radius_km {
        None => RADIUS_KM,
        Some(text) => text.trim().parse().map_err(|_| Failure::invalid("radius_km"))?,
    };
    let Some(near) = near else { return Ok(None) };
    let center = point(near).ok_or_else(|| Failure::invalid("near"))?;
    Ok(Some(Area { center: Some(center), radius_km }))
}

fn point(text: &str) -> Option<GeoPoint> {
    let (longitude, latitude) = text.split_once(',')?;
    Some(GeoPoint { longitude: longitude.trim().parse().ok()?, latitude: latitude.trim().parse().ok()? })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lists_have_the_parts_between_their_commas() {
        assert_eq!(list(Some(" a b,c ,,é,")), ["a b", "c", "é"]);
        assert!(list(Some(" , ")).is_empty() && list(None).is_empty());
    }

    #[test]
    fn an_area_is_around_a_point() {
        let read = |near, radius| area(near, radius).ok().flatten().map(|area| (area.center, area.radius_km));
        let center = Some(GeoPoint { longitude: 7.1, latitude: -50.0 });
        assert_eq!(read(Some("7.1, -50"), None), Some((center, 25.0)));
        assert_eq!(read(Some("7.1,-50"), Some("3.5")), Some((center, 3.5)));
        assert!(area(None, Some("3")).is_ok_and(|area| area.is_none()));
        for (near, radius) in [("7.1", None), ("7.1,x", None), ("1,2,3", None), ("", None), ("1,2", Some("x"))] {
            assert!(area(Some(near), radius).is_err(), "{near} {radius:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(near in ".{0,20}", radius in ".{0,8}") {
            let _ = area(Some(&near), Some(&radius));
            prop_assert!(list(Some(&near)).iter().all(|part| !part.is_empty() && !part.contains(',')));
        }
    }
}
