//! The CSV file of a bulk import: header and row rules of the product's template.

use std::collections::HashMap;

use jiff::Timestamp;

use super::Failure;
use crate::state::ext_schema::ExtSchema;
use crate::state::imports::ImportRow;

/// Most users one file may hold.
const MAX_ROWS: usize = 10_000;
const MAX_DESCRIPTION: usize = 128;

const LOGIN_NAME: &str = "Login Name";
const DISPLAY_NAME: &str = "Display Name";
const EMAIL: &str = "Email Address";
const KNOWN: [&str; 12] = [
    LOGIN_NAME,
    DISPLAY_NAME,
    EMAIL,
    "Office Number",
    "Home Number",
    "Mobile Number",
    "Description",
    "Roles",
    "Password",
    "Require Password Change",
    "Expiration Date",
    "Password Never Expires",
];

/// The columns that were understood and the rows.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) rows: Vec<ImportRow>,
}

/// Reads a file. Columns are matched letter by letter; those that are neither in the template nor added by the tenant
/// are dropped. The first mistake in a row refuses the file and names its line.
pub(super) fn read(data: &[u8], schema: &ExtSchema) -> Result<Sheet, Failure> {
    let data = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::Headers)
        .from_reader(data);
    let header = reader
        .headers()
        .map_err(|error| unreadable(&error))?
        .clone();
    for required in [LOGIN_NAME, EMAIL] {
        if !header.iter().any(|name| name == required) {
            return Err(Failure::refused(format!(
                "The column '{required}' is missing."
            )));
        }
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells: HashMap<&str, &str> = header
            .iter()
            .zip(record.iter())
            .filter(|(_, cell)| !cell.trim().is_empty())
            .collect();
        if rows.len() == MAX_ROWS {
            return Err(Failure::refused(format!(
                "The file holds more than {MAX_ROWS} users."
            )));
        }
        let row = row(&cells, schema)
            .map_err(|reason| Failure::refused(format!("Line {line}: {reason}")))?;
        rows.push(row);
    }
    Ok(Sheet { rows })
}

fn unreadable(error: &csv::Error) -> Failure {
    Failure::refused(format!("The file is not readable as CSV: {error}."))
}

fn row(cells: &HashMap<&str, &str>, schema: &ExtSchema) -> Result<ImportRow, String> {
    let text = |name: &str| cells.get(name).map(|cell| (*cell).to_owned());
    let login_name = text(LOGIN_NAME).ok_or_else(|| format!("{LOGIN_NAME} is required."))?;
    let full = login_name
        .split_once('@')
        .is_some_and(|(local, suffix)| !local.is_empty() && !suffix.is_empty());
    if !full {
        return Err(format!("{login_name} is not a login name with a suffix."));
    }
    let mail = text(EMAIL).ok_or_else(|| format!("{EMAIL} is required."))?;
    if !is_one_address(&mail) {
        return Err(format!("{mail} is not an e-mail address."));
    }
    let description = text("Description");
    if let Some(description) = &description {
        check_description(description)?;
    }
    let password = text("Password");
    // The two flags are ignored without a password, since the generated one has to be changed anyway.
    let has_password = password.is_some();
    let says = |name: &str, words: [&str; 4]| {
        has_password
            && cells
                .get(name)
                .is_some_and(|cell| words.contains(&cell.to_ascii_lowercase().as_str()))
    };
    Ok(ImportRow {
        login_name,
        display_name: text(DISPLAY_NAME),
        mail,
        office_number: text("Office Number"),
        home_number: text("Home Number"),
        mobile_number: text("Mobile Number"),
        description,
        roles: role_names(cells.get("Roles").copied().unwrap_or_default()),
        require_password_change: !says("Require Password Change", ["false", "f", "no", "n"]),
        password_never_expires: says("Password Never Expires", ["true", "t", "yes", "y"]),
        password,
        expires_ms: cells
            .get("Expiration Date")
            .map(|cell| expiration(cell))
            .transpose()?,
        extra: extra(cells, schema),
    })
}

/// One address with something on both sides of its only `@`, and a dot in the domain.
fn is_one_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let odd =
        |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '@' | '<' | '>');
    !local.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !local.contains(odd)
        && !domain.contains(odd)
}

fn check_description(text: &str) -> Result<(), String> {
    if text.chars().count() > MAX_DESCRIPTION {
        return Err(format!(
            "the description is longer than {MAX_DESCRIPTION} characters."
        ));
    }
    if text.chars().any(|letter| letter.is_ascii_punctuation()) {
        return Err("the description has punctuation in it.".to_owned());
    }
    Ok(())
}

fn role_names(cell: &str) -> Vec<String> {
    let names = cell
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// UTC to the minute, `YYYY-MM-DDTHH:mmZ`.
fn expiration(cell: &str) -> Result<i64, String> {
    let wrong = || format!("{cell} is not a date of the form YYYY-MM-DDTHH:mmZ.");
    let minutes = cell
        .strip_suffix('Z')
        .filter(|text| text.len() == 16)
        .ok_or_else(wrong)?;
    let at: Timestamp = format!("{minutes}:00Z").parse().map_err(|_| wrong())?;
    Ok(at.as_millisecond())
}

fn extra(cells: &HashMap<&str, &str>, schema: &ExtSchema) -> Vec<(String, String)> {
    let added = schema
        .columns
        .iter()
        .filter(|column| !KNOWN.contains(&column.name.as_str()));
    added
        .filter_map(|column| {
            Some((
                column.name.clone(),
                (*cells.get(column.name.as_str())?).to_owned(),
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> Result<Sheet, String> {
        read(text.as_bytes(), &ExtSchema::default()).map_err(|failure| format!("{failure:?}"))
    }

    #[test]
    fn reads_the_template() {
        let text = "\u{feff}Login Name,Display Name,Email Address,Roles,Password,Require Password Change,Expiration Date,Password Never Expires,Unknown\n\
                    kim@acme.example,\"Doe, Kim\",kim@mail.example,\"Help Desk, Auditors\",Secret-12,no,2030-01-31T12:30Z,yes,x\n\
                    lee@acme.example,,lee@mail.example,,,no,,yes,\n";
        let rows = sheet(text).unwrap().rows;
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].display_name.as_deref(), Some("Doe, Kim"));
        assert_eq!(rows[0].roles, ["Help Desk", "Auditors"]);
        assert_eq!(rows[0].expires_ms, Some(1_896_093_000_000));
        assert!(!rows[0].require_password_change && rows[0].password_never_expires);
        assert!(rows[1].require_password_change && !rows[1].password_never_expires);
    }

    #[test]
    fn names_the_line_of_a_mistake() {
        let head = "Login Name,Email Address,Description,Expiration Date\n";
        for (row, part) in [
            ("kim,kim@x.example,,", "suffix"),
            (",kim@x.example,,", "Login Name"),
            ("kim@x,,,", "Email Address"),
            ("kim@x,N/A,,", "N/A"),
            ("kim@x,\"a@x.example, b@x.example\",,", "not an e-mail"),
            ("kim@x,a@x.example,Hello!,", "punctuation"),
            ("kim@x,a@x.example,,tomorrow", "tomorrow"),
            ("kim@x,a@x.example,,,,,", "CSV"),
        ] {
            let error = sheet(&format!("{head}ok@x,ok@x.example,,\n{row}\n")).unwrap_err();
            assert!(error.contains(part), "{row}: {error}");
            assert!(error.contains("ine 3") || part == "CSV", "{row}: {error}");
        }
        assert!(
            sheet("login name,Email Address\n")
                .unwrap_err()
                .contains("Login Name")
        );
    }
}
