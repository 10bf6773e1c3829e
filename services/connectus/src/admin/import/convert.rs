//! Makes the requests of an import from the former system's documents. The rules are the services': they say what they refuse.

use std::collections::HashMap;

use chrono::Datelike;
use chrono::{DateTime, NaiveDate, Utc};
use connectus_platform::{fields::FieldError, ids};
use connectus_proto::{
    account::v1::{self as account, Gender},
    auth::v1::ImportCredentialsRequest,
    common::v1::{AccountType, Address, Date, GeoPoint},
    experience::v1::{ExperienceDetails, ImportedExperience, Validator, validator},
};
use prost_types::Timestamp;

use super::document::{self, Document, Moment};

/// What kind of account it is.
pub(super) fn account_type(document: &Document) -> Result<AccountType, FieldError> {
    match document.kind.to_ascii_lowercase().as_str() {
        "user" => Ok(AccountType::User),
        "organization" => Ok(AccountType::Organization),
        _ => Err(FieldError::new("type", "must be User or Organization")),
    }
}

/// The account with its profile and settings.
pub(super) fn account(document: &Document) -> Result<account::ImportAccountRequest, FieldError> {
    let is_user = account_type(document)? == AccountType::User;
    let owner = if is_user {
        account::account::Owner::User(user(document)?)
    } else {
        account::account::Owner::Organization(organization(document))
    };
    let count = |list: &Vec<_>| i64::try_from(list.len()).unwrap_or(i64::MAX);
    let account = account::Account {
        id: document.id.clone(),
        email: document.email.clone(),
        avatar_url: document.avatar.clone(),
        header_url: document.header.clone(),
        create_time: Some(create_time("_id", document.created_at, &document.id)?),
        posts_count: count(&document.posts),
        liked_count: count(&document.liked),
        shared_count: count(&document.shared),
        owner: Some(owner),
    };
    let profile = document.profile.as_ref().map(|profile| self::profile(profile, is_user)).transpose()?;
    let settings = document.settings.as_ref().map(|settings| self::settings(settings, is_user));
    Ok(account::ImportAccountRequest { account: Some(account), profile, settings })
}

/// What the account logs in with.
pub(super) fn credentials(document: &Document, operator: &str) -> Result<ImportCredentialsRequest, FieldError> {
    Ok(ImportCredentialsRequest {
        account_id: document.id.clone(),
        email: document.email.clone(),
        password_hash: document.password.clone(),
        account_type: account_type(document)?.into(),
        email_verified: document.is_email_verified,
        create_time: Some(create_time("_id", document.created_at, &document.id)?),
        operator: operator.to_owned(),
        validate_only: false,
    })
}

fn user(document: &Document) -> Result<account::User, FieldError> {
    let gender = match document.gender.to_ascii_lowercase().as_str() {
        "" => Gender::Unspecified,
        "male" => Gender::Male,
        "female" => Gender::Female,
        "other" => Gender::Other,
        _ => return Err(FieldError::new("gender", "must be Male, Female, Other or empty")),
    };
    Ok(account::User {
        first_name: document.first_name.clone(),
        middle_name: document.middle_name.clone(),
        last_name: document.last_name.clone(),
        birthday: Some(birthday(&document.birthday)?),
        gender: gender.into(),
    })
}

fn organization(document: &Document) -> account::Organization {
    account::Organization {
        preferred_name: document.preferred_name.clone(),
        is_verified: document.is_verified,
        opportunity_ids: document.opportunities.clone(),
    }
}

/// A day as `MM/DD/YYYY`, or as the beginning of a time after RFC 3339.
fn birthday(text: &str) -> Result<Date, FieldError> {
    let day = text.split('T').next().unwrap_or_default();
    let day = NaiveDate::parse_from_str(text, "%m/%d/%Y").or_else(|_| NaiveDate::parse_from_str(day, "%Y-%m-%d"));
    let day = day.map_err(|_| FieldError::new("birthday", "must be a real date as MM/DD/YYYY"))?;
    // A month and a day of the calendar are small.
    let (month, day_of_month) = (day.month().cast_signed(), day.day().cast_signed());
    Ok(Date { year: day.year(), month, day: day_of_month })
}

/// When something was made: as it says, or else when its id was.
fn create_time(field: &str, said: Option<Moment>, id: &str) -> Result<Timestamp, FieldError> {
    let id = ids::former(id).ok_or_else(|| FieldError::new(field, "must be 24 hexadecimal digits"))?;
    let of_id = id.get_timestamp().map(|time| time.to_unix().0).unwrap_or_default();
    let of_id = i64::try_from(of_id).unwrap_or_default();
    Ok(said.map_or(Timestamp { seconds: of_id, nanos: 0 }, |Moment(time)| timestamp(time)))
}

fn timestamp(time: DateTime<Utc>) -> Timestamp {
    let nanos = time.timestamp_subsec_nanos().min(999_999_999).cast_signed();
    Timestamp { seconds: time.timestamp(), nanos }
}

fn profile(profile: &document::Profile, is_user: bool) -> Result<account::Profile, FieldError> {
    let owner = if is_user {
        account::profile::Owner::User(account::UserProfile {
            interests: profile.interests.clone(),
            biography: profile.biography.clone(),
            education: profile.education.clone(),
            quote: profile.quote.clone(),
            current_residence: profile.current_residence.clone(),
            certifications: profile.certifications.clone(),
        })
    } else {
        account::profile::Owner::Organization(account::OrganizationProfile {
            mission: profile.mission.clone(),
            quote: profile.quote.clone(),
            address: profile.address.as_ref().map(|address| self::address("profile.address", address)).transpose()?,
            affiliated_organization_ids: profile.affiliated_orgs.clone(),
            interests: profile.interests.clone(),
        })
    };
    Ok(account::Profile { owner: Some(owner) })
}

/// Settings; those that are not said are as an account starts with them.
fn settings(settings: &document::Settings, is_user: bool) -> account::Settings {
    let allow_messages_from_unknown = settings.allow_messages_from_unknown.unwrap_or(true);
    let owner = if is_user {
        account::settings::Owner::User(account::UserSettings {
            allow_messages_from_unknown,
            email_notifications: settings.email_notifications.unwrap_or(false),
            is_full_name_visible: settings.is_full_name_visible.unwrap_or(true),
            blocked_account_ids: Vec::new(),
            share_with_communities: true,
        })
    } else {
        account::settings::Owner::Organization(account::OrganizationSettings {
            allow_messages_from_unknown,
            email_notifications: settings.email_notifications.unwrap_or(true),
            is_nonprofit: settings.is_nonprofit,
        })
    };
    account::Settings { owner: Some(owner) }
}

fn address(field: &str, address: &document::Address) -> Result<Address, FieldError> {
    let point = match address.geojson.as_ref().map(|point| point.coordinates.as_slice()) {
        None | Some([]) => None,
        Some(&[longitude, latitude]) => Some(GeoPoint { longitude, latitude }),
        Some(_) => return Err(FieldError::new(format!("{field}.geojson"), "must have a longitude and a latitude")),
    };
    Ok(Address {
        street: address.street.clone(),
        city: address.city.clone(),
        province: address.province.clone(),
        country: address.country.clone(),
        postal_code: address.postal_code.clone(),
        apt_number: address.apt_number.clone(),
        point,
    })
}

/// The organizations on the site that confirmed experiences, for which their names are to be found.
pub(super) fn confirming_organizations(document: &Document) -> Vec<String> {
    let confirmed = document.experiences.iter().filter(|experience| experience.is_verified && !experience.email_verify);
    let mut ids: Vec<String> = confirmed.map(|experience| experience.organization.clone()).collect();
    // What is no id is refused further on.
    ids.retain(|id| ids::parse(id).is_some());
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The experiences, with the names of the organizations that confirmed them, by id.
pub(super) fn experiences(
    document: &Document,
    names: &HashMap<String, String>,
) -> Result<Vec<ImportedExperience>, FieldError> {
    let experiences = document.experiences.iter().enumerate();
    experiences.map(|(index, one)| experience(&format!("experiences[{index}]"), one, names)).collect()
}

fn experience(
    field: &str,
    experience: &document::Experience,
    names: &HashMap<String, String>,
) -> Result<ImportedExperience, FieldError> {
    let hours = i32::try_from(experience.hours);
    let hours = hours.map_err(|_| FieldError::new(format!("{field}.hours"), "is out of range"))?;
    let location = experience.location.as_ref().or(experience.address.as_ref());
    let details = ExperienceDetails {
        name: experience.name.clone(),
        description: experience.description.clone(),
        opportunity_id: experience.opportunity.clone(),
        location: location.map(|location| address(&format!("{field}.location"), location)).transpose()?,
        begin: experience.when.begin.clone(),
        end: experience.when.end.clone(),
        hours,
    };
    let confirmed_by = if experience.is_verified { names.get(&experience.organization) } else { None };
    Ok(ImportedExperience {
        experience_id: experience.id.clone(),
        details: Some(details),
        validator: validator(experience),
        is_verified: experience.is_verified,
        create_time: Some(create_time(&format!("{field}._id"), experience.created_at, &experience.id)?),
        organization_name: confirmed_by.cloned().unwrap_or_default(),
    })
}

fn validator(experience: &document::Experience) -> Option<Validator> {
    let asked = experience.organization.trim();
    if asked.is_empty() {
        return None;
    }
    let asked = asked.to_owned();
    let validator = if experience.email_verify {
        validator::Validator::Email(asked)
    } else {
        validator::Validator::OrganizationId(asked)
    };
    Some(Validator { validator: Some(validator) })
}
