//! Arguments of the calls on users.

use serde_json::{Map, Value};

use super::super::query::QueryArgs;
use crate::{
    model::{File, Id, Name, NonEmpty, Nullable, Secret, TextBoolean, Timestamp},
    operation::Mistake,
};

request! {
    /// Arguments of [`list`](super::Users::list): there are none.
    pub struct ListUsers {}
}

request! {
    /// Arguments of [`get`](super::Users::get).
    pub struct GetUser from id {
        /// Id of the user: a GUID.
        id: Id = "ID",
    }
}

request! {
    /// Arguments of [`get_by_name`](super::Users::get_by_name).
    pub struct GetUserByName from user_name {
        /// Login name with suffix. Compared without case.
        user_name: Name = "username",
    }
}

request! {
    /// Arguments of [`get_info`](super::Users::get_info).
    pub struct GetUserInfo {
        /// Id of the user; the caller by default.
        id: Option<Id> = "ID",
    }
}

impl GetUserInfo {
    /// About the user `id`.
    pub fn of(id: impl Into<Id>) -> Self {
        Self {
            id: Some(id.into()),
        }
    }
}

request! {
    /// Arguments of [`get_own_attributes`](super::Users::get_own_attributes): there are none.
    pub struct GetOwnAttributes {}
}

request! {
    /// Arguments of [`get_attributes`](super::Users::get_attributes).
    pub struct GetUserAttributes {
        /// Id of the user; the caller by default.
        id: Option<Id> = "ID",
        /// Id of the directory that has the user. By default the service looks for it.
        directory_service_uuid: Option<String> = "directoryServiceUuid",
    }
}

impl GetUserAttributes {
    /// Of the user `id`.
    pub fn of(id: impl Into<Id>) -> Self {
        Self {
            id: Some(id.into()),
            ..Self::default()
        }
    }
}

request! {
    /// Arguments of [`get_hierarchy`](super::Users::get_hierarchy).
    pub struct GetUserHierarchy {
        /// Id of the user; the caller by default.
        id: Option<Id> = "ID",
    }
}

impl GetUserHierarchy {
    /// Of the user `id`.
    pub fn of(id: impl Into<Id>) -> Self {
        Self {
            id: Some(id.into()),
        }
    }
}

request! {
    /// Arguments of [`get_roles_and_rights`](super::Users::get_roles_and_rights).
    pub struct GetRolesAndRights {
        /// Id of the user; the caller by default.
        id: Option<Id> = "ID",
        /// Paging and sorting.
        args: Option<QueryArgs> = "Args",
    }
}

impl GetRolesAndRights {
    /// Of the user `id`.
    pub fn of(id: impl Into<Id>) -> Self {
        Self {
            id: Some(id.into()),
            ..Self::default()
        }
    }
}

request! {
    /// Arguments of [`get_settings`](super::Users::get_settings).
    pub struct GetUserSettings {
        /// Id of the user.
        id: Id = "ID",
        /// Kind of setting. Which there are is not documented.
        setting_type: Name = "SettingType",
    }
}

request! {
    /// Arguments of [`create`](super::Users::create).
    pub struct CreateDirectoryUser {
        /// Login name as `name@suffix`; the suffix has to exist on the tenant. Unique.
        name: Name = "Name",
        /// E-mail address.
        mail: Name = "Mail",
        /// First password: 8 to 64 characters with a capital, a small letter and a digit. By default the service generates one.
        password: Option<Secret> = "Password",
        /// Display name.
        display_name: Option<String> = "DisplayName",
        /// Free text.
        description: Option<String> = "Description",
        /// Mobile telephone. Needed for an invitation by text message.
        mobile_number: Option<String> = "MobileNumber",
        /// Telephone at home.
        home_number: Option<String> = "HomeNumber",
        /// Telephone at work.
        office_number: Option<String> = "OfficeNumber",
        /// Manager, by id.
        reports_to: Option<String> = "ReportsTo",
        /// Organization that the user is added to, by name.
        org_path: Option<String> = "OrgPath",
        /// Member of the built-in role Everybody. True by default, unless it is a service user.
        in_everybody_role: Option<TextBoolean> = "InEverybodyRole",
        /// Makes the user a system administrator. False by default, which is sent to the service.
        #[schemars(extend("x-always-sent" = true))]
        in_sys_admin_role: TextBoolean = "InSysAdminRole",
        /// Account of a service. False by default.
        service_user: Option<bool> = "ServiceUser",
        /// Account of an OAuth2 client. False by default.
        oauth_client: Option<bool> = "OauthClient",
        /// Invite by e-mail. On by default.
        send_email_invite: Option<TextBoolean> = "SendEmailInvite",
        /// Invite by text message. Off by default.
        send_sms_invite: Option<TextBoolean> = "SendSmsInvite",
        /// Have the user confirm the e-mail address.
        verify_email: Option<TextBoolean> = "VerifyEmail",
        /// Password has to be changed at the first sign-in. On by default.
        force_password_change_next: Option<TextBoolean> = "ForcePasswordChangeNext",
        /// Password does not expire. Off by default.
        password_never_expire: Option<TextBoolean> = "PasswordNeverExpire",
        /// Requests for a second factor are sent to another user.
        use_alternate_mfa_account: Option<TextBoolean> = "useAlternateMfaAccount",
        /// Id of that user.
        cma_redirected_user_uuid: Option<String> = "CmaRedirectedUserUuid",
    }
}

impl CreateDirectoryUser {
    /// A user with this login name and e-mail address.
    pub fn new(name: impl Into<Name>, mail: impl Into<Name>) -> Self {
        Self {
            name: name.into(),
            mail: mail.into(),
            ..Self::default()
        }
    }
}

request! {
    /// Arguments of [`update`](super::Users::update). What is left out stays as it is; null clears.
    pub struct UpdateUser {
        /// Id of the user.
        id: Id = "ID",
        /// Login name with suffix.
        name: Option<Name> = "Name",
        /// Display name.
        display_name: Nullable<String> = "DisplayName",
        /// E-mail address.
        mail: Nullable<String> = "Mail",
        /// Free text.
        description: Nullable<String> = "Description",
        /// Telephone at home.
        home_number: Nullable<String> = "HomeNumber",
        /// Telephone at work.
        office_number: Nullable<String> = "OfficeNumber",
        /// Mobile telephone.
        mobile_number: Nullable<String> = "MobileNumber",
        /// Path of the organization.
        org_path: Nullable<String> = "OrgPath",
        /// Manager.
        reports_to: Nullable<String> = "ReportsTo",
        /// When the account ceases to be valid.
        account_exp: Nullable<Timestamp> = "AccountExp",
        /// Language and culture.
        preferred_culture: Nullable<String> = "PreferredCulture",
        /// Password does not expire.
        password_never_expire: Option<bool> = "PasswordNeverExpire",
        /// Password has to be changed at the next sign-in.
        force_password_change_next: Option<bool> = "ForcePasswordChangeNext",
        /// Member of the built-in role Everybody.
        in_everybody_role: Option<bool> = "InEverybodyRole",
        /// Makes the user a system administrator. Sent by an SDK of the vendor, not in the reference.
        in_sys_admin_role: Option<bool> = "InSysAdminRole",
        /// Account of a service; decides about Everybody when both are given.
        service_user: Option<bool> = "ServiceUser",
        /// Account of an OAuth2 client. Sent by an SDK of the vendor, not in the reference.
        oauth_client: Option<bool> = "OauthClient",
        /// Have the user confirm the e-mail address.
        verify_email: Option<bool> = "VerifyEmail",
        /// Requests for a second factor are sent to another user.
        use_alternate_mfa_account: Option<bool> = "useAlternateMfaAccount",
        /// Id of that user.
        cma_redirected_user_uuid: Nullable<String> = "CmaRedirectedUserUuid",
    }
}

impl UpdateUser {
    /// Changes the user `id`.
    pub fn new(id: impl Into<Id>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }
}

request! {
    /// Arguments of [`update_profile`](super::Users::update_profile). What is left out stays as it is; null clears.
    pub struct UpdateProfile sent by with_attributes {
        /// Id of the user.
        id: Id = "ID",
        /// Login name.
        name: Option<Name> = "Name",
        /// Display name.
        display_name: Nullable<String> = "DisplayName",
        /// E-mail address.
        mail: Nullable<String> = "Mail",
        /// Free text.
        description: Nullable<String> = "Description",
        /// Telephone at home.
        home_number: Nullable<String> = "HomeNumber",
        /// Telephone at work.
        office_number: Nullable<String> = "OfficeNumber",
        /// Mobile telephone.
        mobile_number: Nullable<String> = "MobileNumber",
        /// Have the user confirm the e-mail address.
        verify_email: Option<bool> = "VerifyEmail",
        /// Attributes that the tenant defined, by name. They are sent alongside the other arguments.
        #[schemars(extend("x-sent" = "beside"))]
        attributes: Option<Map<String, Value>> = "attributes",
    }
}

impl UpdateProfile {
    /// Changes the user `id`.
    pub fn new(id: impl Into<Id>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }
}

fn with_attributes(
    _: &UpdateProfile,
    mut fields: Map<String, Value>,
) -> Result<Map<String, Value>, Mistake> {
    let Some(Value::Object(attributes)) = fields.shift_remove("attributes") else {
        return Ok(fields);
    };
    for (name, value) in attributes {
        if fields.keys().any(|known| known.eq_ignore_ascii_case(&name)) {
            let problem = "is given as an argument of its own too";
            return Err(Mistake::new(format!("attributes.{name}"), problem));
        }
        fields.insert(name, value);
    }
    Ok(fields)
}

request! {
    /// Arguments of [`update_ad_attributes`](super::Users::update_ad_attributes). What is left out stays as it is; null
    /// clears.
    pub struct UpdateAdAttributes {
        /// Id of the user.
        id: Id = "ID",
        /// Mobile telephone.
        mobile_number: Nullable<String> = "MobileNumber",
        /// Path of the organization.
        org_path: Nullable<String> = "OrgPath",
        /// Id of the user to whom requests for a second factor are sent instead.
        cma_redirected_user_uuid: Nullable<String> = "CmaRedirectedUserUuid",
    }
}

impl UpdateAdAttributes {
    /// Changes the user `id`.
    pub fn new(id: impl Into<Id>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }
}

request! {
    /// Arguments of [`reset_password`](super::Users::reset_password).
    pub struct ResetPassword {
        /// Id of the user.
        id: Id = "ID",
        /// The new password.
        new_password: Secret = "newPassword",
    }
}

impl ResetPassword {
    /// Sets another password for the user `id`.
    pub fn new(id: impl Into<Id>, new_password: impl Into<Secret>) -> Self {
        Self {
            id: id.into(),
            new_password: new_password.into(),
        }
    }
}

request! {
    /// Arguments of [`delete`](super::Users::delete).
    pub struct DeleteUsers {
        /// Ids of the users.
        users: NonEmpty<Id> = "Users",
    }
}

impl DeleteUsers {
    /// Deletes these users.
    pub fn new<T: Into<Id>>(ids: impl IntoIterator<Item = T>) -> Self {
        Self {
            users: ids.into_iter().map(Into::into).collect(),
        }
    }
}

request! {
    /// Arguments of [`set_picture`](super::Users::set_picture).
    pub struct SetPicture {
        /// Id of the user.
        id: Id = "ID",
        /// An image. Unless its type is given, it is taken from the first bytes or the file extension.
        picture: File = "Picture",
    }
}

impl SetPicture {
    /// Sets the picture of the user `id`.
    pub fn new(id: impl Into<Id>, picture: File) -> Self {
        Self {
            id: id.into(),
            picture,
        }
    }
}

request! {
    /// Arguments of [`get_tech_support_user`](super::Users::get_tech_support_user): there are none.
    pub struct GetTechSupportUser {}
}
