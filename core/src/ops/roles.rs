//! Roles, by the platform's own calls. SCIM knows them as groups.

use super::query::QueryArgs;
use crate::{
    model::{Id, Known, Name, Nullable, PrincipalKind, RoleKind, Rows},
    operation::Encoding,
};

record! {
    /// A role that was created.
    pub struct CreatedRole {
        /// Id of the role: a GUID with underscores.
        id: Option<String> = "_RowKey",
    }
}

record! {
    /// A member of a role.
    pub struct RoleMember {
        /// Id of the member.
        guid: Option<String> = "Guid",
        /// Login name, or name of the group or role.
        name: Option<String> = "Name",
        /// `User`, `Group` or `Role`.
        r#type: Option<PrincipalKind> = "Type",
        /// Whether the membership is in effect.
        is_effective: Option<bool> = "IsEffective",
        /// Path of the member's organization.
        org_path: Option<String> = "OrgPath",
        /// Id of the member's organization.
        org_id: Option<String> = "OrgId",
    }
}

request! {
    /// Arguments of [`create`](Roles::create).
    pub struct CreateRole from name {
        /// Name, unique in the tenant.
        name: Name = "Name",
        /// Free text.
        description: Nullable<String> = "Description",
        /// `PrincipalList` (the default: members are listed), `Script` (a script decides) or `Everybody`.
        role_type: Option<Known<RoleKind>> = "RoleType",
        /// Organization that the role is placed into, by name.
        org_path: Option<String> = "OrgPath",
        /// Users to add, by id or login name.
        users: Vec<Name> = "Users",
        /// Groups to add, by id or name.
        groups: Vec<Name> = "Groups",
        /// Roles to add, by id or name.
        roles: Vec<Name> = "Roles",
    }
}

request! {
    /// Arguments of [`update`](Roles::update). What is left out stays as it is.
    pub struct UpdateRole {
        /// Id of the role.
        id: Id = "Name",
        /// New name.
        new_name: Option<Name> = "NewName",
        /// Free text.
        description: Nullable<String> = "Description",
    }
}

impl UpdateRole {
    /// Changes the role `id`.
    pub fn new(id: impl Into<Id>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }
}

request! {
    /// Arguments of [`delete`](Roles::delete).
    pub struct DeleteRole from id {
        /// Id of the role.
        id: Id = "Name",
    }
}

request! {
    /// Arguments of [`members`](Roles::members).
    pub struct GetRoleMembers from id {
        /// Id of the role.
        id: Id = "Name",
        /// Paging and sorting.
        args: Option<QueryArgs> = "Args",
    }
}

request! {
    /// Arguments of [`add_members`](Roles::add_members).
    pub struct AddRoleMembers {
        /// Id of the role.
        id: Id = "Name",
        /// Users, by id or login name.
        users: Vec<Name> = "Users",
        /// Groups, by id or name.
        groups: Vec<Name> = "Groups",
        /// Roles, by id or name.
        roles: Vec<Name> = "Roles",
    }
}

impl AddRoleMembers {
    /// Adds users to the role `id`.
    pub fn users<T: Into<Name>>(id: impl Into<Id>, users: impl IntoIterator<Item = T>) -> Self {
        Self {
            id: id.into(),
            users: users.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }
}

request! {
    /// Arguments of [`remove_members`](Roles::remove_members).
    pub struct RemoveRoleMembers {
        /// Id of the role.
        id: Id = "Name",
        /// Users, by id or login name.
        users: Vec<Name> = "Users",
        /// Groups, by id or name.
        groups: Vec<Name> = "Groups",
        /// Roles, by id or name.
        roles: Vec<Name> = "Roles",
    }
}

impl RemoveRoleMembers {
    /// Removes users from the role `id`.
    pub fn users<T: Into<Name>>(id: impl Into<Id>, users: impl IntoIterator<Item = T>) -> Self {
        Self {
            id: id.into(),
            users: users.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }
}

operations! {
    /// Roles. SCIM knows them as groups.
    "roles" as Roles;

    /// Creates a role and returns its id.
    ///
    /// A name that is taken is answered with `success: false` and code 1409.
    create(CreateRole) -> CreatedRole {
        Post "/Roles/StoreRole", Encoding::Json, Write, Write,
        ids: [],
        permission: "System administrator, or Role Management right",
        confidence: High, "",
    }

    /// Changes name or free text of a role.
    ///
    /// An unknown id is answered with `success: false`.
    update(UpdateRole) -> () {
        Post "/Roles/UpdateRole", Encoding::Json, Idempotent, Write,
        ids: [],
        permission: "System administrator, or Role Management right",
        confidence: High, "One description of the call also requires users; SDKs leave them out.",
    }

    /// Deletes a role.
    ///
    /// An unknown id is expected to be answered with `success: false`.
    delete(DeleteRole) -> () {
        Post "/SaasManage/DeleteRole", Encoding::Json, Write, Write,
        ids: [],
        permission: "System administrator, or Role Management right",
        confidence: High, "What an unknown id is answered with was not recorded.",
    }

    /// Lists the members of a role.
    ///
    /// An unknown id is answered with `success: false`.
    members(GetRoleMembers) -> Rows<RoleMember> {
        Post "/Roles/GetRoleMembers", Encoding::Json, Safe, Read,
        ids: [],
        permission: "System administrator, or Role Management right",
        confidence: High, "Id, name and kind are certain; the other columns are from the vendor's description.",
    }

    /// Adds users, groups or roles to a role.
    add_members(AddRoleMembers) -> () {
        Post "/SaasManage/AddUsersAndGroupsToRole", Encoding::Json, Idempotent, Write,
        ids: [],
        permission: "System administrator, or Role Management right",
        confidence: High, "What an unknown member is answered with was not recorded.",
    }

    /// Removes users, groups or roles from a role.
    remove_members(RemoveRoleMembers) -> () {
        Post "/SaasManage/RemoveUsersAndGroupsFromRole", Encoding::Json, Idempotent, Write,
        ids: [],
        permission: "System administrator, or Role Management right",
        confidence: High, "What an unknown member is answered with was not recorded.",
    }
}
