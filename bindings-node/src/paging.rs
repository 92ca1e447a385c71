//! Reading a list page by page: what to ask for next is decided by core, and the calls are made by TypeScript.

use cyberark_identity::{
    Error, Result,
    paging::{self, DEFAULT_CONCURRENCY, DEFAULT_PAGE_SIZE, MAX_CONCURRENCY, MAX_PAGE_SIZE},
};
use napi::bindgen_prelude::Either;
use napi_derive::napi;

use crate::{engine, failure, parts::Parts};

/// The state of reading one list.
#[napi]
#[derive(Debug)]
pub struct Paging {
    state: paging::Paging,
}

/// What came of accepting a page.
#[napi(object)]
#[derive(Debug)]
pub struct Accepted {
    /// Positions of the items that are not new.
    pub known: Vec<u32>,
    /// Whether the pages under way are to be dropped.
    pub misplaced: bool,
}

/// Starts at the first item, with pages of `count` items, `concurrency` of them under way at once; or gives back the JSON of the error.
#[napi(catch_unwind)]
pub fn open_paging(
    operation: String,
    count: Option<f64>,
    concurrency: Option<f64>,
) -> Either<Paging, String> {
    match open(&operation, count, concurrency) {
        Ok(state) => Either::A(Paging { state }),
        Err(error) => Either::B(failure::to_json(&error)),
    }
}

#[napi]
impl Paging {
    /// Start and size of a page to ask for now; null when enough is under way, or the list has been read.
    #[napi(catch_unwind)]
    pub fn ask(&mut self) -> Option<Vec<i64>> {
        let (start, count) = self.state.ask()?;
        Some(vec![start, count])
    }

    /// Takes note of the page that was asked for first, of which `parts` are the items; or gives back the JSON of the error.
    #[napi(catch_unwind)]
    pub fn accept(
        &mut self,
        total: Option<i64>,
        start: Option<i64>,
        parts: &mut Parts,
    ) -> Either<Accepted, String> {
        let page = parts.take_facts().saying(total, start);
        match self.state.accept(&page) {
            Ok(paging::Accepted { new, misplaced }) => {
                let known = (0..).zip(new).filter(|(_, new)| !new);
                Either::A(Accepted {
                    known: known.map(|(index, _)| index).collect(),
                    misplaced,
                })
            }
            Err(error) => Either::B(failure::to_json(&error)),
        }
    }
}

fn open(operation: &str, count: Option<f64>, concurrency: Option<f64>) -> Result<paging::Paging> {
    let name = engine::entry(operation)?.meta.name;
    let count = whole(name, "count", count, MAX_PAGE_SIZE)?.unwrap_or(DEFAULT_PAGE_SIZE);
    let pages = whole(name, "concurrency", concurrency, MAX_CONCURRENCY as i64)?;
    let pages = pages.map_or(DEFAULT_CONCURRENCY, |pages| pages as usize);
    paging::Paging::new(name, count)?.with_concurrency(pages)
}

/// Checked here and not by core alone, which would call the argument by another name.
fn whole(
    operation: &str,
    argument: &str,
    number: Option<f64>,
    largest: i64,
) -> Result<Option<i64>> {
    let Some(number) = number else {
        return Ok(None);
    };
    if number.fract() == 0.0 && (1.0..=largest as f64).contains(&number) {
        return Ok(Some(number as i64));
    }
    let problem = format!("must be a whole number between 1 and {largest}");
    Err(Error::invalid_argument(operation, argument, &problem))
}
