//! Users, by the platform's own calls.

mod records;
mod requests;

use serde_json::Value;

pub use records::{
    AdministrativeRight, DirectoryUser, MfaSetupWizardSettings, TechSupportUser, UserInfo,
    UserRole, UserRow, UserSetting,
};
pub use requests::{
    CreateDirectoryUser, DeleteUsers, GetOwnAttributes, GetRolesAndRights, GetTechSupportUser,
    GetUser, GetUserAttributes, GetUserByName, GetUserHierarchy, GetUserInfo, GetUserSettings,
    ListUsers, ResetPassword, SetPicture, UpdateAdAttributes, UpdateProfile, UpdateUser,
};

use crate::{
    model::Rows,
    operation::{Encoding, FilePart},
};

const PICTURE: FilePart = FilePart {
    media_type: "image/*",
    name: "picture",
    repeated_in: None,
};

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

    /// Reads a user as sign-in and second factors see it, from any directory.
    ///
    /// Expensive for the service: keep the answer rather than asking again.
    get_info(GetUserInfo) -> UserInfo {
        Post "/UserMgmt/GetUserInfo", Encoding::Query, Safe, Read,
        ids: ["post_user_information_identity"],
        permission: "System administrator, User Management right, or the user itself",
        confidence: High, "What an unknown id is answered with was not recorded; new fields appear with releases.",
    }

    /// Reads the attributes of the caller.
    get_own_attributes(GetOwnAttributes: ()) -> DirectoryUser {
        Post "/CDirectoryService/GetUserAttributes", Encoding::None, Safe, Read,
        ids: ["post_user_attributes_identity"],
        permission: "Any user of the cloud directory",
        confidence: High, "That the attributes are those of the sibling call rests on one sample.",
    }

    /// Reads the attributes of a user of any directory.
    ///
    /// Users of Active Directory have its attributes under lower-case names; those without a field here are kept under
    /// their own.
    get_attributes(GetUserAttributes) -> DirectoryUser {
        Post "/UserMgmt/GetUserAttributes", Encoding::Query, Safe, Read,
        ids: ["post_fetch_attributes_for_a_specified_user"],
        permission: "System administrator, User Management right, or the user itself",
        confidence: High, "The reference puts the arguments into the query, recorded clients into a body; the attributes of Active Directory users rest on a weak source.",
    }

    /// Reads whom a user reports to, as JSON in the form that the service sends.
    get_hierarchy(GetUserHierarchy) -> Value {
        Post "/UserMgmt/GetUserHierarchy", Encoding::Query, Safe, Read,
        ids: ["post_user_hierarchy_identity_api"],
        permission: "System administrator, User Management right, or the user itself; assumed",
        confidence: Low, "The form of the answer is not known: no recording was found.",
    }

    /// Lists the roles of a user, its own and inherited ones, with the rights that each grants.
    get_roles_and_rights(GetRolesAndRights) -> Rows<UserRole> {
        Post "/UserMgmt/GetUsersRolesAndAdministrativeRights?ID={ID}", Encoding::Json, Safe, Read,
        ids: ["post_user_roles_and_admin_rights"],
        permission: "System administrator, or User Management right",
        confidence: High, "What paging and caching do exactly is documented for sibling calls only.",
    }

    /// Lists settings of a user, of one kind.
    get_settings(GetUserSettings) -> Rows<UserSetting> {
        Post "/Core/GetUserSettings", Encoding::Query, Safe, Read,
        ids: ["post_get_user_settings_identity"],
        permission: "System administrator, User Management right, or the user itself; assumed",
        confidence: Medium, "Kinds of settings and columns of the answer are not documented; the one recorded answer was empty.",
    }

    /// Creates a user of the cloud directory and returns its id.
    ///
    /// Never makes a system administrator unless told so. Sends an invitation by e-mail unless told otherwise. A name that
    /// is taken is answered with `success: false`.
    create(CreateDirectoryUser) -> String {
        Post "/CDirectoryService/CreateUser", Encoding::Json, Write, Write,
        ids: [],
        permission: "System administrator, or User Management right",
        confidence: High, "Texts of failures come from third parties. Most booleans travel as text, as SDKs of the vendor send them.",
    }

    /// Changes a user of the cloud directory.
    ///
    /// An unknown id, and a name that is taken, are answered with `success: false`.
    update(UpdateUser) -> () {
        Post "/CDirectoryService/ChangeUser", Encoding::Json, Idempotent, Write,
        ids: ["post_update_base_profile_identity"],
        permission: "System administrator, User Management right, or the user itself",
        confidence: High, "That what is left out keeps its value is inferred.",
    }

    /// Changes the profile of a user of the cloud directory, with attributes that the tenant defined.
    ///
    /// An unknown id is answered with `success: false`.
    update_profile(UpdateProfile) -> () {
        Post "/User/UpdateProfile", Encoding::Json, Idempotent, Write,
        ids: ["post_update_user_profile"],
        permission: "System administrator, User Management right, or the user itself",
        confidence: Medium, "The answer was not recorded.",
    }

    /// Changes what the cloud keeps about a user of Active Directory.
    ///
    /// An empty or unknown id is answered with `success: false`.
    update_ad_attributes(UpdateAdAttributes) -> () {
        Post "/UserMgmt/ChangeUserAttributes", Encoding::Json, Idempotent, Write,
        ids: ["post_update_ad_user_attributes"],
        permission: "System administrator, User Management right, or the user itself",
        confidence: Medium, "The answer was not recorded.",
    }

    /// Sets another password for a user.
    ///
    /// A password that breaks the policy is expected to be answered with `success: false`.
    reset_password(ResetPassword) -> () {
        Post "/UserMgmt/ResetUserPassword", Encoding::Json, Write, Write,
        ids: [],
        permission: "System administrator, or User Management right; assumed",
        confidence: High, "Failures were not recorded.",
    }

    /// Deletes users. Those of other directories are only removed from the cloud.
    ///
    /// With the caller in the list the whole call fails.
    delete(DeleteUsers) -> () {
        Post "/UserMgmt/RemoveUsers", Encoding::Json, Write, Write,
        ids: ["post_delete_users_identity_api"],
        permission: "System administrator, or User Management right",
        confidence: High, "How one unknown id in a longer list affects the others is not known.",
    }

    /// Sets the picture of a user, and returns the path on the tenant from which it can be fetched.
    ///
    /// Anything but an image is answered with `success: false`; an empty path means that the service found no file.
    set_picture(SetPicture) -> String {
        Post "/CDirectoryService/SetUserPicture?ID={ID}", Encoding::Multipart(PICTURE), Idempotent, Write,
        ids: ["post_set_users_picture"],
        permission: "System administrator, User Management right, or the user itself",
        confidence: High, "Which kinds and sizes of images are accepted is not documented.",
    }

    /// Reads the account by which the vendor's support may sign in. It exists while support has been given access.
    get_tech_support_user(GetTechSupportUser: ()) -> TechSupportUser {
        Post "/CDirectoryService/GetTechSupportUser", Encoding::None, Safe, Read,
        ids: ["post_fetch_technical_support_user_identity"],
        permission: "System administrator, or User Management right",
        confidence: High, "The answer without such an account was not recorded; nothing is read as a record without values.",
    }
}
