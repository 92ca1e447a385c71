//! Uploaded lists of users, between their upload and their import.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// One row that passed the checks of the upload.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ImportRow {
    pub(crate) login_name: String,
    pub(crate) display_name: Option<String>,
    pub(crate) mail: String,
    pub(crate) office_number: Option<String>,
    pub(crate) home_number: Option<String>,
    pub(crate) mobile_number: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) password: Option<String>,
    pub(crate) require_password_change: bool,
    pub(crate) expires_ms: Option<i64>,
    pub(crate) password_never_expires: bool,
    /// Values of attributes the tenant has added, by column name.
    pub(crate) extra: Vec<(String, String)>,
}

/// How an import went.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ImportReport {
    pub(crate) return_id: String,
    pub(crate) rows: usize,
    pub(crate) created: usize,
    /// Login name and reason of each row that failed.
    pub(crate) failed: Vec<(String, String)>,
}

/// Uploads that wait to be submitted, and reports of those that were.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Imports {
    waiting: HashMap<String, Vec<ImportRow>>,
    reports: Vec<ImportReport>,
}

impl Imports {
    pub(crate) fn upload(&mut self, return_id: &str, rows: Vec<ImportRow>) {
        self.waiting.insert(return_id.to_owned(), rows);
    }

    /// Takes the rows of an upload; each can be submitted once.
    pub(crate) fn take(&mut self, return_id: &str) -> Option<Vec<ImportRow>> {
        self.waiting.remove(return_id)
    }

    pub(crate) fn finish(&mut self, report: ImportReport) {
        self.reports.push(report);
    }

    pub(crate) fn reports(&self) -> &[ImportReport] {
        &self.reports
    }
}
