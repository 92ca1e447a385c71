//! `Redrock/Query`: questions to the tenant in a part of SQL.
//!
//! One `select` over one table, with `where`, `order by`, `limit` and `offset`. Text is compared without regard to
//! letter case, as the service does for login names; what it does in other columns is not known. Functions, joins and
//! groups are refused by name.

mod condition;
mod lexer;
mod like;
mod parser;
mod rows;
mod syntax;
mod table;
mod tables;

use std::fmt;

use super::{Failure, Outcome, Params};
use crate::call::Call;
use crate::routing::{Route, read};
use crate::state::Directory;
use crate::state::rights::Needs;
use rows::Request;

pub(crate) const ROUTES: &[Route] = &[read("/Redrock/Query", Needs::SignedIn, query)];

/// Why a script was refused.
#[derive(Debug)]
struct BadQuery {
    at: usize,
    reason: String,
}

impl BadQuery {
    /// The place is counted in characters from 1.
    fn at(at: usize, reason: impl Into<String>) -> Self {
        Self {
            at,
            reason: reason.into(),
        }
    }
}

impl fmt::Display for BadQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "The query cannot be carried out: {} (at character {}).",
            self.reason, self.at
        )
    }
}

impl From<BadQuery> for Failure {
    fn from(error: BadQuery) -> Self {
        Self::bad_query(error.to_string())
    }
}

/// Whoever may not read all of a table is refused; the service may show a part of it instead, which is not known.
fn query(directory: &Directory, call: &Call<'_>) -> Outcome {
    let params = Params::of(call)?;
    let script = params.required("Script")?;
    let query = parser::parse(&script)?;
    let request = Request {
        directory,
        call,
        params: &params,
        query: &query,
    };
    let wanted = &query.table;
    match wanted.text.to_ascii_lowercase().as_str() {
        "user" => rows::select(&request, &tables::USER),
        "role" => rows::select(&request, &tables::ROLE),
        "organization" => rows::select(&request, &tables::ORGANIZATION),
        _ => {
            let known = "there are User, Role and Organization";
            let reason = format!("there is no table {}; {known}", wanted.text);
            Err(BadQuery::at(wanted.at, reason).into())
        }
    }
}
