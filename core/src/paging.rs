//! Reading a list page by page, without ending early and without going round in circles.
//!
//! Offset paging over a directory that changes cannot be exact. What is promised: an item that moved to the next page
//! while the list was read is given once; a list ends where the service says that it does, or in an error. An item that
//! is made or deleted meanwhile may be missed.

use std::{
    collections::{HashSet, VecDeque, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

use futures_util::stream::{self, Stream};

use crate::{
    CallOptions, Client,
    error::{Error, ErrorKind, Result},
    model::ListResponse,
    operation::Operation,
};

/// Items in a page unless asked otherwise. The service takes at most 1000.
pub const DEFAULT_PAGE_SIZE: i64 = 100;

/// Largest page the service gives.
pub const MAX_PAGE_SIZE: i64 = 1000;

/// Decides, page by page, what to ask for next. Sends nothing itself, so every language uses the same one.
#[derive(Debug)]
pub struct Paging {
    operation: &'static str,
    next_start: i64,
    count: i64,
    first_of_all: Option<u64>,
    last_page: HashSet<u64>,
    done: bool,
}

/// What has to be known of a page.
#[derive(Debug)]
pub struct PageFacts {
    /// `totalResults`
    pub total: Option<i64>,
    /// `startIndex`
    pub start: Option<i64>,
    /// The ids of its items, in order; none for an item without one.
    pub ids: Vec<Option<String>>,
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
            next_start: 1,
            count,
            first_of_all: None,
            last_page: HashSet::new(),
            done: false,
        })
    }

    /// `startIndex` and `count` of the page to ask for; none when the list has been read.
    #[must_use]
    pub fn next_page(&self) -> Option<(i64, i64)> {
        (!self.done).then_some((self.next_start, self.count))
    }

    /// Takes note of a page, and tells for each of its items whether it is new.
    ///
    /// # Errors
    /// [`UnexpectedResponse`](ErrorKind::UnexpectedResponse) when the page is not the one that was asked for, or when it
    /// is empty although there should be more.
    pub fn accept(&mut self, page: &PageFacts) -> Result<Vec<bool>> {
        let hashes: Vec<Option<u64>> = page.ids.iter().map(|id| id.as_ref().map(hash)).collect();
        self.check_position(page, &hashes)?;
        let end = self.next_start + page.ids.len() as i64;
        self.done = match page.total {
            _ if page.ids.is_empty() => true,
            Some(total) => end > total,
            None => false,
        };
        self.next_start = end;
        let new = hashes
            .iter()
            .map(|id| id.is_none_or(|id| !self.last_page.contains(&id)));
        let new = new.collect();
        self.first_of_all = self.first_of_all.or(hashes.first().copied().flatten());
        self.last_page = hashes.into_iter().flatten().collect();
        Ok(new)
    }

    fn check_position(&self, page: &PageFacts, hashes: &[Option<u64>]) -> Result<()> {
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
            && hashes.first().copied().flatten() == self.first_of_all;
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

fn hash(id: &String) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// An operation that answers with pages.
pub trait Paged: Operation<Output = ListResponse<Self::Item>> {
    /// What is in the list.
    type Item: Send + 'static;

    /// Asks for the page that begins at `start`, counted from 1.
    fn at(&mut self, start: i64, count: i64);

    /// Size of the pages that the caller wants.
    fn page_size(&self) -> Option<i64>;

    /// Id of an item.
    fn id(item: &Self::Item) -> Option<&str>;
}

/// Reads a list item by item; pages are fetched as they are needed.
#[derive(Debug)]
pub struct Items<'a, O: Paged> {
    client: &'a Client,
    request: O,
    options: CallOptions,
    paging: Paging,
    ready: VecDeque<O::Item>,
}

impl<'a, O: Paged> Items<'a, O> {
    pub(crate) fn new(client: &'a Client, request: O) -> Result<Self> {
        let count = request.page_size().unwrap_or(DEFAULT_PAGE_SIZE);
        let paging = Paging::new(O::META.name, count)?;
        let (options, ready) = (CallOptions::default(), VecDeque::new());
        Ok(Self {
            client,
            request,
            options,
            paging,
            ready,
        })
    }

    /// Options for the call that fetches each page.
    #[must_use]
    pub fn with_options(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// The items as a stream. After an error it goes on with the page that could not be read.
    pub fn into_stream(self) -> impl Stream<Item = Result<O::Item>> + Send + 'a {
        stream::unfold(self, |mut items| async move {
            let next = items.next().await.transpose()?;
            Some((next, items))
        })
    }

    /// The next item; none at the end of the list.
    ///
    /// # Errors
    /// Whatever keeps a page from being read: the list has not ended, and asking again asks for that page again.
    pub async fn next(&mut self) -> Result<Option<O::Item>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Ok(Some(item));
            }
            let Some((start, count)) = self.paging.next_page() else {
                return Ok(None);
            };
            self.request.at(start, count);
            let page = self.client.send(&self.request, &self.options).await?;
            let new = self.paging.accept(&facts::<O>(&page))?;
            let items = page.into_iter().zip(new);
            self.ready
                .extend(items.filter_map(|(item, new)| new.then_some(item)));
        }
    }
}

fn facts<O: Paged>(page: &ListResponse<O::Item>) -> PageFacts {
    PageFacts {
        total: page.total_results,
        start: page.start_index,
        ids: page
            .iter()
            .map(|item| O::id(item).map(str::to_owned))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(total: Option<i64>, start: Option<i64>, ids: &[&str]) -> PageFacts {
        PageFacts {
            total,
            start,
            ids: ids.iter().map(|id| Some((*id).to_owned())).collect(),
        }
    }

    fn paging() -> Paging {
        Paging::new("scim.users.query", 2).unwrap()
    }

    #[test]
    fn a_list_is_read_to_its_end() {
        let mut paging = paging();
        assert_eq!(paging.next_page(), Some((1, 2)));
        paging.accept(&page(Some(3), Some(1), &["a", "b"])).unwrap();
        assert_eq!(paging.next_page(), Some((3, 2)));
        paging.accept(&page(Some(3), Some(3), &["c"])).unwrap();
        assert_eq!(paging.next_page(), None);
    }

    #[test]
    fn without_a_total_an_empty_page_is_the_end() {
        let mut paging = paging();
        paging.accept(&page(None, None, &["a", "b"])).unwrap();
        assert!(paging.next_page().is_some());
        paging.accept(&page(None, None, &[])).unwrap();
        assert_eq!(paging.next_page(), None);
    }

    #[test]
    fn an_item_that_moved_to_the_next_page_is_given_once() {
        let mut paging = paging();
        paging.accept(&page(Some(4), Some(1), &["a", "b"])).unwrap();
        let new = paging.accept(&page(Some(5), Some(3), &["b", "c"])).unwrap();
        assert_eq!(new, [false, true]);
        assert_eq!(paging.next_page(), Some((5, 2)));
    }

    #[test]
    fn an_empty_page_before_the_end_is_an_error() {
        let mut paging = paging();
        paging.accept(&page(Some(4), Some(1), &["a", "b"])).unwrap();
        let error = paging.accept(&page(Some(4), Some(3), &[])).unwrap_err();
        assert!(error.to_string().contains("2 of 4"), "{error}");
    }

    #[test]
    fn a_list_that_shrank_ends() {
        let mut paging = paging();
        paging.accept(&page(Some(3), Some(1), &["a", "b"])).unwrap();
        paging.accept(&page(Some(2), Some(3), &[])).unwrap();
        assert_eq!(paging.next_page(), None);
    }

    #[test]
    fn a_service_that_starts_again_is_not_followed() {
        for start in [Some(1), None] {
            let mut paging = paging();
            paging.accept(&page(Some(9), Some(1), &["a", "b"])).unwrap();
            assert!(
                paging.accept(&page(Some(9), start, &["a", "b"])).is_err(),
                "{start:?}"
            );
        }
    }

    #[test]
    fn a_page_has_between_one_and_a_thousand_items() {
        for count in [-1, 0, 1001] {
            assert!(Paging::new("scim.users.query", count).is_err(), "{count}");
        }
    }
}
