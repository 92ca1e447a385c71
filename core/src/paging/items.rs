//! The items of a list, for Rust.

use std::collections::VecDeque;

use futures_util::stream::{self, Stream};

use super::{Ahead, DEFAULT_PAGE_SIZE, Page, PageFacts, Paging};
use crate::{
    CallOptions, Client, Prepared, error::Result, model::ListResponse, operation::Operation,
    prepare,
};

/// An operation that answers with pages.
pub trait Paged: Operation<Output = ListResponse<Self::Item>> {
    /// Type of the items.
    type Item: Send + 'static;

    /// The request for the page that begins at `start`, counting from 1.
    fn at(&mut self, start: i64, count: i64);

    /// Page size that the caller asked for.
    fn page_size(&self) -> Option<i64>;

    /// Id of an item.
    fn id(item: &Self::Item) -> Option<&str>;
}

/// A page, and what has to be known about it.
#[derive(Debug)]
struct Listed<T> {
    page: ListResponse<T>,
    facts: PageFacts,
}

impl<T: Send + 'static> Page for Listed<T> {
    fn facts(&self) -> &PageFacts {
        &self.facts
    }
}

/// Reads a list item by item. While you read the items of a page, the next pages are fetched on the runtime; dropping this
/// cancels them.
#[derive(Debug)]
pub struct Items<'a, O: Paged> {
    client: &'a Client,
    request: O,
    options: CallOptions,
    ahead: Ahead<Listed<O::Item>>,
    ready: VecDeque<O::Item>,
    /// Items given of this page.
    given: usize,
}

impl<'a, O: Paged> Items<'a, O> {
    pub(crate) fn new(client: &'a Client, request: O) -> Result<Self> {
        let count = request.page_size().unwrap_or(DEFAULT_PAGE_SIZE);
        Ok(Self {
            client,
            request,
            options: CallOptions::default(),
            ahead: Ahead::new(Paging::new(O::META.name, count)?),
            ready: VecDeque::new(),
            given: 0,
        })
    }

    /// Options for the call that fetches each page.
    #[must_use]
    pub fn with_options(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// How many pages may be fetched at once, as soon as the service has said how many items there are; 4 by default. With 1,
    /// the next page is fetched while one is read.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a number that is not 1 to 16.
    pub fn with_concurrency(mut self, pages: usize) -> Result<Self> {
        self.ahead = self.ahead.with_concurrency(pages)?;
        Ok(self)
    }

    /// The items as a stream. After an error it continues with the page that could not be read.
    pub fn into_stream(self) -> impl Stream<Item = Result<O::Item>> + Send + 'a {
        stream::unfold(self, |mut items| async move {
            let next = items.next().await.transpose()?;
            Some((next, items))
        })
    }

    /// The next item; none at the end of the list. It has to be awaited on a Tokio runtime.
    ///
    /// # Errors
    /// Whatever keeps a page from being read. The list has not ended then: the next call requests that page again.
    pub async fn next(&mut self) -> Result<Option<O::Item>> {
        loop {
            // Not with the first item: who leaves after that asks for no more pages.
            if self.given == 1 || self.ready.is_empty() {
                self.ask()?;
            }
            if let Some(item) = self.ready.pop_front() {
                self.given += 1;
                return Ok(Some(item));
            }
            let Some((listed, new)) = self.ahead.next().await? else {
                return Ok(None);
            };
            let items = listed.page.into_iter().zip(new);
            self.ready
                .extend(items.filter_map(|(item, new)| new.then_some(item)));
            self.given = 0;
        }
    }

    fn ask(&mut self) -> Result<()> {
        self.ahead.ask(|start, count| {
            self.request.at(start, count);
            let prepared = prepare::prepare(&self.request)?;
            let (client, options) = (self.client.clone(), self.options.clone());
            Ok(tokio::spawn(async move {
                let page = read::<O>(&client, &prepared, &options).await?;
                let facts = facts::<O>(&page);
                Ok(Listed { page, facts })
            }))
        })
    }
}

async fn read<O: Operation>(
    client: &Client,
    prepared: &Prepared,
    options: &CallOptions,
) -> Result<O::Output> {
    client.dispatch(prepared, options).await?.read()
}

fn facts<O: Paged>(page: &ListResponse<O::Item>) -> PageFacts {
    PageFacts::new(page.total_results, page.start_index, page.iter().map(O::id))
}
