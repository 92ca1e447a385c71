//! Reading pages before they are needed.

use std::collections::VecDeque;

use tokio::task::JoinHandle;

use super::{Accepted, PageFacts, Paging};
use crate::error::{Error, ErrorKind, Result};

/// A page that was read.
pub trait Page: Send + 'static {
    /// What has to be known of it.
    fn facts(&self) -> &PageFacts;
}

/// The pages of a list, some of them under way. Dropping it ends those.
#[derive(Debug)]
pub struct Ahead<P> {
    paging: Paging,
    under_way: VecDeque<Fetch<P>>,
}

/// A page under way. Ended when nobody waits for it any more.
#[derive(Debug)]
struct Fetch<P>(JoinHandle<Result<P>>);

impl<P> Drop for Fetch<P> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<P: Page> Ahead<P> {
    /// Nothing is asked for yet.
    #[must_use]
    pub fn new(paging: Paging) -> Self {
        Self {
            paging,
            under_way: VecDeque::new(),
        }
    }

    /// See [`Paging::with_concurrency`].
    ///
    /// # Errors
    /// The same.
    pub fn with_concurrency(mut self, pages: usize) -> Result<Self> {
        self.paging = self.paging.with_concurrency(pages)?;
        Ok(self)
    }

    /// Asks for as many pages as it makes sense to ask for now. `fetch` starts the call for one, by its `startIndex` and
    /// `count`.
    ///
    /// # Errors
    /// That of `fetch`.
    pub fn ask(
        &mut self,
        mut fetch: impl FnMut(i64, i64) -> Result<JoinHandle<Result<P>>>,
    ) -> Result<()> {
        while let Some((start, count)) = self.paging.ask() {
            match fetch(start, count) {
                Ok(task) => self.under_way.push_back(Fetch(task)),
                Err(error) => {
                    self.rewind();
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// The next page, and of each of its items whether it is new; none at the end of the list, and when nothing was asked
    /// for. Nothing is lost when the wait is given up.
    ///
    /// # Errors
    /// Whatever keeps the page from being read. It will be asked for again.
    pub async fn next(&mut self) -> Result<Option<(P, Vec<bool>)>> {
        let Some(first) = self.under_way.front_mut() else {
            return Ok(None);
        };
        let lost = |_| Err(Error::new(ErrorKind::Connection, "the call broke down"));
        let page = (&mut first.0).await.unwrap_or_else(lost);
        self.under_way.pop_front();
        let accepted = self.accept(page);
        if accepted.is_err() {
            self.rewind();
        }
        accepted.map(Some)
    }

    fn accept(&mut self, page: Result<P>) -> Result<(P, Vec<bool>)> {
        let page = page?;
        let Accepted { new, misplaced } = self.paging.accept(page.facts())?;
        if misplaced {
            self.under_way.clear();
        }
        Ok((page, new))
    }

    /// In a forked child, where the runtime is gone: leaks what was under way, and will ask for it again.
    pub fn abandon(&mut self) {
        std::mem::forget(std::mem::take(&mut self.under_way));
        self.paging.rewind();
    }

    fn rewind(&mut self) {
        self.under_way.clear();
        self.paging.rewind();
    }
}
