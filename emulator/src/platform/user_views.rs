//! Other views of an account: attribute bags, sign-in information, hierarchy, roles, settings.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::query_format::{Column, ColumnType, Line, QueryResult};
use super::{Failure, NEVER, Outcome, Params, Payload, date};
use crate::call::Call;
use crate::routing::{Route, read};
use crate::state::rights::{Needs, right};
use crate::state::role::{EVERYBODY, Role};
use crate::state::user::User;
use crate::state::{DIRECTORY_UUID, Directory, TENANT_ID};

pub(crate) const ROUTES: &[Route] = &[
    read(
        "/CDirectoryService/GetUserAttributes",
        Needs::SignedIn,
        own_attributes,
    ),
    read(
        "/UserMgmt/GetUserAttributes",
        Needs::SignedIn,
        attributes_of,
    ),
    read("/UserMgmt/GetUserInfo", Needs::SignedIn, info),
    read("/UserMgmt/GetUserHierarchy", Needs::SignedIn, hierarchy),
    read(
        "/UserMgmt/GetUsersRolesAndAdministrativeRights",
        Needs::SignedIn,
        roles_and_rights,
    ),
    read("/Core/GetUserSettings", Needs::SignedIn, settings),
];

/// Describes the caller; a parameter that names somebody else is not looked at.
fn own_attributes(directory: &Directory, call: &Call<'_>) -> Outcome {
    let caller = directory
        .users
        .get(&call.caller_id())
        .ok_or_else(Failure::not_found)?;
    Payload::of(&attributes(directory, caller))
}

/// There is one directory, so `directoryServiceUuid` is not looked at.
fn attributes_of(directory: &Directory, call: &Call<'_>) -> Outcome {
    Payload::of(&attributes(directory, viewed(directory, call)?))
}

/// The account in `ID`, or the caller, whom the caller may look at.
fn viewed<'d>(directory: &'d Directory, call: &Call<'_>) -> Result<&'d User, Failure> {
    let user = Params::of(call)?.user_or_caller(directory, call, "ID")?;
    call.own_or(directory, user, Needs::ReadUsers)?;
    Ok(user)
}

fn attributes(directory: &Directory, user: &User) -> Value {
    let rare = user.rare();
    let picture = rare.and_then(|rare| rare.picture.as_deref());
    let locked = rare.and_then(|rare| rare.admin_lock).unwrap_or_default();
    let org = user.organization.and_then(|id| directory.orgs.get(&id));
    let mut bag = json!({
        "ReadOnly": false,
        "Description": rare.and_then(|rare| rare.description.as_deref()),
        "directoryServiceUuid": DIRECTORY_UUID,
        "ForcePasswordChangeNext": if user.force_password_change { "True" } else { "False" },
        "DisplayName": &*user.display_name,
        "PasswordNeverExpire": rare.and_then(|rare| rare.password_never_expires).unwrap_or_default(),
        "PictureUri": picture,
        "CloudState": if locked { "Locked" } else { "None" },
        "OrgPath": org.map(|org| org.name.as_str()),
        "InEverybodyRole": user.in_everybody,
        "OauthClient": user.oauth_client,
        "imageName": picture.map(|_| "picture"),
        "MobileNumber": user.mobile_number.as_deref(),
        "LastModifiedDate": date(user.modified_ms),
        "LastPasswordChangeDate": if user.password_changed_ms == 0 { NEVER.to_owned() } else { date(user.password_changed_ms) },
        "CreateDate": date(user.created_ms),
        "OfficeNumber": user.office_number.as_deref(),
        "LockedByAdmin": locked,
        "SubjectToCloudLocks": true,
        "Alias": user.suffix(),
        "HomeNumber": rare.and_then(|rare| rare.home_number.as_deref()),
        "Name": &*user.name,
        "PreferredCulture": user.language.as_deref().unwrap_or_default(),
        "Version": "1",
        "Mail": user.mail.as_deref(),
        "PreferredTimeZone": "",
        "Uuid": user.id.to_string(),
        "State": user.state.to_string(),
        "ExternalUuid": user.id.to_string(),
    });
    if let Some(manager) = user.manager.and_then(|id| directory.users.get(&id)) {
        bag["ReportsTo"] = Value::from(&*manager.name);
    }
    if let Some(id) = rare.and_then(|rare| rare.mfa_redirect.as_deref()) {
        let other = super::params::find_user(directory, id).ok();
        bag["CmaRedirectedUser"] = other.map_or(Value::Null, |user| Value::from(&*user.name));
        bag["CmaRedirectedUserUuid"] = Value::from(id);
    }
    bag
}

/// How long a password lasts.
const PASSWORD_LIFE_MS: i64 = 365 * 24 * 3600 * 1000;

fn info(directory: &Directory, call: &Call<'_>) -> Outcome {
    let user = viewed(directory, call)?;
    let mut info = identity(directory, user);
    if let (Value::Object(info), Value::Object(more)) = (&mut info, enrolment(user)) {
        info.extend(more);
    }
    Payload::of(&info)
}

fn identity(directory: &Directory, user: &User) -> Value {
    let rare = user.rare();
    let never_expires = rare
        .and_then(|rare| rare.password_never_expires)
        .unwrap_or_default();
    let expires_ms = user.password_changed_ms.saturating_add(PASSWORD_LIFE_MS);
    json!({
        "TenantId": TENANT_ID,
        "Id": user.id.to_string(),
        "ExternalUuid": user.id.to_string(),
        "Name": &*user.name,
        "DisplayName": &*user.display_name,
        "EmailAddress": user.mail.as_deref(),
        "MobileNumber": user.mobile_number.as_deref(),
        "DirectoryServiceType": "CDS",
        "DirectoryServiceId": DIRECTORY_UUID,
        "DirectoryServiceName": "CDS",
        "DirectoryServiceLocalizedName": "CyberArk Cloud Directory",
        "IsSysAdmin": directory.is_system_administrator(&user.id),
        "CanChangePassword": true,
        "PasswordExpDate": (!never_expires).then(|| date(expires_ms)),
        "LastPasswordChangeDate": date(user.password_changed_ms),
    })
}

/// What the emulator does not keep shows as not enrolled and never done.
fn enrolment(user: &User) -> Value {
    json!({
        "ThirdPartyOathConfigured": false,
        "SqEnabled": false,
        "SecurityQuestion": null,
        "SecurityQuestionsLastUpdate": null,
        "PhonePinLastChangeDate": null,
        "LastLoginDate": user.rare().and_then(|rare| rare.last_login_ms).map(date),
        "LastLastLoginDate": null,
        "PasswordChangeSoftDays": 14,
        "PasswordChangeHardHours": 48,
        "PasswordResetFlag": 0,
        "SelfUnlocked": false,
        "HasPicture": user.rare().is_some_and(|rare| rare.picture.is_some()),
        "Settings": null,
        "HasU2fDeviceWithFacetIdMatched": false,
        "SecurityKeyConfigured": false,
        "OnDeviceAuthenticatorConfigured": false,
        "PreferredCulture": user.language.as_deref(),
        "PreferredTimeZone": null,
        "DisplayPreferredCulture": null,
        "EnablePurchasedLicenseMenu": false,
        "MfaSetupWizardSettings": {
            "ShowMfaSetupWizard": false,
            "RequiredFactorSetupCount": 0,
            "MobileNumberAttribute": "",
            "SaveMobileNumberToCloud": false,
            "ShowYubikeyOtpInMfaSetupWizard": false,
            "ShowPasskeysInMfaSetupWizard": false,
            "ShowU2fInMfaSetupWizard": false,
            "ShowSecurityQuestionInMfaSetupWizard": false,
            "ShowSmsMessageInMfaSetupWizard": false,
            "ShowOathPassCodeInMfaSetupWizard": false,
        },
        "IsMobileAttributeConfigured": user.mobile_number.is_some(),
        "MobileDeviceAuthCapableCount": 0,
        "SlackAuthEnabled": false,
        "SlackMemberIdSet": false,
        "YubikeyOtpConfigured": false,
        "PasskeyConfigured": false,
    })
}

/// No answer was ever seen. This gives the attributes of the account and, nested under `Manager`, those of each
/// manager above it; a ring of managers is cut where it closes.
fn hierarchy(directory: &Directory, call: &Call<'_>) -> Outcome {
    let user = viewed(directory, call)?;
    let mut seen = HashSet::from([user.id]);
    let mut chain = vec![user];
    let mut next = user.manager;
    while let Some(manager) = next
        .filter(|id| seen.insert(*id))
        .and_then(|id| directory.users.get(&id))
    {
        chain.push(manager);
        next = manager.manager;
    }
    let nested = chain.into_iter().rev().fold(Value::Null, |above, user| {
        let mut bag = attributes(directory, user);
        bag["Manager"] = above;
        bag
    });
    Payload::of(&nested)
}

const ROLE_COLUMNS: &[Column] = &[
    ("ID", ColumnType::Text),
    ("Name", ColumnType::Text),
    ("Description", ColumnType::Text),
    ("AdministrativeRights", ColumnType::Object),
    ("Role", ColumnType::Text),
    ("RoleName", ColumnType::Text),
    ("OrgPath", ColumnType::Unknown),
];

/// Roles held directly or through others. The paging arguments are taken; sorting is by name only.
fn roles_and_rights(directory: &Directory, call: &Call<'_>) -> Outcome {
    let user = viewed(directory, call)?;
    let mut held = directory.roles.held_by(&user.id);
    if user.in_everybody {
        held.extend(directory.roles.get(EVERYBODY));
    }
    let lines: Vec<Line<Value>> = held
        .into_iter()
        .map(|role| Line::new("Role", role.id.clone(), role_row(directory, role)))
        .collect();
    Payload::of(&super::paging::Paging::of(&Params::of(call)?)?.cut(ROLE_COLUMNS, lines))
}

fn role_row(directory: &Directory, role: &Role) -> Value {
    let org = role.organization.and_then(|id| directory.orgs.get(&id));
    json!({
        "RoleName": role.name,
        "Name": role.name,
        "ID": role.id,
        "AdministrativeRights": rights_of(role),
        "OrgPath": org.map(|org| org.name.as_str()),
        "Description": role.description,
        "Role": role.id,
    })
}

/// The rights of a role in the form in which role rows carry them.
pub(crate) fn rights_of(role: &Role) -> Vec<Value> {
    role.rights
        .iter()
        .filter_map(|path| right(path))
        .map(|(path, name)| json!({ "Description": name, "Path": path, "ServiceName": "Identity" }))
        .collect()
}

/// Which kinds of settings there are is not known, so there are none: the one recorded answer was empty too.
fn settings(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let user = params.user(directory, "ID")?;
    call.own_or(directory, user, Needs::ReadUsers)?;
    params.required("SettingType")?;
    Payload::of(&QueryResult::<Value>::complete(&[], Vec::new()))
}
