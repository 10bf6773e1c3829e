//! Circles on the Earth, and the boxes in which an index finds what is in them.

/// The Earth's mean radius, in kilometres (IUGG).
pub const EARTH_RADIUS_KM: f64 = 6371.0088;

/// By how many degrees a box is larger than it must be, so that rounding leaves nothing out: a tenth of a metre.
const MARGIN: f64 = 1e-6;

/// A circle on the Earth; [`fields::area`](crate::fields::area) checks one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    /// Its middle, in degrees east, from -180 to 180.
    pub longitude: f64,
    /// Its middle, in degrees north, from -90 to 90.
    pub latitude: f64,
    /// Its radius, in kilometres.
    pub radius_km: f64,
}

/// All points from west to east and from south to north, in degrees. It does not cross the antimeridian.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Its least longitude.
    pub west: f64,
    /// Its least latitude.
    pub south: f64,
    /// Its greatest longitude.
    pub east: f64,
    /// Its greatest latitude.
    pub north: f64,
}

impl Circle {
    /// The boxes that have every point of the circle, and some around it: one, or two on either side of the antimeridian.
    #[must_use]
    pub fn boxes(&self) -> Vec<Bounds> {
        let reach = (self.radius_km / EARTH_RADIUS_KM).to_degrees() + MARGIN;
        let (south, north) = ((self.latitude - reach).max(-90.0), (self.latitude + reach).min(90.0));
        let sides = |west, east| Bounds { west, south, east, north };
        let Some(width) = self.width(reach) else { return vec![sides(-180.0, 180.0)] };
        let (west, east) = (self.longitude - width, self.longitude + width);
        if west < -180.0 {
            vec![sides(-180.0, east), sides(west + 360.0, 180.0)]
        } else if east > 180.0 {
            vec![sides(-180.0, east - 360.0), sides(west, 180.0)]
        } else {
            vec![sides(west, east)]
        }
    }

    /// How many degrees of longitude what is `reach` degrees away is away at most; `None` where a pole is no further, around
    /// which there is every longitude.
    fn width(&self, reach: f64) -> Option<f64> {
        if self.latitude.abs() + reach >= 90.0 {
            return None;
        }
        let sine = reach.to_radians().sin() / self.latitude.to_radians().cos();
        Some(sine.min(1.0).asin().to_degrees() + MARGIN).filter(|width| *width < 180.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The haversine distance between a circle's middle and a point, in kilometres.
    fn distance_km(circle: Circle, longitude: f64, latitude: f64) -> f64 {
        let half = |one: f64, other: f64| ((one - other).to_radians() / 2.0).sin().powi(2);
        let cosines = circle.latitude.to_radians().cos() * latitude.to_radians().cos();
        let haversine = half(circle.latitude, latitude) + cosines * half(circle.longitude, longitude);
        2.0 * EARTH_RADIUS_KM * haversine.sqrt().min(1.0).asin()
    }

    /// The point that one gets to from the middle, in a direction, by a part of the radius.
    fn point_within(circle: Circle, direction: f64, part: f64) -> (f64, f64) {
        let (latitude, angle) = (circle.latitude.to_radians(), circle.radius_km * part / EARTH_RADIUS_KM);
        let sine = latitude.sin() * angle.cos() + latitude.cos() * angle.sin() * direction.cos();
        let (east, north) =
            (direction.sin() * angle.sin() * latitude.cos(), angle.cos() - latitude.sin() * sine.clamp(-1.0, 1.0));
        let longitude = circle.longitude + east.atan2(north).to_degrees();
        let longitude = if longitude.abs() > 180.0 { longitude - longitude.signum() * 360.0 } else { longitude };
        (longitude, sine.clamp(-1.0, 1.0).asin().to_degrees())
    }

    fn has(boxes: &[Bounds], longitude: f64, latitude: f64) -> bool {
        let inside = |b: &Bounds| (b.west..=b.east).contains(&longitude) && (b.south..=b.north).contains(&latitude);
        boxes.iter().any(inside)
    }

    fn circles() -> impl Strategy<Value = Circle> {
        let longitude = prop_oneof![-180.0..=180.0, 175.0..=180.0, -180.0..=-175.0, Just(180.0), Just(-180.0)];
        let latitude = prop_oneof![-90.0..=90.0, 85.0..=90.0, -90.0..=-85.0, Just(90.0), Just(-90.0)];
        let make = |(longitude, latitude, radius_km)| Circle { longitude, latitude, radius_km };
        (longitude, latitude, prop_oneof![0.001..=500.0, Just(500.0)]).prop_map(make)
    }

    #[test]
    fn boxes_are_about_as_large_as_their_circle() {
        let degree = EARTH_RADIUS_KM.to_radians();
        let boxes = |longitude, latitude| Circle { longitude, latitude, radius_km: degree }.boxes();
        let about = |bounds: &Bounds, sides: [f64; 4]| {
            let found = [bounds.west, bounds.south, bounds.east, bounds.north];
            assert!(found.iter().zip(sides).all(|(found, side)| (found - side).abs() < 1e-3), "{bounds:?}");
        };
        about(&boxes(10.0, 0.0)[0], [9.0, -1.0, 11.0, 1.0]);
        about(&boxes(10.0, 60.0)[0], [8.0, 59.0, 12.0, 61.0]);
        about(&boxes(10.0, 89.5)[0], [-180.0, 88.5, 180.0, 90.0]);
        let [west, east] = boxes(-179.5, 0.0)[..] else { unreachable!("it crosses the antimeridian") };
        about(&west, [-180.0, -1.0, -178.5, 1.0]);
        about(&east, [179.5, -1.0, 180.0, 1.0]);
    }

    proptest! {
        #[test]
        fn whatever_is_in_a_circle_is_in_its_boxes(circle in circles(), direction in 0.0..7.0, part in 0.0..=1.0) {
            let (longitude, latitude) = point_within(circle, direction, part);
            prop_assert!(distance_km(circle, longitude, latitude) <= circle.radius_km + 1e-3);
            prop_assert!(has(&circle.boxes(), longitude, latitude), "{longitude} {latitude}: {:?}", circle.boxes());
        }

        #[test]
        fn boxes_are_on_the_earth_and_apart(circle in circles()) {
            let boxes = circle.boxes();
            for bounds in &boxes {
                prop_assert!(-180.0 <= bounds.west && bounds.west <= bounds.east && bounds.east <= 180.0);
                prop_assert!(-90.0 <= bounds.south && bounds.south <= bounds.north && bounds.north <= 90.0);
            }
            if let [one, other] = boxes[..] {
                prop_assert!(one.east < other.west);
            }
            // The middle is in one, from whichever side of the antimeridian it is written.
            prop_assert!(has(&boxes, circle.longitude, circle.latitude));
            if circle.longitude.abs() >= 180.0 {
                prop_assert!(has(&boxes, -circle.longitude, circle.latitude));
            }
        }
    }
}
