//! The attributes of a SCIM user, and how each is written into the account.
//!
//! Create, replace and patch all come down to [`assign`]: they differ only in which attributes they name.

use serde_json::{Map, Value};

use super::body::{boolean, text};
use super::{CUSTOM_SCHEMA, ENTERPRISE_SCHEMA, ScimError, USER_SCHEMA};
use crate::call::member;
use crate::platform::params::parse_id;
use crate::state::Directory;
use crate::state::user::{Password, User};

/// The three kinds of telephone number an account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phone {
    Work,
    Home,
    Mobile,
}

impl Phone {
    pub(crate) const ALL: [Self; 3] = [Self::Work, Self::Home, Self::Mobile];

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Home => "home",
            Self::Mobile => "mobile",
        }
    }

    pub(crate) fn from_label(label: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|phone| phone.label().eq_ignore_ascii_case(label))
    }

    pub(crate) fn of(self, user: &User) -> Option<&str> {
        match self {
            Self::Work => user.office_number.as_deref(),
            Self::Home => user.rare().and_then(|rare| rare.home_number.as_deref()),
            Self::Mobile => user.mobile_number.as_deref(),
        }
    }

    fn set(self, user: &mut User, number: Option<&str>) {
        match self {
            Self::Work => user.office_number = number.map(Into::into),
            Self::Home => user.rare_mut().home_number = number.map(Into::into),
            Self::Mobile => user.mobile_number = number.map(Into::into),
        }
    }
}

/// What can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Attribute {
    UserName,
    DisplayName,
    Name,
    FormattedName,
    GivenName,
    FamilyName,
    PreferredLanguage,
    Active,
    Password,
    Emails,
    EmailValue,
    PhoneNumbers,
    PhoneValue(Phone),
    Enterprise,
    Organization,
    Manager,
    CustomBlock,
    Custom(String),
}

impl Attribute {
    /// Finds an attribute by its path without a filter. Letter case does not matter; the core schema's URN may lead.
    pub(crate) fn named(path: &str) -> Option<Self> {
        if let Some(rest) = strip_urn(path, CUSTOM_SCHEMA) {
            return Some(if rest.is_empty() {
                Self::CustomBlock
            } else {
                Self::Custom(rest.to_owned())
            });
        }
        if let Some(rest) = strip_urn(path, ENTERPRISE_SCHEMA) {
            return match rest.to_ascii_lowercase().as_str() {
                "" => Some(Self::Enterprise),
                "organization" => Some(Self::Organization),
                "manager" | "manager.value" => Some(Self::Manager),
                _ => None,
            };
        }
        let core = strip_urn(path, USER_SCHEMA).unwrap_or(path);
        Some(match core.to_ascii_lowercase().as_str() {
            "username" => Self::UserName,
            "displayname" => Self::DisplayName,
            "name" => Self::Name,
            "name.formatted" => Self::FormattedName,
            "name.givenname" => Self::GivenName,
            "name.familyname" => Self::FamilyName,
            "preferredlanguage" => Self::PreferredLanguage,
            "active" => Self::Active,
            "password" => Self::Password,
            "emails" => Self::Emails,
            "emails.value" => Self::EmailValue,
            "phonenumbers" => Self::PhoneNumbers,
            _ => return None,
        })
    }
}

/// What follows the URN, without its separator. A dot is accepted beside the RFC's colon, because the custom URN ends
/// in a version number and both are in use.
fn strip_urn<'p>(path: &'p str, urn: &str) -> Option<&'p str> {
    let head = path.get(..urn.len())?;
    if !head.eq_ignore_ascii_case(urn) {
        return None;
    }
    let rest = &path[urn.len()..];
    if rest.is_empty() {
        return Some(rest);
    }
    rest.strip_prefix([':', '.'])
}

/// Writes one attribute. `None` and null clear it.
pub(crate) fn assign(
    directory: &Directory,
    user: &mut User,
    attribute: &Attribute,
    value: Option<&Value>,
) -> Result<(), ScimError> {
    let value = value.unwrap_or(&Value::Null);
    match attribute {
        Attribute::UserName => {
            let name = text("userName", value)?
                .map(str::trim)
                .filter(|name| !name.is_empty());
            user.name = name
                .ok_or_else(|| ScimError::invalid_value("userName is required."))?
                .into();
        }
        Attribute::DisplayName | Attribute::FormattedName => {
            // The two mirror each other, and an account always has them: clearing falls back to the login name.
            let name = match attribute {
                Attribute::FormattedName => "name.formatted",
                _ => "displayName",
            };
            user.display_name = filled(name, value)?
                .unwrap_or_else(|| crate::state::user::local_part(&user.name))
                .into();
        }
        Attribute::Name => assign_name(directory, user, value)?,
        Attribute::GivenName => user.given_name = filled("name.givenName", value)?.map(Into::into),
        Attribute::FamilyName => {
            user.family_name = filled("name.familyName", value)?.map(Into::into)
        }
        Attribute::PreferredLanguage => {
            user.language = filled("preferredLanguage", value)?.map(Into::into)
        }
        Attribute::Active => user.state.disabled = !value.is_null() && !boolean("active", value)?,
        Attribute::Password => assign_password(user, value)?,
        Attribute::Emails => user.mail = primary_mail(value)?.map(Into::into),
        Attribute::EmailValue => user.mail = filled("emails.value", value)?.map(Into::into),
        Attribute::PhoneNumbers => assign_phones(user, value)?,
        Attribute::PhoneValue(phone) => phone.set(user, filled("phoneNumbers.value", value)?),
        Attribute::Enterprise => assign_enterprise(directory, user, value)?,
        Attribute::Organization => assign_organization(directory, user, value)?,
        Attribute::Manager => assign_manager(user, value)?,
        Attribute::CustomBlock => assign_custom(user, value)?,
        Attribute::Custom(name) => {
            if value.is_null() {
                user.rare_mut().custom.remove(name);
            } else {
                user.rare_mut().custom.insert(name.clone(), value.clone());
            }
        }
    }
    Ok(())
}

/// Text that is not empty; empty text clears like null.
fn filled<'v>(attribute: &str, value: &'v Value) -> Result<Option<&'v str>, ScimError> {
    Ok(text(attribute, value)?.filter(|text| !text.is_empty()))
}

fn members<'v>(
    attribute: &str,
    value: &'v Value,
) -> Result<Option<&'v Map<String, Value>>, ScimError> {
    match value {
        Value::Null => Ok(None),
        Value::Object(members) => Ok(Some(members)),
        _ => Err(ScimError::wrong_type(attribute, "an object")),
    }
}

fn assign_name(directory: &Directory, user: &mut User, value: &Value) -> Result<(), ScimError> {
    let Some(parts) = members("name", value)? else {
        user.given_name = None;
        user.family_name = None;
        return Ok(());
    };
    for (part, attribute) in [
        ("givenName", Attribute::GivenName),
        ("familyName", Attribute::FamilyName),
        ("formatted", Attribute::FormattedName),
    ] {
        if let Some(value) = member(parts, part) {
            assign(directory, user, &attribute, Some(value))?;
        }
    }
    Ok(())
}

fn assign_password(user: &mut User, value: &Value) -> Result<(), ScimError> {
    user.password = filled("password", value)?.map_or_else(Password::default, Password::new);
    Ok(())
}

/// Entries of a multi-valued attribute. The service reports an object in the place of the array as a type mismatch.
fn entries<'v>(attribute: &str, value: &'v Value) -> Result<&'v [Value], ScimError> {
    match value {
        Value::Null => Ok(&[]),
        Value::Array(items) => Ok(items),
        _ => Err(ScimError::wrong_type(attribute, "an array")),
    }
}

/// Only one address is stored: the one marked primary, or else the first.
fn primary_mail(value: &Value) -> Result<Option<&str>, ScimError> {
    let mut chosen = None;
    for entry in entries("emails", value)? {
        let Some(entry) = members("emails", entry)? else {
            continue;
        };
        let primary = member(entry, "primary")
            .filter(|flag| !flag.is_null())
            .map_or(Ok(false), |flag| boolean("emails.primary", flag))?;
        let address =
            member(entry, "value").map_or(Ok(None), |value| filled("emails.value", value))?;
        if chosen.is_none() || primary {
            chosen = address.or(chosen);
        }
    }
    Ok(chosen)
}

/// The list replaces all three numbers. Entries of another type have no place in an account and are dropped; without
/// a type the number is taken for the one at work.
fn assign_phones(user: &mut User, value: &Value) -> Result<(), ScimError> {
    let entries = entries("phoneNumbers", value)?;
    let mut numbers: Vec<(Phone, Option<&str>)> = Vec::new();
    for entry in entries {
        let Some(entry) = members("phoneNumbers", entry)? else {
            continue;
        };
        let label =
            member(entry, "type").map_or(Ok(None), |label| filled("phoneNumbers.type", label))?;
        let number = member(entry, "value")
            .map_or(Ok(None), |number| filled("phoneNumbers.value", number))?;
        if let Some(phone) = Phone::from_label(label.unwrap_or("work")) {
            numbers.push((phone, number));
        }
    }
    for phone in Phone::ALL {
        let number = numbers
            .iter()
            .find(|(kind, _)| *kind == phone)
            .and_then(|(_, number)| *number);
        if number.is_some() || phone.of(user).is_some() {
            phone.set(user, number);
        }
    }
    Ok(())
}

fn assign_enterprise(
    directory: &Directory,
    user: &mut User,
    value: &Value,
) -> Result<(), ScimError> {
    let Some(block) = members(ENTERPRISE_SCHEMA, value)? else {
        user.manager = None;
        return assign_organization(directory, user, &Value::Null);
    };
    if let Some(organization) = member(block, "organization") {
        assign_organization(directory, user, organization)?;
    }
    if let Some(manager) = member(block, "manager") {
        assign_manager(user, manager)?;
    }
    Ok(())
}

/// The name of an organization puts the account into it. Whether the service takes other labels is not known; they
/// are kept as the RFC says and show in SCIM only.
fn assign_organization(
    directory: &Directory,
    user: &mut User,
    value: &Value,
) -> Result<(), ScimError> {
    let name = filled("organization", value)?;
    user.organization = name
        .and_then(|name| directory.orgs.by_name(name))
        .map(|org| org.id);
    let label = name.filter(|_| user.organization.is_none());
    if label.is_some() || user.rare().is_some() {
        user.rare_mut().organization_label = label.map(str::to_owned);
    }
    Ok(())
}

/// Takes the complex form, or the id alone as patch clients send it. Whether the service wants the manager to exist is
/// not known; only the form of the id is checked.
fn assign_manager(user: &mut User, value: &Value) -> Result<(), ScimError> {
    let id = match value {
        Value::Object(manager) => {
            member(manager, "value").map_or(Ok(None), |id| filled("manager.value", id))?
        }
        other => filled("manager", other)?,
    };
    user.manager =
        match id {
            None => None,
            Some(id) => Some(parse_id(id).ok_or_else(|| {
                ScimError::invalid_value(format!("{id} is not the id of a user."))
            })?),
        };
    Ok(())
}

/// The inner shape is not known: the attribute names may stand in the block itself or one level down.
fn assign_custom(user: &mut User, value: &Value) -> Result<(), ScimError> {
    let block = members(CUSTOM_SCHEMA, value)?;
    let inner = block.map(|block| match member(block, "customDataAttributes") {
        Some(Value::Object(inner)) => inner,
        _ => block,
    });
    let custom = &mut user.rare_mut().custom;
    custom.clear();
    for (name, value) in inner
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
    {
        custom.insert(name.clone(), value.clone());
    }
    Ok(())
}
