//! The directory at the end, against what the callers were told.

use std::{collections::HashMap, fmt};

use cyberark_identity::{Client, Delivery, Result};

use super::load::{Created, everybody, name_of};

/// What the directory holds, and whether that is what was said.
#[derive(Debug, Default)]
pub struct Audit {
    /// Users in the directory.
    pub present: usize,
    /// Users whose creation succeeded, who are there once, under the id that was told.
    pub as_told: usize,
    /// Users whose creation succeeded, who are missing or have another id.
    pub missing: usize,
    /// Users who are there more than once.
    pub twice: usize,
    /// Users whose creation is said not to have happened, who are there.
    pub unexpected: usize,
    /// Users whose creation ended in doubt: there, and not there.
    pub in_doubt: (usize, usize),
}

impl Audit {
    pub(super) fn violations(&self) -> Vec<String> {
        [
            (self.missing, "missing"),
            (self.twice, "there twice"),
            (self.unexpected, "there although their creation was refused"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("users {what}: {count}"))
        .collect()
    }
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "directory: {} present, {} as told, {} missing, {} twice, {} unexpected, in doubt {} there and {} not",
            self.present,
            self.as_told,
            self.missing,
            self.twice,
            self.unexpected,
            self.in_doubt.0,
            self.in_doubt.1
        )
    }
}

/// Reads the whole directory, without faults, and compares.
pub(super) async fn directory(client: &Client, created: &Created) -> Result<Audit> {
    let mut ids: HashMap<String, Vec<String>> = HashMap::new();
    let mut audit = Audit::default();
    for user in everybody(client).await? {
        audit.present += 1;
        let name = user.user_name.unwrap_or_default();
        ids.entry(name).or_default().extend(user.id);
    }
    for (number, outcome) in created.users.iter().enumerate() {
        let found = ids.get(&name_of(number)).map_or(&[][..], Vec::as_slice);
        if found.len() > 1 {
            audit.twice += 1;
        }
        match outcome {
            Ok(id) if found.contains(id) => audit.as_told += 1,
            Ok(_) => audit.missing += 1,
            Err(error) if error.details().delivery == Delivery::Unknown => match found {
                [] => audit.in_doubt.1 += 1,
                _ => audit.in_doubt.0 += 1,
            },
            Err(_) if !found.is_empty() => audit.unexpected += 1,
            Err(_) => {}
        }
    }
    Ok(audit)
}
