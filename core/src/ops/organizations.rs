//! Organizations, an optional feature of the tenant.

use serde_json::{Map, Value};

use super::users::AdministrativeRight;
use crate::{
    lookup::Lookup,
    model::{Id, Name, NonEmpty, Nullable, Rows},
    operation::Encoding,
};

record! {
    /// An organization.
    pub struct Organization {
        /// Id of the organization: a GUID.
        id: Option<String> = "ID",
        /// Name, unique in the tenant.
        name: Option<String> = "Name",
        /// Path, by which users and roles name their organization.
        path: Option<String> = "Path",
        /// Free text.
        description: Option<String> = "Description",
        /// Administrators, in a form that was not recorded. In lists only.
        administrators: Option<Value> = "Administrators",
        /// Number of members. In lists only; the spelling was not recorded.
        member_count: Option<i64> = "MemberCount",
    }
}

record! {
    /// A role of an organization.
    pub struct OrganizationRole {
        /// Id of the role.
        id: Option<String> = "ID",
        /// Name of the role.
        name: Option<String> = "Name",
        /// Free text.
        description: Option<String> = "Description",
        /// Rights that the role grants. That they are there is documented, their spelling is not.
        rights: Vec<AdministrativeRight> = "Rights",
    }
}

record! {
    /// An administrator of an organization.
    pub struct OrganizationAdministrator {
        /// Id of the user: a GUID.
        id: Option<String> = "ID",
        /// The same id.
        guid: Option<String> = "Guid",
        /// Login name.
        name: Option<String> = "Name",
    }
}

record! {
    /// Rights of somebody over an organization.
    pub struct OrganizationRight {
        /// Names of the rights. The service does not publish them; the only one ever seen is `Unknown`.
        right: Vec<String> = "Right",
        /// Who has them.
        principal: Option<String> = "Principal",
        /// `User` or `Role`.
        principal_type: Option<String> = "PrincipalType",
    }
}

request! {
    /// Arguments of [`create`](Organizations::create).
    pub struct CreateOrganization from name {
        /// Name, unique in the tenant.
        name: Name = "Name",
        /// Free text; null is sent as such.
        description: Nullable<String> = "Description",
    }
}

/// Looks for the organization that a request to create one describes.
fn by_name(sent: &Map<String, Value>) -> Option<Lookup> {
    Lookup::new(&ListOrganizations {}, "Name", sent)
}

request! {
    /// Arguments of [`list`](Organizations::list): there are none.
    pub struct ListOrganizations {}
}

request! {
    /// Arguments of [`get`](Organizations::get).
    pub struct GetOrganization from org_id {
        /// Id of the organization.
        org_id: Id = "OrgId",
    }
}

request! {
    /// Arguments of [`update`](Organizations::update). What is left out stays as it is.
    pub struct UpdateOrganization {
        /// Id of the organization.
        org_id: Id = "OrgId",
        /// New name.
        name: Option<Name> = "Name",
        /// New free text.
        description: Option<String> = "Description",
    }
}

request! {
    /// Arguments of [`delete`](Organizations::delete).
    pub struct DeleteOrganization from org_id {
        /// Id of the organization.
        org_id: Id = "OrgId",
    }
}

request! {
    /// Arguments of [`get_roles`](Organizations::get_roles).
    pub struct GetOrganizationRoles from org_id {
        /// Id of the organization.
        org_id: Id = "OrgId",
    }
}

request! {
    /// Arguments of [`get_administrators`](Organizations::get_administrators).
    pub struct GetAdministrators from org_id {
        /// Id of the organization.
        org_id: Id = "OrgId",
    }
}

request! {
    /// A user who becomes an administrator.
    pub struct AdministratorGrant from id {
        /// Id of the user.
        id: Id = "Id",
        /// `User`. Not needed by the service.
        r#type: Option<String> = "Type",
        /// Id of the directory that has the user. Not needed by the service.
        directory_service_uuid: Option<String> = "DirectoryServiceUuid",
        /// Login name. Not needed by the service.
        system_name: Option<String> = "SystemName",
    }
}

request! {
    /// Arguments of [`update_administrators`](Organizations::update_administrators).
    pub struct UpdateAdministrators {
        /// Id of the organization.
        org_id: Id = "OrgId",
        /// Users who become administrators.
        grant: Vec<AdministratorGrant> = "Grant",
        /// Ids of the users who cease to be administrators.
        revoke: Vec<Id> = "Revoke",
    }
}

request! {
    /// Arguments of [`get_rights`](Organizations::get_rights).
    pub struct GetRights from org_id {
        /// Id of the organization.
        org_id: Id = "OrgId",
    }
}

request! {
    /// Rights to grant.
    pub struct RightGrant {
        /// Names of the rights.
        right: NonEmpty<Name> = "Right",
        /// Who gets them.
        principal: Name = "Principal",
        /// `User` or `Role`.
        principal_type: Name = "PrincipalType",
    }
}

request! {
    /// Rights to revoke.
    pub struct RightRevocation {
        /// Names of the rights.
        right: NonEmpty<Name> = "Right",
        /// Who loses them.
        principal: Name = "Principal",
    }
}

request! {
    /// Arguments of [`update_rights`](Organizations::update_rights).
    pub struct UpdateRights {
        /// Id of the organization.
        org_id: Id = "OrgId",
        /// Rights to grant.
        grant: Vec<RightGrant> = "Grant",
        /// Rights to revoke.
        revoke: Vec<RightRevocation> = "Revoke",
    }
}

request! {
    /// Somebody who joins or leaves an organization.
    pub struct OrganizationMember {
        /// Id of the member.
        id: Id = "ID",
        /// `User`; `Role` is plausible.
        r#type: Name = "Type",
    }
}

impl OrganizationMember {
    /// The user `id`.
    pub fn user(id: impl Into<Id>) -> Self {
        Self {
            id: id.into(),
            r#type: "User".into(),
        }
    }
}

request! {
    /// Arguments of [`update_members`](Organizations::update_members).
    pub struct UpdateMembers {
        /// Id of the organization.
        org_id: Id = "OrgId",
        /// Who joins.
        add: Vec<OrganizationMember> = "Add",
        /// Who leaves.
        remove: Vec<OrganizationMember> = "Remove",
    }
}

operations! {
    /// Organizations, an optional feature of the tenant.
    "organizations" as Organizations;

    /// Creates an organization and returns it.
    ///
    /// A name that is already taken is answered with `success: false`. When the answer is lost, the organization is looked
    /// up by its name: with the description that was sent, it is the result (and marked as recovered); with another, that
    /// is a conflict; and if there is none, the request is sent again.
    create(CreateOrganization) -> Organization {
        Post "/Org/Create", Encoding::Json, Write, Write,
        ids: ["post_create_organization_identity"],
        permission: "System administrator",
        confidence: High, "Message and code for a name that is taken are modelled on the sibling call for roles.",
        lookup: by_name,
    }

    /// Lists all organizations.
    ///
    /// The service answers with a bare list or with a query; both are read.
    list(ListOrganizations: ()) -> Rows<Organization> {
        Post "/Org/ListAll", Encoding::None, Safe, Read,
        ids: ["post_get_all_organizations_identity_api"],
        permission: "An administrator; the exact right is not documented",
        confidence: Medium, "The form of the answer and the names of administrators and member count are inferred.",
    }

    /// Reads one organization by id.
    ///
    /// An unknown id is expected to be answered with `success: false`.
    get(GetOrganization) -> Organization {
        Post "/Org/Get", Encoding::Json, Safe, Read,
        ids: ["post_organization_details_identity_api"],
        permission: "An administrator; the exact right is not documented",
        confidence: Medium, "The fields of the answer are inferred from the sibling calls.",
    }

    /// Changes name or free text of an organization.
    ///
    /// An unknown id, and a name that is taken, are expected to be answered with `success: false`.
    update(UpdateOrganization) -> () {
        Post "/Org/Update", Encoding::Json, Idempotent, Write,
        ids: ["post_update_organization_identity"],
        permission: "System administrator",
        confidence: Medium, "Whether a new name changes the path, and the path that members carry, is not known.",
    }

    /// Deletes an organization.
    ///
    /// An unknown id is expected to be answered with `success: false`.
    delete(DeleteOrganization) -> () {
        Post "/Org/Delete", Encoding::Json, Write, Write,
        ids: ["post_delete_organization_identity_api"],
        permission: "System administrator",
        confidence: High, "What happens to members and administrators is not known.",
    }

    /// Lists the roles of an organization with their rights.
    ///
    /// A role is placed into an organization when it is created.
    get_roles(GetOrganizationRoles) -> Rows<OrganizationRole> {
        Post "/Org/GetRoles", Encoding::Json, Safe, Read,
        ids: ["post_get_organization_roles"],
        permission: "An administrator; the exact right is not documented",
        confidence: Medium, "The form of the answer is not known: a query, a bare list and nothing are all read.",
    }

    /// Lists the administrators of an organization.
    get_administrators(GetAdministrators) -> Rows<OrganizationAdministrator> {
        Post "/Org/GetAdministrators", Encoding::Json, Safe, Read,
        ids: ["post_get_administrators_identity_api_reference"],
        permission: "An administrative right that opens the admin portal",
        confidence: High, "The answer is said to have more columns.",
    }

    /// Adds and removes administrators of an organization.
    ///
    /// A user can administer one organization only; what the service says to a second one is not known. What an
    /// administrator may do comes from roles.
    update_administrators(UpdateAdministrators) -> () {
        Post "/Org/UpdateAdministrators", Encoding::Json, Idempotent, Write,
        ids: ["post_update_administrators_for_organization"],
        permission: "System administrator",
        confidence: High, "Sources differ on whether those to remove are ids or objects; ids were confirmed against a tenant.",
    }

    /// Lists the rights that are granted over an organization. It only reads, although the catalogue calls it a write.
    get_rights(GetRights) -> Rows<OrganizationRight> {
        Post "/Org/GetPermission", Encoding::Json, Safe, Write,
        ids: ["post_get_administrative_rights_identity_api"],
        permission: "An administrative right that opens the admin portal",
        confidence: Medium, "Names of rights are not published; the names of the holder are taken from the call that changes them.",
    }

    /// Grants and revokes rights over an organization.
    ///
    /// A right the service does not know is answered with `success: false`. Not to be confused with the rights of a role.
    update_rights(UpdateRights) -> () {
        Post "/Org/UpdatePermission", Encoding::Json, Idempotent, Write,
        ids: ["post_update_administrative_rights_identity"],
        permission: "System administrator",
        confidence: Medium, "Names of rights are not published, whether the holder is an id or a name is not known, and no success was ever recorded.",
    }

    /// Moves members into an organization and out of it.
    ///
    /// A user belongs to one organization only; what happens to a user who is in another is not known.
    update_members(UpdateMembers) -> () {
        Post "/Org/ChangeMembership", Encoding::Json, Idempotent, Write,
        ids: ["post_update_organization_membership"],
        permission: "System administrator, assumed from the sibling calls",
        confidence: High, "Kinds of members other than `User` are not documented.",
    }
}
