//! Reading a list page by page, without ending early and without going round in circles.
//!
//! Offset paging over a directory that changes cannot be exact. What is promised: an item that moved to the next page
//! while the list was read is given once; a list ends where the service says that it does, or in an error. What is made
//! or deleted meanwhile moves others, and these, too, may be missed; the fewer pages are read at once, the less so.
//!
//! [`Paging`] decides, [`Ahead`] reads pages before they are needed, [`Items`] gives their items one by one.

mod ahead;
mod facts;
mod items;

pub use ahead::{Ahead, Page};
pub use facts::PageFacts;
pub use items::{Items, Paged};

use crate::error::{Error, ErrorKind, Result};

/// Largest page the service gives.
pub const MAX_PAGE_SIZE: i64 = 1000;

/// Items in a page unless asked otherwise. The largest: an item costs the same in pages of any size, but each page waits
/// for the network.
pub const DEFAULT_PAGE_SIZE: i64 = MAX_PAGE_SIZE;

/// Pages that are under way at once, at most, unless asked otherwise.
pub const DEFAULT_CONCURRENCY: usize = 4;

/// Most pages that may be under way at once.
pub const MAX_CONCURRENCY: usize = 16;

/// Decides, page by page, what to ask for next. Sends nothing itself, so every language uses the same one.
///
/// Pages are asked for with [`ask`](Self::ask), and [accepted](Self::accept) in the order in which they were asked for.
/// One page is asked for ahead; two, four and so on once the service has said how many items there are and has kept to
/// its page size. When it does not, or when the number of items changes, what was asked for too early is asked for again.
#[derive(Debug)]
pub struct Paging {
    operation: &'static str,
    count: i64,
    concurrency: usize,
    /// Where the next page to accept begins.
    next_start: i64,
    /// Where the next page to ask for begins.
    next_ask: i64,
    /// Pages asked for and not accepted.
    under_way: usize,
    /// How many may be under way.
    window: usize,
    /// Items of the last page.
    stride: i64,
    total: Option<i64>,
    first_of_all: Option<u64>,
    /// Ids of the last page, sorted.
    last_page: Vec<u64>,
    done: bool,
}

/// What came of accepting a page.
#[derive(Debug)]
pub struct Accepted {
    /// Of each item, whether it is new.
    pub new: Vec<bool>,
    /// Whether the pages under way begin in the wrong places: they are to be dropped, and will be asked for again.
    pub misplaced: bool,
}

impl Paging {
    /// Starts at the first item, with pages of `count` items.
    ///
    /// # Errors
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) for a size that is not 1 to 1000.
    pub fn new(operation: &'static str, count: i64) -> Result<Self> {
        if !(1..=MAX_PAGE_SIZE).contains(&count) {
            let problem = format!("must be between 1 and {MAX_PAGE_SIZE}");
            return Err(Error::invalid_argument(operation, "page_size", &problem));
        }
        Ok(Self {
            operation,
            count,
            concurrency: DEFAULT_CONCURRENCY,
            next_start: 1,
            next_ask: 1,
            under_way: 0,
            window: 1,
            stride: count,
            total: None,
            first_of_all: None,
            last_page: Vec::new(),
            done: false,
        })
    }

    /// Allows `pages` to be under way at once.
    ///
    /// # Errors
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) for a number that is not 1 to 16.
    pub fn with_concurrency(mut self, pages: usize) -> Result<Self> {
        if !(1..=MAX_CONCURRENCY).contains(&pages) {
            let problem = format!("must be between 1 and {MAX_CONCURRENCY}");
            return Err(Error::invalid_argument(
                self.operation,
                "concurrency",
                &problem,
            ));
        }
        self.concurrency = pages;
        Ok(self)
    }

    /// Whether the list has been read.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// `startIndex` and `count` of a page to ask for now; none when enough is under way, or the list has been read.
    #[must_use]
    pub fn ask(&mut self) -> Option<(i64, i64)> {
        if self.done || self.under_way > 0 && !self.may_read_ahead() {
            return None;
        }
        let start = self.next_ask;
        self.next_ask += self.stride;
        self.under_way += 1;
        Some((start, self.count))
    }

    /// Whether a page may be asked for of which it is not certain where it begins.
    fn may_read_ahead(&self) -> bool {
        self.under_way < self.window && self.total.is_some_and(|total| self.next_ask <= total)
    }

    /// Takes note of the page that was asked for first, and tells what is new in it.
    ///
    /// # Errors
    /// [`UnexpectedResponse`](ErrorKind::UnexpectedResponse) when the page is not the one that was asked for, or when it
    /// is empty although there should be more. Then all pages under way are to be dropped, as with
    /// [`rewind`](Self::rewind).
    pub fn accept(&mut self, page: &PageFacts) -> Result<Accepted> {
        if let Err(error) = self.check_position(page) {
            self.rewind();
            return Err(error);
        }
        let length = page.ids.len() as i64;
        let end = self.next_start + length;
        self.done = match page.total {
            _ if length == 0 => true,
            Some(total) => end > total,
            None => false,
        };
        self.under_way = self.under_way.saturating_sub(1);
        self.next_start = end;
        let misplaced = self.keep_step(length, page.total);
        Ok(Accepted {
            new: self.tell_new(page),
            misplaced,
        })
    }

    /// Forgets which pages are under way: they will be asked for again.
    pub fn rewind(&mut self) {
        self.under_way = 0;
        self.next_ask = self.next_start;
        self.window = 1;
    }

    /// Whether the service does not keep to its page size, or to its number of items, so that pages under way are wrong.
    fn keep_step(&mut self, length: i64, total: Option<i64>) -> bool {
        let first = self.first_of_all.is_none() && self.total.is_none();
        let steady = length == self.stride && (total == self.total || first);
        let misplaced = self.under_way > 0 && (self.done || !steady);
        self.stride = length;
        self.total = total;
        if misplaced || self.under_way == 0 && !steady {
            self.rewind();
        } else if !first {
            self.window = (self.window * 2).min(self.concurrency);
        }
        misplaced
    }

    fn tell_new(&mut self, page: &PageFacts) -> Vec<bool> {
        let is_new =
            |id: &Option<u64>| id.is_none_or(|id| self.last_page.binary_search(&id).is_err());
        let new = page.ids.iter().map(is_new).collect();
        self.first_of_all = self.first_of_all.or(page.first());
        self.last_page.clear();
        self.last_page.extend(page.ids.iter().flatten());
        self.last_page.sort_unstable();
        new
    }

    fn check_position(&self, page: &PageFacts) -> Result<()> {
        let asked = self.next_start;
        if page.ids.is_empty() {
            return match page.total {
                Some(total) if total >= asked => Err(self.broken(format!(
                    "the list ends at {} of {total}: the page from {asked} is empty",
                    asked - 1
                ))),
                _ => Ok(()),
            };
        }
        let started_again = asked > 1
            && page.start.is_none()
            && self.first_of_all.is_some()
            && page.first() == self.first_of_all;
        match page.start {
            Some(start) if start != asked => Err(self.broken(format!(
                "the service was asked for the page from {asked} and gave the one from {start}"
            ))),
            _ if started_again => Err(self.broken(format!(
                "the service was asked for the page from {asked} and gave the first one again"
            ))),
            _ => Ok(()),
        }
    }

    fn broken(&self, message: String) -> Error {
        Error::new(ErrorKind::UnexpectedResponse, message).with(|d| {
            d.operation = Some(self.operation.to_owned());
            d.delivery = crate::Delivery::Answered;
        })
    }
}

#[cfg(test)]
mod tests;
