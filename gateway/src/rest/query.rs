//! The queries of searches, each parameter of which names itself where it is bad.

use axum::{
    extract::{FromRequestParts, Query as AxumQuery},
    http::request::Parts,
};
use connectus_proto::common::v1::{Area, GeoPoint};

use crate::{failure::Failure, upstream::Gateway};

/// How far around a point is searched where the query does not say, in kilometres.
const DEFAULT_RADIUS_KM: f64 = 25.0;

/// The parameters of a query, in their order.
pub(super) struct Query(Vec<(String, String)>);

impl FromRequestParts<Gateway> for Query {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Failure> {
        let AxumQuery(parameters) =
            AxumQuery::from_request_parts(parts, gateway).await.map_err(|_| Failure::InvalidField(None))?;
        Ok(Self(parameters))
    }
}

impl Query {
    /// A parameter's value, without the white space around it; none where it is absent or empty. Twice it is refused.
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, Failure> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.trim());
        let value = values.next().filter(|value| !value.is_empty());
        if values.next().is_some() { Err(Failure::invalid(name)) } else { Ok(value) }
    }

    /// A parameter's value as a text; empty where it is absent.
    pub(super) fn text(&self, name: &str) -> Result<String, Failure> {
        Ok(self.one(name)?.unwrap_or_default().to_owned())
    }

    /// A parameter's values, with commas between them.
    pub(super) fn list(&self, name: &str) -> Result<Vec<String>, Failure> {
        Ok(self
            .one(name)?
            .map(|list| list.split(',').map(|value| value.trim().to_owned()).collect())
            .unwrap_or_default())
    }

    /// The circle that `near` and `radius_km` make, if there is one.
    pub(super) fn area(&self) -> Result<Option<Area>, Failure> {
        let radius_km = self.one("radius_km")?.map(|radius| number("radius_km", radius)).transpose()?;
        let Some(near) = self.one("near")? else {
            // A radius is around something.
            return if radius_km.is_none() { Ok(None) } else { Err(Failure::invalid("near")) };
        };
        let (longitude, latitude) = near.split_once(',').ok_or_else(|| Failure::invalid("near"))?;
        let center = GeoPoint { longitude: number("near", longitude)?, latitude: number("near", latitude)? };
        Ok(Some(Area { center: Some(center), radius_km: radius_km.unwrap_or(DEFAULT_RADIUS_KM) }))
    }
}

fn number(name: &str, text: &str) -> Result<f64, Failure> {
    text.trim().parse().map_err(|_| Failure::invalid(name))
}
