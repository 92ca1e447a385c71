//! A list that is read page by page on the worker, ahead of whoever reads it. Knows no Python object.

use std::{
    collections::VecDeque,
    sync::{Arc, MutexGuard, PoisonError},
};

use cyberark_identity::{
    CallOptions, Entry, Error, Prepared, Spelling,
    paging::{Ahead, Page, PageFacts, Paging},
};
use serde_json::Map;
use sonic_rs::Value;
use tokio::{sync::Mutex, task::JoinHandle};

use crate::{
    home::{self, Context, Home, Notes},
    link::Link,
    listing::Listing,
    node::Node,
    parts::call_here,
    process, worker,
};

/// What is asked, but for the place.
pub(crate) struct Question {
    pub(crate) entry: &'static Entry,
    /// Under wire names.
    pub(crate) arguments: Map<String, serde_json::Value>,
}

impl Question {
    fn at(&self, start: i64, count: i64) -> Result<Prepared, Error> {
        let mut arguments = self.arguments.clone();
        arguments.insert("startIndex".to_owned(), start.into());
        arguments.insert("count".to_owned(), count.into());
        self.entry
            .prepare(serde_json::Value::Object(arguments), Spelling::Snake)
    }
}

/// A list under way. Shared by all who read it.
pub(crate) struct Scan {
    link: Arc<Link>,
    question: Question,
    options: CallOptions,
    pages: Mutex<Pages>,
    /// What is told of its pages.
    pub(crate) notes: Arc<Notes>,
    /// In which what is told of its pages is run.
    context: Context,
    quiet: bool,
    /// Pages that were read, to be given in this order. Locked for moments only, never across a wait.
    ready: std::sync::Mutex<VecDeque<Part>>,
}

/// The pages to come. Locked while somebody waits for one.
struct Pages {
    ahead: Ahead<Read>,
    /// The process whose worker reads them.
    process: u32,
    /// The loop that last waited for one.
    home: Option<Home>,
}

struct Read {
    listing: Listing,
    facts: PageFacts,
}

impl Page for Read {
    fn facts(&self) -> &PageFacts {
        &self.facts
    }
}

/// What is left of a page.
pub(crate) struct Part {
    listing: Listing,
    new: Vec<bool>,
    /// Where the next item is looked for.
    next: usize,
    given: usize,
}

impl Part {
    fn take(&mut self) -> Option<Node> {
        let at = (self.next..self.new.len()).find(|at| self.new[*at]);
        self.next = at.map_or(self.new.len(), |at| at + 1);
        self.given += 1;
        self.listing.node(at?)
    }

    pub(crate) fn length(&self) -> usize {
        self.new.len() - self.next
    }

    /// The items that nobody has taken.
    pub(crate) fn rest(&self) -> impl Iterator<Item = &Value> {
        let new = (self.next..self.new.len()).filter(|at| self.new[*at]);
        new.filter_map(|at| self.listing.value(at))
    }
}

impl Scan {
    /// Checks everything that can be checked before sending.
    pub(crate) fn new(
        link: Arc<Link>,
        question: Question,
        paging: Paging,
        options: CallOptions,
    ) -> Result<Self, Error> {
        question.at(1, 1)?;
        let pages = Pages {
            ahead: Ahead::new(paging),
            process: process::id(),
            home: None,
        };
        Ok(Self {
            link,
            question,
            options,
            pages: Mutex::new(pages),
            notes: Arc::new(Notes::new()),
            context: None,
            quiet: false,
            ready: std::sync::Mutex::default(),
        })
    }

    /// The same for a caller whose context this is.
    pub(crate) fn at_home(self, quiet: bool, context: Context) -> Self {
        Self {
            quiet,
            context,
            ..self
        }
    }

    /// The next item, if its page is there.
    pub(crate) fn next_ready(&self) -> Option<Node> {
        let mut ready = self.ready();
        let (item, given) = loop {
            let part = ready.front_mut()?;
            if let Some(item) = part.take() {
                break (item, part.given);
            }
            ready.pop_front();
        };
        drop(ready);
        // Not with the first item: who leaves after that asks for no more pages.
        if given == 2 {
            self.read_ahead();
        }
        Some(item)
    }

    /// What is left of the next page, if it is there.
    pub(crate) fn part_ready(&self) -> Option<Part> {
        let part = self.ready().pop_front()?;
        self.read_ahead();
        Some(part)
    }

    /// Waits until there is something to take. False at the end of the list.
    pub(crate) async fn advance(&self) -> Result<bool, Error> {
        let mut pages = self.pages.lock().await;
        // Another reader may have waited for the same.
        if !self.ready().is_empty() {
            return Ok(true);
        }
        self.ask(&mut pages)?;
        let Some((Read { listing, .. }, new)) = pages.ahead.next().await? else {
            return Ok(false);
        };
        let (next, given) = (0, 0);
        self.ready().push_back(Part {
            listing,
            new,
            next,
            given,
        });
        Ok(true)
    }

    /// Somebody who waits does it, too. An error will come again when the page is needed.
    fn read_ahead(&self) {
        if let Ok(mut pages) = self.pages.try_lock() {
            let _ = self.ask(&mut pages);
        }
    }

    fn ask(&self, pages: &mut Pages) -> Result<(), Error> {
        pages.leave_to_parent();
        if let Some(home) = home::current() {
            pages.home = Some(home.in_context(self.context.clone()));
        }
        let home = pages.home.clone().unwrap_or_else(|| self.reader());
        pages
            .ahead
            .ask(|start, count| self.fetch(start, count, home.clone()))
    }

    fn reader(&self) -> Home {
        Home::of_reader(self.notes.clone(), self.context.clone(), self.quiet)
    }

    fn fetch(
        &self,
        start: i64,
        count: i64,
        home: Home,
    ) -> Result<JoinHandle<Result<Read, Error>>, Error> {
        let prepared = self.question.at(start, count)?;
        let (parts, options) = (self.link.parts()?, self.options.clone());
        let worker = worker::handle()?;
        let read = async move {
            let answer = call_here(parts, prepared, options).await?;
            let listing = answer.into_list().ok_or_else(Error::closed)?;
            let facts = listing.facts();
            Ok(Read { listing, facts })
        };
        Ok(worker.spawn(home::wait_at(home, read)))
    }

    fn ready(&self) -> MutexGuard<'_, VecDeque<Part>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    /// In a forked child: what is under way there is the parent's.
    fn leave_to_parent(&mut self) {
        if self.process != process::id() {
            self.process = process::id();
            self.ahead.abandon();
            self.home = None;
        }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.leave_to_parent();
    }
}
