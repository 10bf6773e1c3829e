//! Types that several resources share.

use connectus_proto::common::v1::{self as proto, Date, GeoPoint};
use prost_types::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A postal address. Absent parts are empty.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub(super) struct Address {
    street: String,
    city: String,
    province: String,
    country: String,
    postal_code: String,
    apt_number: String,
    /// Where it is on the map, or null.
    geojson: Option<Point>,
}

/// A GeoJSON point (RFC 7946).
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(super) struct Point {
    r#type: PointType,
    /// Longitude and latitude, in degrees.
    coordinates: [f64; 2],
}

/// The type of a GeoJSON point.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
pub(super) enum PointType {
    /// The only one.
    Point,
}

impl From<proto::Address> for Address {
    fn from(address: proto::Address) -> Self {
        Self {
            street: address.street,
            city: address.city,
            province: address.province,
            country: address.country,
            postal_code: address.postal_code,
            apt_number: address.apt_number,
            geojson: address.point.map(Point::from),
        }
    }
}

impl From<Address> for proto::Address {
    fn from(address: Address) -> Self {
        Self {
            street: address.street,
            city: address.city,
            province: address.province,
            country: address.country,
            postal_code: address.postal_code,
            apt_number: address.apt_number,
            point: address.geojson.map(GeoPoint::from),
        }
    }
}

impl From<GeoPoint> for Point {
    fn from(point: GeoPoint) -> Self {
        Self { r#type: PointType::Point, coordinates: [point.longitude, point.latitude] }
    }
}

impl From<Point> for GeoPoint {
    fn from(point: Point) -> Self {
        let [longitude, latitude] = point.coordinates;
        Self { longitude, latitude }
    }
}

/// A moment as the published API writes it, in Unix seconds; 0 for none.
pub(super) fn unix_seconds(time: Option<Timestamp>) -> i64 {
    time.map_or(0, |time| time.seconds)
}

/// A day as the published API writes it, `MM/DD/YYYY`; nothing if it is not written so. Whether there is such a day is for
/// auth to say.
pub(super) fn read_date(text: &str) -> Option<Date> {
    let mut parts = text.split('/').map(|part| part.bytes().all(|byte| byte.is_ascii_digit()).then_some(part));
    let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || (month.len(), day.len(), year.len()) != (2, 2, 4) {
        return None;
    }
    Some(Date { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? })
}

/// A day as the published API writes it; empty for none.
pub(super) fn write_date(date: Option<Date>) -> String {
    date.map(|Date { year, month, day }| format!("{month:02}/{day:02}/{year:04}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_read_as_they_are_written() {
        assert_eq!(write_date(read_date("02/03/1990")), "02/03/1990");
        for bad in ["", "2/3/1990", "02-03-1990", "02/03/90", "02/03/1990/", "+2/03/1990", "0２/03/1990"] {
            assert_eq!(read_date(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_date_panics(text in ".*") {
            let _ = read_date(&text);
        }
    }
}
