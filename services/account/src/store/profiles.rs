//! Profiles.

use connectus_platform::{
    fields::FieldError,
    store::{self, Connection, Pool, StoreError},
};
use connectus_proto::{
    account::v1::{OrganizationProfile, Profile, UserProfile, profile::Owner},
    common::v1::{Address, GeoPoint},
};
use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
    dsl::{exists, not},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    accounts::{self as stored_accounts, ORGANIZATION, blocks_of},
    schema::{accounts, profiles},
};
use crate::domain::{Error, profile::AFFILIATIONS_FIELD};

#[derive(AsChangeset, Default, Insertable, Queryable, Selectable)]
#[diesel(table_name = profiles)]
pub(super) struct Row {
    interests: Vec<String>,
    quote: String,
    biography: String,
    education: String,
    current_residence: String,
    certifications: String,
    mission: String,
    affiliated_organization_ids: Vec<Uuid>,
    street: String,
    city: String,
    province: String,
    country: String,
    postal_code: String,
    apt_number: String,
    #[diesel(treat_none_as_null = true)]
    longitude: Option<f64>,
    #[diesel(treat_none_as_null = true)]
    latitude: Option<f64>,
}

impl Row {
    fn into_profile(self, account_type: &str) -> Profile {
        let owner = if account_type == ORGANIZATION {
            Owner::Organization(self.into_organization())
        } else {
            Owner::User(UserProfile {
                interests: self.interests,
                biography: self.biography,
                education: self.education,
                quote: self.quote,
                current_residence: self.current_residence,
                certifications: self.certifications,
            })
        };
        Profile { owner: Some(owner) }
    }

    fn into_organization(self) -> OrganizationProfile {
        let point = self.longitude.zip(self.latitude).map(|(longitude, latitude)| GeoPoint { longitude, latitude });
        let address = Address {
            street: self.street,
            city: self.city,
            province: self.province,
            country: self.country,
            postal_code: self.postal_code,
            apt_number: self.apt_number,
            point,
        };
        OrganizationProfile {
            mission: self.mission,
            quote: self.quote,
            address: Some(address),
            affiliated_organization_ids: self.affiliated_organization_ids.iter().map(Uuid::to_string).collect(),
            interests: self.interests,
        }
    }
}

impl From<Profile> for Row {
    fn from(profile: Profile) -> Self {
        match profile.owner {
            Some(Owner::User(user)) => Self {
                interests: user.interests,
                quote: user.quote,
                biography: user.biography,
                education: user.education,
                current_residence: user.current_residence,
                certifications: user.certifications,
                ..Self::default()
            },
            Some(Owner::Organization(organization)) => organization.into(),
            None => Self::default(),
        }
    }
}

impl From<OrganizationProfile> for Row {
    fn from(profile: OrganizationProfile) -> Self {
        let address = profile.address.unwrap_or_default();
        Self {
            interests: profile.interests,
            quote: profile.quote,
            mission: profile.mission,
            affiliated_organization_ids: ids(&profile.affiliated_organization_ids),
            street: address.street,
            city: address.city,
            province: address.province,
            country: address.country,
            postal_code: address.postal_code,
            apt_number: address.apt_number,
            longitude: address.point.map(|point| point.longitude),
            latitude: address.point.map(|point| point.latitude),
            ..Self::default()
        }
    }
}

/// Ids that the domain has checked.
fn ids(ids: &[String]) -> Vec<Uuid> {
    ids.iter().filter_map(|id| id.parse().ok()).collect()
}

/// Finds an account's profile, unless the account has blocked the viewer.
pub(crate) async fn find(pool: &Pool, id: Uuid, viewer: Option<Uuid>) -> Result<Option<Profile>, StoreError> {
    store::reading(pool, |mut conn| async move {
        let viewer = viewer.unwrap_or_default();
        let found = accounts::table
            .inner_join(profiles::table)
            .filter(accounts::id.eq(id))
            .filter(not(exists(blocks_of(viewer))))
            .select((accounts::account_type, Row::as_select()));
        let found: Option<(String, Row)> = found.first(&mut conn).await.optional()?;
        Ok(found.map(|(account_type, row)| row.into_profile(&account_type)))
    })
    .await
}

/// Changes an account's profile while nobody else does, and returns it. The account's key is not locked: two organizations
/// that name each other would wait for each other.
pub(crate) async fn update(
    pool: &Pool,
    id: Uuid,
    change: impl FnOnce(&mut Profile) -> Result<(), FieldError> + Send,
) -> Result<Profile, Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let found = accounts::table
            .inner_join(profiles::table)
            .filter(accounts::id.eq(id))
            .select((accounts::account_type, Row::as_select()))
            .for_no_key_update();
        let found: Option<(String, Row)> = found.first(conn).await.optional()?;
        let (account_type, row) = found.ok_or(Error::AccountNotFound)?;
        let affiliated = row.affiliated_organization_ids.clone();
        let mut profile = row.into_profile(&account_type);
        change(&mut profile)?;
        check_affiliations(conn, &profile, &affiliated).await?;
        diesel::update(profiles::table.find(id)).set(Row::from(profile.clone())).execute(conn).await?;
        Ok(profile)
    })
    .await
}

/// Refuses affiliations with what is no organization. One that is gone since hinders no change of something else.
async fn check_affiliations(conn: &mut AsyncPgConnection, profile: &Profile, before: &[Uuid]) -> Result<(), Error> {
    let Some(Owner::Organization(organization)) = &profile.owner else { return Ok(()) };
    let wanted = ids(&organization.affiliated_organization_ids);
    if wanted == before {
        return Ok(());
    }
    if stored_accounts::existing(conn, &wanted, &[ORGANIZATION]).await?.len() < wanted.len() {
        return Err(FieldError::new(AFFILIATIONS_FIELD, "has the id of no organization").into());
    }
    Ok(())
}
