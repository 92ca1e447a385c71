//! SCIM groups: the roles of the tenant under another name.

use serde_json::{Map, Value};

use super::{
    PATCH_OP, PatchOperation,
    users::{LinkedObject, ResourceMeta},
};
use crate::{
    Filter,
    model::{Id, Known, ListResponse, Name as Text, NonEmpty, SortOrder, Whole},
    operation::{Encoding, Mistake},
    paging::{Items, Paged},
};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

record! {
    /// A SCIM group: a role of the tenant.
    pub struct Group {
        /// Id of the role: a GUID with underscores, or a readable word for a built-in one, such as `Everybody`.
        id: Option<String> = "id",
        /// Name of the role, unique in the tenant.
        display_name: Option<String> = "displayName",
        /// Users and groups in the role.
        members: Vec<GroupMember> = "members",
        /// Schema URNs: the core group, and each extension that is present.
        schemas: Vec<String> = "schemas",
        /// About the resource. There is no version.
        meta: Option<ResourceMeta> = "meta",
        /// Where the group comes from, if that is another directory. Read-only.
        linked_object: Option<LinkedObject> = "urn:ietf:params:scim:schemas:pam:1.0:LinkedObject",
        /// The group in the vault. Only for callers with the Vault Management right, who reach vault groups instead.
        vault: Option<VaultGroup> = "urn:ietf:params:scim:schemas:cyberark:1.0:Group",
    }
}

record! {
    /// A member of a group.
    pub struct GroupMember {
        /// Id of the user, or of the role inside this one. Upper and lower case seem to matter.
        value: Option<String> = "value",
        /// `User` or `Group`.
        r#type: Option<String> = "type",
        /// User name, or name of the role. Ignored when it is sent.
        display: Option<String> = "display",
        /// URI of the member. Need not be sent.
        reference: Option<String> = "$ref",
    }
}

impl<T: Into<String>> From<T> for GroupMember {
    fn from(id: T) -> Self {
        Self {
            value: Some(id.into()),
            ..Self::default()
        }
    }
}

record! {
    /// A group of the vault.
    pub struct VaultGroup {
        /// Kind of the directory that the group comes from, such as `Vault`.
        directory_type: Option<String> = "directoryType",
        /// Name of that directory.
        directory_name: Option<String> = "directoryName",
    }
}

request! {
    /// Arguments of [`create`](Groups::create).
    pub struct CreateGroup from display_name {
        /// Name of the role, unique in the tenant.
        display_name: Text = "displayName",
        /// Users and roles to add; their ids are enough.
        members: Vec<GroupMember> = "members",
    }
}

request! {
    /// Arguments of [`get`](Groups::get).
    pub struct GetGroup from id {
        /// Id of the group.
        id: Id = "id",
    }
}

request! {
    /// Arguments of [`query`](Groups::query).
    pub struct QueryGroups {
        /// `attribute operator "value"`, with attribute `displayName`, `id`, `members.display` (groups of a user name) or
        /// `members.value` (groups of a user id) and operator `eq`, `sw`, `co` or `ew`.
        filter: Option<Filter> = "filter",
        /// Attribute to sort by: `displayName`.
        sort_by: Option<String> = "sortBy",
        /// `ascending` (the default) or `descending`.
        sort_order: Option<Known<SortOrder>> = "sortOrder",
        /// Position of the first group, counting from 1.
        start_index: Option<i64> = "startIndex",
        /// Groups in a page, at most 1000. One tester saw the service return all groups regardless of it.
        count: Option<i64> = "count",
        /// Names of the attributes to return, separated by commas.
        attributes: Option<String> = "attributes",
    }
}

impl Paged for QueryGroups {
    type Item = Group;

    fn at(&mut self, start: i64, count: i64) {
        self.start_index = Some(start);
        self.count = Some(count);
    }

    fn page_size(&self) -> Option<i64> {
        self.count
    }

    fn id(item: &Group) -> Option<&str> {
        item.id.as_deref()
    }
}

impl<'a> Groups<'a> {
    /// Reads all groups that match, page by page: see [`paging`](crate::paging) for what is promised. `count` is the size
    /// of the pages; `start_index` has no meaning here.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a `count` that is not 1 to 1000.
    pub fn iter(&self, query: impl Into<QueryGroups>) -> crate::Result<Items<'a, QueryGroups>> {
        Items::new(self.0, query.into())
    }
}

request! {
    /// Arguments of [`patch`](Groups::patch).
    pub struct PatchGroup sent by with_lists_of_members {
        /// Id of the group.
        id: Id = "id",
        /// What to change, in this order. Members are a list of objects with their id as `value`; one is removed with the
        /// path `members[value eq "id"]`.
        operations: NonEmpty<PatchOperation> = "Operations",
    }
}

impl PatchGroup {
    /// Changes the group `id`.
    pub fn new(id: impl Into<Id>, operations: impl Into<NonEmpty<PatchOperation>>) -> Self {
        Self {
            id: id.into(),
            operations: operations.into(),
        }
    }
}

/// The service answers members that are no list with a server error that quotes its own code.
fn with_lists_of_members(
    _: &PatchGroup,
    fields: Map<String, Value>,
) -> Result<Map<String, Value>, Mistake> {
    let operations = fields.get("Operations").and_then(Value::as_array);
    for (index, operation) in operations.into_iter().flatten().enumerate() {
        let path = operation["path"].as_str().unwrap_or_default();
        let wrong = operation
            .get("value")
            .is_some_and(|value| !value.is_array());
        if path.eq_ignore_ascii_case("members") && wrong {
            let field = format!("Operations[{index}].value");
            return Err(Mistake::new(field, "must be a list: `members` is one"));
        }
    }
    Ok(fields)
}

request! {
    /// Arguments of [`replace`](Groups::replace).
    pub struct ReplaceGroup sent by with_members {
        /// Id of the group.
        id: Id = "id",
        /// The group as it should be. It needs `display_name`; one without members empties the role. One that was read goes
        /// back as it came, with attributes that are unknown here; in one that was written by hand they are refused.
        group: Whole<Group> = "group",
    }
}

impl ReplaceGroup {
    /// Replaces the group `id` by `group`.
    pub fn new(id: impl Into<Id>, group: impl Into<Whole<Group>>) -> Self {
        Self {
            id: id.into(),
            group: group.into(),
        }
    }
}

/// No members are said in so many words, since what the service makes of their absence is not known.
fn with_members(
    _: &ReplaceGroup,
    mut fields: Map<String, Value>,
) -> Result<Map<String, Value>, Mistake> {
    if let Some(Value::Object(group)) = fields.get_mut("group") {
        group
            .entry("members")
            .or_insert_with(|| Vec::<Value>::new().into());
    }
    Ok(fields)
}

request! {
    /// Arguments of [`delete`](Groups::delete).
    pub struct DeleteGroup from id {
        /// Id of the group.
        id: Id = "id",
    }
}

operations! {
    /// SCIM groups, which are the roles of the tenant.
    "scim.groups" as Groups;

    /// Creates a group, and with it a role, and returns it.
    ///
    /// A name that is taken is answered with 409, a member that does not exist with 404; then nothing is created.
    create(CreateGroup) -> Group {
        Post "/scim/Groups", Encoding::Scim(CORE), Write, Write,
        ids: ["post_create_group_identity"],
        permission: "Role Management right for the OAuth client's role",
        confidence: High, "The body of a conflict was not recorded.",
    }

    /// Reads one group by id.
    ///
    /// An unknown id is answered with 404.
    get(GetGroup) -> Group {
        Get "/scim/Groups/{id}", Encoding::None, Safe, Read,
        ids: ["get_group_by_id_identity"],
        permission: "Role Management right for the OAuth client's role",
        confidence: High, "Whether an empty role has an empty list of members or none was not recorded.",
    }

    /// Lists groups: one page of those that match the filter, sorted.
    query(QueryGroups) -> ListResponse<Group> {
        Get "/scim/Groups", Encoding::Query, Safe, Read,
        ids: ["get_query_groups_identity"],
        permission: "Role Management right for the OAuth client's role",
        confidence: High, "Paging was reported to have no effect on groups in 2024; an unsupported filter is assumed to end in 400.",
    }

    /// Changes attributes or members of a group and returns the group.
    ///
    /// An unknown group or member is answered with 404, a path that names no attribute with 400.
    patch(PatchGroup) -> Group {
        Patch "/scim/Groups/{id}", Encoding::Scim(PATCH_OP), Write, Write,
        ids: ["patch_update_group_with_patch_identity_api"],
        permission: "Role Management right for the OAuth client's role",
        confidence: High, "The answer to the removal of one member was not recorded.",
    }

    /// Replaces name and members of a group at once and returns the group.
    ///
    /// An unknown group or member is answered with 404.
    replace(ReplaceGroup) -> Group {
        Put "/scim/Groups/{id}", Encoding::ScimResource { urn: CORE, needs: "displayName" }, Idempotent, Write,
        ids: ["put_update_group_identity"],
        permission: "Role Management right for the OAuth client's role",
        confidence: High, "",
    }

    /// Deletes a group, and with it the role.
    ///
    /// An unknown id is expected to be answered with 404.
    delete(DeleteGroup) -> () {
        Delete "/scim/Groups/{id}", Encoding::None, Write, Write,
        ids: ["delete_group_identity_api"],
        permission: "Role Management right for the OAuth client's role",
        confidence: High, "The reference names no answer for an unknown id.",
    }
}
