//! What is known of users.

use serde_json::Value;

use crate::model::{AccountState, Timestamp};

record! {
    /// A user of the cloud directory. Attributes without a value are left out by the service.
    pub struct DirectoryUser {
        /// Id of the user: a GUID.
        uuid: Option<String> = "Uuid",
        /// Login name with suffix.
        name: Option<String> = "Name",
        /// Display name.
        display_name: Option<String> = "DisplayName",
        /// E-mail address.
        mail: Option<String> = "Mail",
        /// Login suffix.
        alias: Option<String> = "Alias",
        /// `None`, or flags separated by a comma and a space: `Locked`, `Disabled`, `Expired`.
        state: Option<AccountState> = "State",
        /// Version of the record, as text.
        version: Option<String> = "Version",
        /// Manager; the text `Unassigned` when there is none.
        reports_to: Option<String> = "ReportsTo",
        /// When the user was created.
        create_date: Option<Timestamp> = "CreateDate",
        /// When the user was last changed.
        last_modified_date: Option<Timestamp> = "LastModifiedDate",
        /// When the password was last changed.
        last_password_change_date: Option<Timestamp> = "LastPasswordChangeDate",
        /// Member of the built-in role Everybody.
        in_everybody_role: Option<bool> = "InEverybodyRole",
        /// Whether this is the account of an OAuth2 client.
        oauth_client: Option<bool> = "OauthClient",
        /// Mobile telephone.
        mobile_number: Option<String> = "MobileNumber",
        /// Telephone at home.
        home_number: Option<String> = "HomeNumber",
        /// Telephone at work.
        office_number: Option<String> = "OfficeNumber",
        /// Free text.
        description: Option<String> = "Description",
        /// Locked by an administrator. Present once it has been set.
        locked_by_admin: Option<bool> = "LockedByAdmin",
        /// Password does not expire.
        password_never_expire: Option<bool> = "PasswordNeverExpire",
        /// Password has to be changed at the next login.
        force_password_change_next: Option<bool> = "ForcePasswordChangeNext",
        /// Address of the picture.
        picture_uri: Option<String> = "PictureUri",
        /// User to whom requests for a second factor are sent instead.
        cma_redirected_user_uuid: Option<String> = "CmaRedirectedUserUuid",
        /// Path of the organization.
        org_path: Option<String> = "OrgPath",
        /// Id in the directory that the user comes from; that of the user itself in the cloud directory. This and what
        /// follows is in the attributes of a user only.
        external_uuid: Option<String> = "ExternalUuid",
        /// Id of the directory.
        directory_service_uuid: Option<String> = "directoryServiceUuid",
        /// `Locked` when an administrator has locked the user, else `None`.
        cloud_state: Option<String> = "CloudState",
        /// Whether a lock by an administrator is in effect.
        subject_to_cloud_locks: Option<bool> = "SubjectToCloudLocks",
        /// Whether the record cannot be changed.
        read_only: Option<bool> = "ReadOnly",
        /// Name of the picture's file.
        image_name: Option<String> = "imageName",
        /// Language and culture; empty when there is none.
        preferred_culture: Option<String> = "PreferredCulture",
        /// Time zone; empty when there is none.
        preferred_time_zone: Option<String> = "PreferredTimeZone",
        /// Login name of the user to whom requests for a second factor are sent instead.
        cma_redirected_user: Option<String> = "CmaRedirectedUser",
    }
}

record! {
    /// A row of the list of all users of the cloud directory.
    pub struct UserRow {
        /// Id of the user: a GUID.
        uuid: Option<String> = "Uuid",
        /// Login name with suffix.
        name: Option<String> = "Name",
        /// Display name.
        display_name: Option<String> = "DisplayName",
        /// E-mail address.
        mail: Option<String> = "Mail",
        /// Free text.
        description: Option<String> = "Description",
        /// Telephone at work.
        office_number: Option<String> = "OfficeNumber",
        /// Mobile telephone.
        mobile_number: Option<String> = "MobileNumber",
        /// Telephone at home.
        home_number: Option<String> = "HomeNumber",
        /// When the account becomes valid.
        start_date: Option<Timestamp> = "StartDate",
        /// When the account ceases to be valid.
        end_date: Option<Timestamp> = "EndDate",
        /// Manager; none when there is none.
        reports_to: Option<String> = "ReportsTo",
        /// Address of the picture.
        picture_uri: Option<String> = "PictureUri",
        /// Language and culture.
        preferred_culture: Option<String> = "PreferredCulture",
    }
}

record! {
    /// A user as sign-in and second factors see it.
    pub struct UserInfo {
        /// Id of the user: a GUID.
        id: Option<String> = "Id",
        /// Login name with suffix.
        name: Option<String> = "Name",
        /// Display name.
        display_name: Option<String> = "DisplayName",
        /// E-mail address.
        email_address: Option<String> = "EmailAddress",
        /// Mobile telephone.
        mobile_number: Option<String> = "MobileNumber",
        /// Id of the tenant, in capitals.
        tenant_id: Option<String> = "TenantId",
        /// Id in the directory that the user comes from.
        external_uuid: Option<String> = "ExternalUuid",
        /// Kind of that directory: `CDS` (cloud), `FDS` (federated), `AdProxy` (Active Directory) or another.
        directory_service_type: Option<String> = "DirectoryServiceType",
        /// Id of that directory.
        directory_service_id: Option<String> = "DirectoryServiceId",
        /// Short name of that directory.
        directory_service_name: Option<String> = "DirectoryServiceName",
        /// Name of that directory to show.
        directory_service_localized_name: Option<String> = "DirectoryServiceLocalizedName",
        /// Whether the user is a system administrator.
        is_sys_admin: Option<bool> = "IsSysAdmin",
        /// Whether the user may change the password.
        can_change_password: Option<bool> = "CanChangePassword",
        /// When the password expires.
        password_exp_date: Option<Timestamp> = "PasswordExpDate",
        /// When the password was last changed.
        last_password_change_date: Option<Timestamp> = "LastPasswordChangeDate",
        /// How many days before its expiry the user is reminded of the password.
        password_change_soft_days: Option<i64> = "PasswordChangeSoftDays",
        /// How many hours before its expiry the password has to be changed.
        password_change_hard_hours: Option<i64> = "PasswordChangeHardHours",
        /// State of a reset of the password, as a number that is not documented.
        password_reset_flag: Option<i64> = "PasswordResetFlag",
        /// When the user last signed in.
        last_login_date: Option<Timestamp> = "LastLoginDate",
        /// When the user signed in the time before last.
        last_last_login_date: Option<Timestamp> = "LastLastLoginDate",
        /// Whether the user lifted a lock without help.
        self_unlocked: Option<bool> = "SelfUnlocked",
        /// Whether a security question is in use.
        sq_enabled: Option<bool> = "SqEnabled",
        /// The security question.
        security_question: Option<String> = "SecurityQuestion",
        /// When security questions were last changed.
        security_questions_last_update: Option<Timestamp> = "SecurityQuestionsLastUpdate",
        /// When the telephone PIN was last changed.
        phone_pin_last_change_date: Option<Timestamp> = "PhonePinLastChangeDate",
        /// Whether an OATH token of another maker is set up.
        third_party_oath_configured: Option<bool> = "ThirdPartyOathConfigured",
        /// Whether a U2F device is set up that matches the address of the tenant.
        has_u2f_device_with_facet_id_matched: Option<bool> = "HasU2fDeviceWithFacetIdMatched",
        /// Whether a security key is set up.
        security_key_configured: Option<bool> = "SecurityKeyConfigured",
        /// Whether an authenticator on a device is set up.
        on_device_authenticator_configured: Option<bool> = "OnDeviceAuthenticatorConfigured",
        /// Whether one-time passwords of a Yubikey are set up.
        yubikey_otp_configured: Option<bool> = "YubikeyOtpConfigured",
        /// Whether a passkey is set up.
        passkey_configured: Option<bool> = "PasskeyConfigured",
        /// Mobile devices that can answer a challenge.
        mobile_device_auth_capable_count: Option<i64> = "MobileDeviceAuthCapableCount",
        /// Whether an attribute is chosen that holds the mobile number.
        is_mobile_attribute_configured: Option<bool> = "IsMobileAttributeConfigured",
        /// Whether Slack can be a factor.
        slack_auth_enabled: Option<bool> = "SlackAuthEnabled",
        /// Whether the user's Slack id is known.
        slack_member_id_set: Option<bool> = "SlackMemberIdSet",
        /// Whether the user has a picture.
        has_picture: Option<bool> = "HasPicture",
        /// Language and culture.
        preferred_culture: Option<String> = "PreferredCulture",
        /// Language and culture of the display.
        display_preferred_culture: Option<String> = "DisplayPreferredCulture",
        /// Time zone.
        preferred_time_zone: Option<String> = "PreferredTimeZone",
        /// Whether the menu of purchased licences is shown.
        enable_purchased_license_menu: Option<bool> = "EnablePurchasedLicenseMenu",
        /// Settings of the wizard that sets up factors.
        mfa_setup_wizard_settings: Option<MfaSetupWizardSettings> = "MfaSetupWizardSettings",
        /// Settings, in a form that was not recorded.
        settings: Option<Value> = "Settings",
    }
}

record! {
    /// Settings of the wizard in which a user sets up factors.
    pub struct MfaSetupWizardSettings {
        /// Whether it appears at sign-in.
        show_mfa_setup_wizard: Option<bool> = "ShowMfaSetupWizard",
        /// Factors that the user still has to set up.
        required_factor_setup_count: Option<i64> = "RequiredFactorSetupCount",
        /// Attribute that holds the mobile number; empty when none is chosen.
        mobile_number_attribute: Option<String> = "MobileNumberAttribute",
        /// Whether the mobile number is kept in the cloud.
        save_mobile_number_to_cloud: Option<bool> = "SaveMobileNumberToCloud",
        /// Whether it offers one-time passwords of a Yubikey.
        show_yubikey_otp: Option<bool> = "ShowYubikeyOtpInMfaSetupWizard",
        /// Whether it offers passkeys.
        show_passkeys: Option<bool> = "ShowPasskeysInMfaSetupWizard",
        /// Whether it offers U2F devices.
        show_u2f: Option<bool> = "ShowU2fInMfaSetupWizard",
        /// Whether it offers a security question.
        show_security_question: Option<bool> = "ShowSecurityQuestionInMfaSetupWizard",
        /// Whether it offers text messages.
        show_sms_message: Option<bool> = "ShowSmsMessageInMfaSetupWizard",
        /// Whether it offers OATH pass codes.
        show_oath_pass_code: Option<bool> = "ShowOathPassCodeInMfaSetupWizard",
    }
}

record! {
    /// A role that a user has, itself or through another, with the rights it grants.
    pub struct UserRole {
        /// Id of the role: a GUID with underscores, or a word for a built-in one, such as `Everybody`.
        id: Option<String> = "ID",
        /// Name of the role.
        name: Option<String> = "Name",
        /// Free text.
        description: Option<String> = "Description",
        /// Path of the role's organization.
        org_path: Option<String> = "OrgPath",
        /// Rights that the role grants.
        administrative_rights: Vec<AdministrativeRight> = "AdministrativeRights",
        /// The id again.
        role: Option<String> = "Role",
        /// The name again.
        role_name: Option<String> = "RoleName",
    }
}

record! {
    /// A right that a role grants.
    pub struct AdministrativeRight {
        /// Display name.
        description: Option<String> = "Description",
        /// What names the right, such as `/lib/rights/dsman.json` (user management) or `ServiceRight/…`.
        path: Option<String> = "Path",
        /// The service that the right belongs to.
        service_name: Option<String> = "ServiceName",
    }
}

record! {
    /// A setting of a user. Its columns are not documented: all are kept under their own names.
    pub struct UserSetting {}
}

record! {
    /// The account by which the vendor's support may sign in.
    pub struct TechSupportUser {
        /// Id of the user: a GUID. None when support has no access.
        uuid: Option<String> = "Uuid",
        /// Login name: `techsupport_` and the id of the tenant.
        name: Option<String> = "Name",
        /// When its password expires, and the access with it.
        password_exp: Option<Timestamp> = "PasswordExp",
    }
}
