//! Users of the cloud directory, by the platform's own calls.

use crate::{
    model::{Id, Name, Rows, Timestamp},
    operation::Encoding,
};

record! {
    /// A user of the cloud directory. Attributes without a value are left out by the service.
    pub struct DirectoryUser {
        /// Id of the user: a GUID.
        uuid: Option<String> = "Uuid",
        /// Login name with suffix.
        name: Option<String> = "Name",
        /// Name to show.
        display_name: Option<String> = "DisplayName",
        /// E-mail address.
        mail: Option<String> = "Mail",
        /// Login suffix.
        alias: Option<String> = "Alias",
        /// `None`, or flags separated by a comma and a space: `Locked`, `Disabled`, `Expired`.
        state: Option<String> = "State",
        /// Version of the record, as text.
        version: Option<String> = "Version",
        /// Manager; the text `Unassigned` when there is none.
        reports_to: Option<String> = "ReportsTo",
        /// When the user was made.
        create_date: Option<Timestamp> = "CreateDate",
        /// When the user was changed last.
        last_modified_date: Option<Timestamp> = "LastModifiedDate",
        /// When the password was changed last.
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
        /// Password has to be changed at the next login. Not seen in this answer.
        force_password_change_next: Option<bool> = "ForcePasswordChangeNext",
        /// Address of the picture.
        picture_uri: Option<String> = "PictureUri",
        /// User to whom requests for a second factor go instead.
        cma_redirected_user_uuid: Option<String> = "CmaRedirectedUserUuid",
        /// Path of the organization.
        org_path: Option<String> = "OrgPath",
    }
}

record! {
    /// A row of the list of all users of the cloud directory.
    pub struct UserRow {
        /// Id of the user: a GUID.
        uuid: Option<String> = "Uuid",
        /// Login name with suffix.
        name: Option<String> = "Name",
        /// Name to show.
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

request! {
    /// Arguments of [`list`](Users::list): there are none.
    pub struct ListUsers {}
}

request! {
    /// Arguments of [`get`](Users::get).
    pub struct GetUser from id {
        /// Id of the user: a GUID.
        id: Id = "ID",
    }
}

request! {
    /// Arguments of [`get_by_name`](Users::get_by_name).
    pub struct GetUserByName from user_name {
        /// Login name with suffix. Compared without case.
        user_name: Name = "username",
    }
}

operations! {
    /// Users of the cloud directory.
    "users" as Users;

    /// Lists every user of the cloud directory, in one answer without pages.
    ///
    /// For large directories `scim.users.query` reads page by page.
    list(ListUsers: ()) -> Rows<UserRow> {
        Post "/CDirectoryService/GetUsers", Encoding::None, Safe, Read,
        ids: ["post_get_users_details_identity"],
        permission: "System administrator, or User Management right",
        confidence: High, "",
    }

    /// Reads one user by id.
    ///
    /// An unknown id is answered with `success: false`, and by some tenants with the message for a missing right.
    get(GetUser) -> DirectoryUser {
        Post "/CDirectoryService/GetUser", Encoding::Json, Safe, Read,
        ids: ["post_user_details_identity"],
        permission: "System administrator, User Management right, or the user itself",
        confidence: High, "What an unknown id is answered with was not recorded.",
    }

    /// Reads one user by login name.
    ///
    /// An unknown name is answered with `success: false`.
    get_by_name(GetUserByName) -> DirectoryUser {
        Post "/CDirectoryService/GetUserByName", Encoding::Json, Safe, Read,
        ids: ["post_user_details_by_name"],
        permission: "System administrator, User Management right, or the user itself",
        confidence: High, "What an unknown name is answered with was not recorded.",
    }
}
