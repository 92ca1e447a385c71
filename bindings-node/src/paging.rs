//! Reading a list page by page: what to ask for next is decided by core, and the calls are made by TypeScript.

use cyberark_identity::{
    Error, Result,
    paging::{self, DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, PageFacts},
};
use napi::bindgen_prelude::Either;
use napi_derive::napi;

use crate::{engine, failure};

/// The state of reading one list.
#[napi]
#[derive(Debug)]
pub struct Paging {
    state: paging::Paging,
}

/// Starts at the first item, with pages of `count` items; or gives back the JSON of the error.
#[napi(catch_unwind)]
pub fn open_paging(operation: String, count: Option<f64>) -> Either<Paging, String> {
    match open(&operation, count) {
        Ok(state) => Either::A(Paging { state }),
        Err(error) => Either::B(failure::to_json(&error)),
    }
}

#[napi]
impl Paging {
    /// Start and size of the page to ask for; null when the list has been read.
    #[napi(catch_unwind)]
    pub fn next_page(&self) -> Option<Vec<i64>> {
        let (start, count) = self.state.next_page()?;
        Some(vec![start, count])
    }

    /// Takes note of a page, and tells for each of its items whether it is new; or gives back the JSON of the error.
    #[napi(catch_unwind)]
    pub fn accept(
        &mut self,
        total: Option<i64>,
        start: Option<i64>,
        ids: Vec<Option<String>>,
    ) -> Either<Vec<bool>, String> {
        match self.state.accept(&PageFacts { total, start, ids }) {
            Ok(new) => Either::A(new),
            Err(error) => Either::B(failure::to_json(&error)),
        }
    }
}

fn open(operation: &str, count: Option<f64>) -> Result<paging::Paging> {
    let name = engine::entry(operation)?.meta.name;
    let count = match count {
        None => DEFAULT_PAGE_SIZE,
        Some(count) => whole(count).ok_or_else(|| {
            let problem = format!("must be a whole number between 1 and {MAX_PAGE_SIZE}");
            Error::invalid_argument(name, "count", &problem)
        })?,
    };
    paging::Paging::new(name, count)
}

/// Checked here and not by core alone, which would call the argument by another name.
fn whole(count: f64) -> Option<i64> {
    let largest = MAX_PAGE_SIZE as f64;
    (count.fract() == 0.0 && (1.0..=largest).contains(&count)).then_some(count as i64)
}
