//! Bringing people in: bulk import and invitations.

use serde_json::{Map, Value};

use crate::{
    model::{File, Id, Name, NonEmpty},
    operation::{Encoding, FilePart},
};

record! {
    /// A file of users that the service has accepted, and how it read it. Nothing is created yet.
    pub struct CsvUpload {
        /// Handle of the file, for `submit_csv`. Use it as it is.
        return_id: Option<String> = "ReturnID",
        /// Rows in the file.
        full_count: Option<i64> = "FullCount",
        /// Rows of the preview.
        count: Option<i64> = "Count",
        /// The first rows, as the service understood them.
        results: Vec<CsvPreview> = "Results",
    }
}

record! {
    /// A row of a file of users, as the service understood it.
    pub struct CsvPreview {
        /// Values by column. The names of the columns are those of the file, as far as is known.
        row: Option<Map<String, Value>> = "Row",
    }
}

request! {
    /// Arguments of [`upload_csv`](Onboarding::upload_csv).
    pub struct UploadCsv {
        /// The file. Its header names columns exactly as here: `Login Name`, `Display Name`, `Email Address`,
        /// `Office Number`, `Home Number`, `Mobile Number`, `Description`, `Roles`, `Password`, `Require Password Change`,
        /// `Expiration Date`, `Password Never Expires`, or an attribute of the tenant. The first and the third have to be
        /// filled; there may be 10000 rows.
        file: File = "Icon",
        /// Name of the file. By default its own, or `users.csv`.
        file_name: Option<Name> = "FileName",
    }
}

impl From<File> for UploadCsv {
    fn from(file: File) -> Self {
        Self {
            file,
            file_name: None,
        }
    }
}

request! {
    /// Arguments of [`submit_csv`](Onboarding::submit_csv).
    pub struct SubmitCsv {
        /// Handle of the file that was uploaded.
        return_id: Name = "ReturnID",
        /// Address to which the report is sent.
        admin_email: Name = "AdminEmail",
        /// Invite each of them by text message.
        send_sms_invite: Option<bool> = "SendSmsInvite",
        /// Invite each of them by e-mail.
        send_email_invite: Option<bool> = "SendEmailInvite",
    }
}

impl SubmitCsv {
    /// Creates the users of the file `return_id`, and reports to `admin_email`.
    pub fn new(return_id: impl Into<Name>, admin_email: impl Into<Name>) -> Self {
        Self {
            return_id: return_id.into(),
            admin_email: admin_email.into(),
            ..Self::default()
        }
    }
}

request! {
    /// Somebody to invite.
    pub struct Invitee {
        /// `User`, `Group` or `Role`.
        r#type: Name = "Type",
        /// Id of the user, group or role.
        guid: Name = "Guid",
        /// Login name. For users only.
        name: Option<String> = "Name",
    }
}

impl Invitee {
    /// The user with this id and login name.
    pub fn user(guid: impl Into<Name>, name: impl Into<String>) -> Self {
        Self {
            r#type: "User".into(),
            guid: guid.into(),
            name: Some(name.into()),
        }
    }
}

request! {
    /// Arguments of [`invite`](Onboarding::invite).
    pub struct Invite {
        /// Who is invited.
        entities: NonEmpty<Invitee> = "Entities",
        /// Invite by e-mail. With this and the next one off, users of other directories become known without a message.
        email_invite: bool = "EmailInvite",
        /// Invite by text message. Off by default.
        sms_invite: Option<bool> = "SmsInvite",
        /// One message to the address of a group, rather than one to each member. On by default.
        group_invite: Option<bool> = "GroupInvite",
        /// Name of a role to add those who are invited to. None by default.
        role: Option<String> = "Role",
    }
}

request! {
    /// Arguments of [`send_email`](Onboarding::send_email).
    pub struct SendLoginEmails {
        /// Ids of the users.
        ids: NonEmpty<Id> = "ID",
    }
}

impl SendLoginEmails {
    /// To these users.
    pub fn to<T: Into<Id>>(ids: impl IntoIterator<Item = T>) -> Self {
        Self {
            ids: ids.into_iter().map(Into::into).collect(),
        }
    }
}

request! {
    /// Arguments of [`send_sms`](Onboarding::send_sms).
    pub struct SendSmsInvite from id {
        /// Id of the user.
        id: Id = "ID",
    }
}

const CSV: FilePart = FilePart {
    media_type: "text/csv",
    name: "users.csv",
    repeated_in: Some("FileName"),
};

operations! {
    /// Bringing people in: bulk import and invitations.
    "onboarding" as Onboarding;

    /// Uploads a CSV file of users: the first of two steps, which creates nobody.
    ///
    /// A file with wrong columns or values is answered with `success: false`.
    upload_csv(UploadCsv) -> CsvUpload {
        Post "/CDirectoryService/GetUsersFromCsvFile?importType=ImportBulkUser", Encoding::Multipart(CSV), Idempotent, Write,
        ids: ["post_start_bulk_user_import"],
        permission: "System administrator, or User Management right",
        confidence: High, "Texts of failures, the columns of the preview and the life of the handle are not documented.",
    }

    /// Creates the users of an uploaded file: the second of two steps. Returns what the service says.
    ///
    /// The service continues on its own; the outcome of each row is only in the report to the address.
    submit_csv(SubmitCsv) -> String {
        Post "/CDirectoryService/SubmitUploadedFile?importType=ImportBulkUser", Encoding::Json, Write, Write,
        ids: ["post_advance_bulk_user_import_identity"],
        permission: "System administrator, or User Management right",
        confidence: High, "What an unknown or used handle is answered with is not known.",
        nested: true,
    }

    /// Invites users, groups or roles, and makes users of other directories known to the tenant.
    invite(Invite) -> () {
        Post "/UserMgmt/InviteUsers", Encoding::Json, Write, Write,
        ids: ["post_invite_cloud_users"],
        permission: "System administrator, or User Management right",
        confidence: High, "How somebody without an e-mail address affects the call is not known.",
    }

    /// Sends users of the cloud directory an e-mail for signing in.
    send_email(SendLoginEmails) -> () {
        Post "/UserMgmt/SendLoginEmails", Encoding::Json, Write, Write,
        ids: ["post_send_invitation_email_identity"],
        permission: "System administrator",
        confidence: High, "Whether one unknown user keeps the others from getting theirs is not known.",
    }

    /// Sends a user a text message for signing in.
    ///
    /// A user without a mobile number is answered with `success: false`.
    send_sms(SendSmsInvite) -> () {
        Post "/UserMgmt/SendSmsInvite", Encoding::Query, Write, Write,
        ids: ["post_send_invitation_sms_identity"],
        permission: "System administrator, or User Management right",
        confidence: Medium, "Only the refusal was seen.",
    }
}
