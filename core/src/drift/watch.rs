//! What a client has seen in all its answers.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use serde_json::Value;

use super::{
    Change, Drift, DriftReport, Sight,
    presence::{Presence, Verdict},
};
use crate::{model::Shape, registry, transport::Payload};

/// Beyond this, differences are only counted together, because a service could send new field names without end.
const MOST: usize = 1000;

/// Compares answers with what is known about their operations.
#[derive(Debug, Default)]
pub(crate) struct DriftWatch(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    answers: u64,
    others: u64,
    drifts: BTreeMap<Place, Drift>,
    fields: HashMap<(&'static str, String), Presence>,
}

/// Operation, path and change.
type Place = (&'static str, String, Change);

impl DriftWatch {
    /// Examines the answer of a call that succeeded.
    pub(crate) fn look(&self, payload: &Payload) {
        let meta = payload.meta;
        let known = !matches!(meta.shape, Shape::Nothing | Shape::Any);
        let entry = registry::find(meta.name).filter(|_| known && !payload.recovered);
        // A value that is no JSON is an error when it is read.
        let value = match payload.value.as_ref() {
            b"" => Some(Value::Null),
            value => serde_json::from_slice(value).ok(),
        };
        let Some((entry, value)) = entry.zip(value) else {
            return;
        };
        let mut sight = Sight::default();
        entry.look(&value, &mut sight);
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.add(meta.name, sight);
    }

    pub(crate) fn report(&self) -> DriftReport {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        DriftReport {
            answers: seen.answers,
            drifts: seen.drifts.values().cloned().collect(),
            others: seen.others,
        }
    }
}

impl Seen {
    fn add(&mut self, operation: &'static str, sight: Sight) {
        self.answers += 1;
        for odd in sight.odd {
            self.count((operation, odd.path, odd.change), odd.expected, odd.found);
        }
        for (path, (all, with)) in sight.fields {
            let presence = self.fields.entry((operation, path.clone())).or_default();
            let verdict = presence.note(all, with);
            let place = (operation, path, Change::MissingField);
            match verdict {
                Verdict::Fine => {}
                Verdict::Missing(times) => {
                    self.count(place.clone(), "a field that was always there", "nothing");
                    if let Some(drift) = self.drifts.get_mut(&place) {
                        drift.count = times.into();
                    }
                }
                Verdict::Returned => {
                    self.drifts.remove(&place);
                }
            }
        }
    }

    fn count(&mut self, place: Place, expected: &'static str, found: &'static str) {
        if self.drifts.len() >= MOST && !self.drifts.contains_key(&place) {
            self.others += 1;
            return;
        }
        let (operation, path, change) = place.clone();
        let drift = self.drifts.entry(place).or_insert(Drift {
            operation,
            path,
            change,
            expected,
            found,
            count: 0,
        });
        drift.count += 1;
    }
}
