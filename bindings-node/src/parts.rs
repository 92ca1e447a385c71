//! A page of a list in parts, each with a few of its items: JavaScript reads one after the other, as their turn comes. Objects that
//! are dropped young cost V8 next to nothing, while those of a whole page are moved about while they wait to be looked at.

use std::{borrow::Cow, fmt, mem, ops::Range, vec};

use bytes::Bytes;
use cyberark_identity::{Error, Payload, paging::PageFacts};
use napi::{Env, JsString};
use napi_derive::napi;
use sonic_rs::{JsonValueTrait, LazyValue};

use crate::text::Text;

/// Items in a part. With more, more of them are moved; with fewer, V8 learns the layout of items anew too often.
const ITEMS: usize = 16;

/// The items of a page.
#[napi]
pub struct Parts {
    facts: PageFacts,
    texts: vec::IntoIter<Text>,
}

#[napi]
impl Parts {
    /// JSON of a page with some of the items, those that come next; null after the last.
    #[napi(catch_unwind)]
    pub fn next<'env>(&mut self, env: &'env Env) -> napi::Result<Option<JsString<'env>>> {
        self.texts.next().map(|text| text.to_js(env)).transpose()
    }
}

impl Parts {
    /// JSON of the page without its items, and those. What cannot be taken apart is left as it came: who reads it says what
    /// it is.
    pub(crate) fn of(payload: &Payload) -> Result<(Text, Self), Error> {
        let json = &payload.value;
        let items = items(json).unwrap_or_default();
        let places: Vec<_> = items.iter().map(|item| place(json, item)).collect();
        let all = around(&places).unwrap_or(0..0);
        let rest = [&json[..all.start], &json[all.end..]].concat();
        let texts = places.chunks(ITEMS).filter_map(around);
        let texts = texts.map(|part| Text::of(payload, &page(&json[part])));
        let parts = Self {
            facts: PageFacts::new(None, None, items.iter().map(id)),
            texts: texts.collect::<Result<Vec<_>, _>>()?.into_iter(),
        };
        Ok((Text::of(payload, &rest.into())?, parts))
    }

    /// What has to be known of the page to go on. Nothing is left for the next who asks.
    pub(crate) fn take_facts(&mut self) -> PageFacts {
        mem::take(&mut self.facts)
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").finish_non_exhaustive()
    }
}

/// None for what is no page of a list.
fn items(json: &[u8]) -> Option<Vec<LazyValue<'_>>> {
    let items = sonic_rs::get(json, ["Resources"]).ok()?.into_array_iter()?;
    items.collect::<Result<_, _>>().ok()
}

/// As it is written: who compares ids need not understand them.
fn id<'a>(item: &'a LazyValue<'a>) -> Option<Cow<'a, str>> {
    let id = item.get("id").filter(|id| !id.is_null())?;
    Some(id.as_raw_cow())
}

/// Where a value of `json` stands in it.
fn place(json: &[u8], value: &LazyValue<'_>) -> Range<usize> {
    let raw = value.as_raw_str();
    let start = raw.as_ptr() as usize - json.as_ptr() as usize;
    start..start + raw.len()
}

/// From the first to the last.
fn around(places: &[Range<usize>]) -> Option<Range<usize>> {
    Some(places.first()?.start..places.last()?.end)
}

fn page(items: &[u8]) -> Bytes {
    [br#"{"Resources":["#, items, b"]}"].concat().into()
}
