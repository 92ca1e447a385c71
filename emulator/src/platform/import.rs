//! Bulk import of users: upload a CSV file, then submit it.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::import_csv::{Sheet, read as read_csv};
use super::multipart::parts;
use super::query_format::{Column, ColumnType, Line, QueryResult};
use super::{Failure, Outcome, Params, Payload, envelope, password};
use crate::call::Call;
use crate::routing::{Route, write};
use crate::state::Directory;
use crate::state::imports::{ImportReport, ImportRow};
use crate::state::outbox::MessageKind;
use crate::state::rights::Needs;
use crate::state::user::{Password, User};

pub(crate) const ROUTES: &[Route] = &[
    write(
        "/CDirectoryService/GetUsersFromCsvFile",
        Needs::ManageUsers,
        upload,
    ),
    write(
        "/CDirectoryService/SubmitUploadedFile",
        Needs::ManageUsers,
        submit,
    ),
];

/// How many rows the answer to an upload shows.
const PREVIEW: usize = 15;
const IMPORT_TYPE: &str = "ImportBulkUser";

const PREVIEW_COLUMNS: &[Column] = &[
    ("Login Name", ColumnType::Text),
    ("Email Address", ColumnType::Text),
    ("Display Name", ColumnType::Text),
];

/// Takes the first file part, which clients call `Icon`, and a text part `FileName`. Nothing is created yet. The shape
/// of the preview is not known beyond its being in query format.
fn upload(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    import_type(&Params::without_body(call), false)?;
    let parts = parts(call.headers, call.body)?;
    let file = parts
        .iter()
        .find(|part| part.file_name.is_some())
        .ok_or_else(|| Failure::missing("Icon"))?;
    let labelled = file
        .content_type
        .as_deref()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if !labelled.starts_with("text/csv") {
        return Err(Failure::refused(
            "The file has an invalid format: its part has to be labelled text/csv.",
        ));
    }
    let name = parts
        .iter()
        .find(|part| part.name.eq_ignore_ascii_case("FileName"))
        .map(|part| String::from_utf8_lossy(&part.data).trim().to_owned())
        .filter(|name| !name.is_empty())
        .ok_or_else(|| Failure::missing("FileName"))?;
    let sheet = read_csv(&file.data, &directory.ext_schema)?;
    let return_id = return_id(&name, call);
    let payload = preview(&sheet, &return_id);
    directory.imports.upload(&return_id, sheet.rows);
    payload
}

fn import_type(params: &Params<'_>, required: bool) -> Result<(), Failure> {
    match params.text("importType")? {
        None if !required => Ok(()),
        None => Err(Failure::missing("importType")),
        Some(word) if word.eq_ignore_ascii_case(IMPORT_TYPE) => Ok(()),
        Some(word) => Err(Failure::unknown_word(&word)),
    }
}

/// File name, time and something random, as in the handles that were seen.
fn return_id(file_name: &str, call: &Call<'_>) -> String {
    let stem = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let (stem, extension) = stem.rsplit_once('.').unwrap_or((stem, "csv"));
    let stamp = call.tenant.clock.now().strftime("%Y%m%dT%H%M%S");
    format!("{stem}_{stamp}_{}.{extension}", Uuid::new_v4().simple())
}

fn preview(sheet: &Sheet, return_id: &str) -> Outcome {
    let lines: Vec<Line<Value>> = sheet
        .rows
        .iter()
        .take(PREVIEW)
        .map(|row| {
            let shown: Map<String, Value> = [
                ("Login Name", Value::from(row.login_name.as_str())),
                ("Email Address", Value::from(row.mail.as_str())),
                ("Display Name", Value::from(row.display_name.as_deref())),
            ]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
            Line::new("??", "??", Value::Object(shown))
        })
        .collect();
    Payload::of(&QueryResult::page(PREVIEW_COLUMNS, lines, sheet.rows.len()).returning(return_id))
}

/// The result is an envelope written as text. The service imports in the background and reports by mail; here the
/// import is done before the answer, and the report is in the outbox and under `/_emulator/imports`. How an unknown or
/// used handle is refused is not known: the outer envelope succeeds and the inner one fails.
fn submit(directory: &mut Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    import_type(&params, true)?;
    let return_id = params.required("ReturnID")?;
    let admin = params.required("AdminEmail")?;
    let by_email = params.boolean("SendEmailInvite")?.unwrap_or_default();
    let by_sms = params.boolean("SendSmsInvite")?.unwrap_or_default();
    let Some(rows) = directory.imports.take(&return_id) else {
        return envelope::nested(&Err(Failure::not_found()), call.transaction);
    };
    let mut report = ImportReport {
        return_id: return_id.into_owned(),
        rows: rows.len(),
        created: 0,
        failed: Vec::new(),
    };
    for row in rows {
        match create(directory, call, &row) {
            Ok(()) => {
                report.created += 1;
                invite(directory, &row, by_email, by_sms);
            }
            Err(reason) => report.failed.push((row.login_name, reason)),
        }
    }
    let text = format!("{} of {} users were created", report.created, report.rows);
    directory
        .outbox
        .send(MessageKind::ImportReport, &admin, text);
    directory.imports.finish(report);
    envelope::nested(
        &Payload::of(&"The import job was queued."),
        call.transaction,
    )
}

/// Rules that need the directory are checked here; each row stands for itself.
fn create(directory: &mut Directory, call: &Call<'_>, row: &ImportRow) -> Result<(), String> {
    let mut user = User::new(Uuid::new_v4(), &row.login_name, call.now_ms());
    let roles = row
        .roles
        .iter()
        .map(|name| {
            let role = directory.roles.by_name(name).map(|role| role.id.clone());
            role.ok_or_else(|| format!("Role {name} does not exist."))
        })
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(given) = &row.password {
        password::check("Password", given)
            .map_err(|_| "The password does not meet the policy.".to_owned())?;
        user.password = Password::new(given);
    }
    fill(&mut user, row);
    for (name, text) in &row.extra {
        let column = directory.ext_schema.column(name);
        let value = column.and_then(|column| column.convert(&Value::from(text.as_str())));
        let value = value.ok_or_else(|| format!("{text} does not fit the column {name}."))?;
        user.rare_mut().custom.insert(name.clone(), value);
    }
    let id = user.id;
    let taken = |_| format!("User name {} is already in use.", row.login_name);
    directory.users.insert(user).map_err(taken)?;
    for role in roles {
        directory.roles.add_user(&role, id);
    }
    Ok(())
}

fn fill(user: &mut User, row: &ImportRow) {
    if let Some(shown) = &row.display_name {
        user.display_name = shown.as_str().into();
    }
    user.mail = Some(row.mail.as_str().into());
    user.office_number = row.office_number.as_deref().map(Into::into);
    user.mobile_number = row.mobile_number.as_deref().map(Into::into);
    user.force_password_change = row.require_password_change;
    if row.home_number.is_some()
        || row.description.is_some()
        || row.expires_ms.is_some()
        || row.password_never_expires
    {
        let rare = user.rare_mut();
        rare.home_number.clone_from(&row.home_number);
        rare.description.clone_from(&row.description);
        rare.end_date_ms = row.expires_ms;
        rare.password_never_expires = row.password_never_expires.then_some(true);
    }
}

fn invite(directory: &mut Directory, row: &ImportRow, by_email: bool, by_sms: bool) {
    let text = format!("{} is invited", row.login_name);
    if by_email {
        directory
            .outbox
            .send(MessageKind::EmailInvite, &row.mail, text.clone());
    }
    if let Some(to) = row.mobile_number.as_deref().filter(|_| by_sms) {
        directory.outbox.send(MessageKind::SmsInvite, to, text);
    }
}
