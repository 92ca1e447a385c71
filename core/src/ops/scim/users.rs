//! SCIM users.

use serde_json::{Map, Value};

use super::{PATCH_OP, PatchOperation, USER};
use crate::{
    Filter, Operator,
    lookup::Lookup,
    model::{
        Id, Known, ListResponse, Name as Text, NonEmpty, PhoneKind, Secret, SortOrder, Timestamp,
        Whole,
    },
    operation::Encoding,
    paging::{Items, Paged},
};

record! {
    /// A SCIM user.
    pub struct User {
        /// Id given by the service: a lower-case GUID, or a short number in vault mode.
        id: Option<String> = "id",
        /// Login name with suffix. Unique; compared without case.
        user_name: Option<String> = "userName",
        /// Parts of the name.
        name: Option<Name> = "name",
        /// Display name.
        display_name: Option<String> = "displayName",
        /// Language and culture, such as `en_US`.
        preferred_language: Option<String> = "preferredLanguage",
        /// False when the account is suspended.
        active: Option<bool> = "active",
        /// E-mail addresses. The directory stores one.
        emails: Vec<Email> = "emails",
        /// Telephone numbers.
        phone_numbers: Vec<PhoneNumber> = "phoneNumbers",
        /// Roles the user is in, without the built-in Everybody. Read-only.
        groups: Vec<GroupReference> = "groups",
        /// Schema URNs: the core user, and each extension that is present.
        schemas: Vec<String> = "schemas",
        /// About the resource. There is no version.
        meta: Option<ResourceMeta> = "meta",
        /// Enterprise extension (RFC 7643, section 4.3).
        enterprise: Option<EnterpriseUser> = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        /// Attributes that the tenant defined. Inner form not verified.
        custom: Option<Map<String, Value>> = "urn:scim:schemas:extension:custom:2.0",
        /// Where the user comes from, if that is another directory. Read-only.
        linked_object: Option<LinkedObject> = "urn:ietf:params:scim:schemas:pam:1.0:LinkedObject",
        /// The user in the vault. Only for callers with the Vault Management right, who reach vault users instead.
        vault: Option<VaultUser> = "urn:ietf:params:scim:schemas:cyberark:1.0:User",
    }
}

record! {
    /// Parts of a user's name.
    pub struct Name {
        /// The whole name; the service keeps it equal to the display name.
        formatted: Option<String> = "formatted",
        /// Last name.
        family_name: Option<String> = "familyName",
        /// First name.
        given_name: Option<String> = "givenName",
    }
}

record! {
    /// An e-mail address.
    pub struct Email {
        /// The address.
        value: Option<String> = "value",
        /// Label; the service writes `work`.
        r#type: Option<String> = "type",
        /// Whether it is the main address.
        primary: Option<bool> = "primary",
    }
}

record! {
    /// A telephone number.
    pub struct PhoneNumber {
        /// The number, as free text.
        value: Option<String> = "value",
        /// `work`, `home` or `mobile`.
        r#type: Option<PhoneKind> = "type",
    }
}

record! {
    /// A role the user is in.
    pub struct GroupReference {
        /// Id of the role.
        value: Option<String> = "value",
        /// Name of the role.
        display: Option<String> = "display",
        /// URI of the group.
        reference: Option<String> = "$ref",
        /// Declared by the service's schema, not seen in answers.
        r#type: Option<String> = "type",
    }
}

record! {
    /// About a resource.
    pub struct ResourceMeta {
        /// `User` or `Group`.
        resource_type: Option<String> = "resourceType",
        /// When the answer was created, not when the resource was: a quirk of the service.
        created: Option<Timestamp> = "created",
        /// Always equal to `created`.
        last_modified: Option<Timestamp> = "lastModified",
        /// URI of the resource.
        location: Option<String> = "location",
    }
}

record! {
    /// Enterprise extension of a user.
    pub struct EnterpriseUser {
        /// Organization of the user, by label or path.
        organization: Option<String> = "organization",
        /// The person the user reports to.
        manager: Option<Manager> = "manager",
        /// Number of the employee. This and the next three are in RFC 7643, but not in the schema of the service.
        employee_number: Option<String> = "employeeNumber",
        /// Department.
        department: Option<String> = "department",
        /// Cost centre.
        cost_center: Option<String> = "costCenter",
        /// Division.
        division: Option<String> = "division",
    }
}

record! {
    /// The person a user reports to.
    pub struct Manager {
        /// Id of the manager.
        value: Option<String> = "value",
        /// URI of the manager's resource.
        reference: Option<String> = "$ref",
        /// Name of the manager.
        display_name: Option<String> = "displayName",
    }
}

record! {
    /// Where a user or group from another directory comes from.
    pub struct LinkedObject {
        /// Code of the directory, such as `FDS` or `AdProxy`.
        source: Option<String> = "source",
        /// Identifier there.
        native_identifier: Option<String> = "nativeIdentifier",
    }
}

record! {
    /// A user of the vault.
    pub struct VaultUser {
        /// Ways in which the user may sign in.
        authentication_method: Vec<String> = "authenticationMethod",
        /// When the account ends, as a number whose unit was not recorded.
        expiry_date: Option<i64> = "expiryDate",
        /// Password has to be changed at the next sign-in.
        change_pass_on_next_logon: Option<bool> = "changePassOnNextLogon",
        /// Password does not expire.
        password_never_expires: Option<bool> = "passwordNeverExpires",
        /// Name in the directory that the user comes from.
        distinguished_name: Option<String> = "distinguishedName",
        /// Kind of that directory.
        directory_type: Option<String> = "directoryType",
    }
}

request! {
    /// Arguments of [`create`](Users::create).
    pub struct CreateUser {
        /// Login name as `name@suffix`; the suffix has to exist on the tenant. Unique.
        user_name: Text = "userName",
        /// Parts of the name.
        name: Option<Name> = "name",
        /// Display name. If it is left out, the service uses the part of `user_name` before the `@`.
        display_name: Option<String> = "displayName",
        /// First password. Some tenants may ask for it.
        password: Option<Secret> = "password",
        /// False makes the account suspended.
        active: Option<bool> = "active",
        /// E-mail addresses. The directory stores one.
        emails: Vec<Email> = "emails",
        /// Telephone numbers, one each of `work`, `home` and `mobile`.
        phone_numbers: Vec<PhoneNumber> = "phoneNumbers",
        /// Language and culture, such as `en_US`.
        preferred_language: Option<String> = "preferredLanguage",
        /// Enterprise extension: organization and manager.
        enterprise: Option<EnterpriseUser> = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        /// Attributes that the tenant defined, by name. The form is not verified.
        custom: Option<Map<String, Value>> = "urn:scim:schemas:extension:custom:2.0",
    }
}

/// Looks for the user that a request to create one describes.
pub(crate) fn by_user_name(sent: &Map<String, Value>) -> Option<Lookup> {
    let name = sent.get("userName")?.as_str()?;
    let read = QueryUsers {
        filter: Some(Filter::new("userName", Operator::Equals, name)),
        ..QueryUsers::default()
    };
    Lookup::new(&read, "userName", sent)
}

request! {
    /// Arguments of [`get`](Users::get).
    pub struct GetUser from id {
        /// Id of the user.
        id: Id = "id",
    }
}

request! {
    /// Arguments of [`query`](Users::query).
    pub struct QueryUsers {
        /// `attribute operator "value"`, with attribute `userName` or `emails.value` and operator `eq`, `sw`, `co` or
        /// `ew`. Comparisons are reported to be case-sensitive.
        filter: Option<Filter> = "filter",
        /// Attribute to sort by: `userName`, `name.familyName`, `name.givenName`, `name.formatted`, `displayName`,
        /// `active`, `preferredLanguage` or `emails.value`.
        sort_by: Option<String> = "sortBy",
        /// `ascending` (the default) or `descending`.
        sort_order: Option<Known<SortOrder>> = "sortOrder",
        /// Position of the first user, counting from 1.
        start_index: Option<i64> = "startIndex",
        /// Users in a page, at most 1000. What the service uses without it is not known.
        count: Option<i64> = "count",
        /// Names of the attributes to return, separated by commas.
        attributes: Option<String> = "attributes",
    }
}

impl Paged for QueryUsers {
    type Item = User;

    fn at(&mut self, start: i64, count: i64) {
        self.start_index = Some(start);
        self.count = Some(count);
    }

    fn page_size(&self) -> Option<i64> {
        self.count
    }

    fn id(item: &User) -> Option<&str> {
        item.id.as_deref()
    }
}

impl<'a> Users<'a> {
    /// Reads all users that match, page by page: see [`paging`](crate::paging) for what is promised. `count` is the size
    /// of the pages; `start_index` has no meaning here.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a `count` that is not 1 to 1000.
    pub fn iter(&self, query: impl Into<QueryUsers>) -> crate::Result<Items<'a, QueryUsers>> {
        Items::new(self.0, query.into())
    }
}

request! {
    /// Arguments of [`patch`](Users::patch).
    pub struct PatchUser {
        /// Id of the user.
        id: Id = "id",
        /// What to change, in this order.
        operations: NonEmpty<PatchOperation> = "Operations",
    }
}

impl PatchUser {
    /// Changes the user `id`.
    pub fn new(id: impl Into<Id>, operations: impl Into<NonEmpty<PatchOperation>>) -> Self {
        Self {
            id: id.into(),
            operations: operations.into(),
        }
    }
}

request! {
    /// Arguments of [`replace`](Users::replace).
    pub struct ReplaceUser {
        /// Id of the user.
        id: Id = "id",
        /// The user as it should be. It needs `user_name`. One that was read goes back as it came, with attributes that
        /// are unknown here; in one that was written by hand they are refused.
        user: Whole<User> = "user",
    }
}

impl ReplaceUser {
    /// Replaces the user `id` by `user`.
    pub fn new(id: impl Into<Id>, user: impl Into<Whole<User>>) -> Self {
        Self {
            id: id.into(),
            user: user.into(),
        }
    }
}

request! {
    /// Arguments of [`delete`](Users::delete).
    pub struct DeleteUser from id {
        /// Id of the user.
        id: Id = "id",
    }
}

operations! {
    /// SCIM users.
    "scim.users" as Users;

    /// Creates a user and returns it.
    ///
    /// A name that is already taken ends in a conflict: documented for groups, assumed for users. When the answer is lost,
    /// the user is looked up by its name: with the values that were sent, it is the result (and marked as recovered);
    /// with others, that is a conflict; and if there is none, the request is sent again.
    create(CreateUser) -> User {
        Post "/scim/Users", Encoding::Scim(USER), Write, Write,
        ids: ["post_create_user_identity"],
        permission: "User Management right for the OAuth client's role",
        confidence: High, "That the catalogue id means the SCIM call, and the form of a conflict, are inferred.",
        lookup: by_user_name,
    }

    /// Reads one user by id.
    ///
    /// An unknown id is answered with 404.
    get(GetUser) -> User {
        Get "/scim/Users/{id}", Encoding::None, Safe, Read,
        ids: ["get_user_by_id_identity_api"],
        permission: "User Management right for the OAuth client's role",
        confidence: High, "",
    }

    /// Lists users: one page of those that match the filter, sorted.
    ///
    /// Includes users of other directories, once they have logged in.
    query(QueryUsers) -> ListResponse<User> {
        Get "/scim/Users", Encoding::Query, Safe, Read,
        ids: ["get_query_users_identity"],
        permission: "User Management right for the OAuth client's role",
        confidence: High, "Compound filters and the page size without `count` are not documented; an answer without match was not recorded.",
    }

    /// Changes attributes of a user and returns the user.
    ///
    /// A path that names no attribute is answered with 400 and code `noTarget`. Should a service answer 204 without the
    /// user, as RFC 7644 allows, the result is a user without attributes.
    patch(PatchUser) -> User {
        Patch "/scim/Users/{id}", Encoding::Scim(PATCH_OP), Write, Write,
        ids: ["patch_update_user_attributes"],
        permission: "User Management right for the OAuth client's role",
        confidence: High, "Paths with a filter, such as `emails[type eq \"work\"].value`, are untested.",
    }

    /// Replaces the attributes of a user as a whole and returns the user.
    ///
    /// The login name can be changed this way. An unknown id is answered with 404.
    replace(ReplaceUser) -> User {
        Put "/scim/Users/{id}", Encoding::ScimResource { urn: USER, needs: "userName" }, Idempotent, Write,
        ids: ["put_update_user_identity"],
        permission: "User Management right for the OAuth client's role",
        confidence: High, "In one recording name parts that were left out were cleared and the display name was kept; whether that is a rule is not known.",
    }

    /// Deletes a user.
    ///
    /// An unknown id is answered with 404, and a second delete is expected to be as well.
    delete(DeleteUser) -> () {
        Delete "/scim/Users/{id}", Encoding::None, Write, Write,
        ids: ["delete_user_identity_api"],
        permission: "User Management right for the OAuth client's role",
        confidence: High, "",
    }
}
