//! Organizations, an optional feature of the tenant.

use serde_json::Value;

use crate::{
    model::{Name, Nullable, Rows},
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

request! {
    /// Arguments of [`create`](Organizations::create).
    pub struct CreateOrganization from name {
        /// Name, unique in the tenant.
        name: Name = "Name",
        /// Free text; null is sent as such.
        description: Nullable<String> = "Description",
    }
}

request! {
    /// Arguments of [`list`](Organizations::list): there are none.
    pub struct ListOrganizations {}
}

operations! {
    /// Organizations, an optional feature of the tenant.
    "organizations" as Organizations;

    /// Creates an organization and returns it.
    ///
    /// A name that is taken already is answered with `success: false`.
    create(CreateOrganization) -> Organization {
        Post "/Org/Create", Encoding::Json, Write, Write,
        ids: ["post_create_organization_identity"],
        permission: "System administrator",
        confidence: High, "Message and code for a name that is taken are modelled on the sibling call for roles.",
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
}
