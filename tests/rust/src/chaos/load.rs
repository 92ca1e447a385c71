//! The calls, some at a time.

use std::{future::Future, sync::Arc};

use cyberark_identity::{
    Client, Error, Result,
    ops::scim::users::{CreateUser, QueryUsers, User},
};
use futures_util::stream::{self, StreamExt};

use super::{Plan, report::Tally};

/// What became of the users that were to be made, by their number.
pub(super) struct Created {
    /// The id, or how it failed.
    pub(super) users: Vec<Result<String>>,
    pub(super) tally: Tally,
}

impl Created {
    /// How many are known to exist.
    pub(super) fn alive(&self) -> usize {
        self.users.iter().filter(|user| user.is_ok()).count()
    }
}

/// The name of a user.
pub(super) fn name_of(number: usize) -> String {
    format!("chaos-{number:07}@acme.example")
}

/// Makes the users of the plan.
pub(super) async fn create(client: &Client, plan: Plan) -> Created {
    let outcomes = in_turn(plan.creates, plan.at_once, |number| {
        let client = client.clone();
        async move {
            let user = CreateUser {
                user_name: name_of(number).into(),
                ..CreateUser::default()
            };
            let user = client.scim().users().create(user).await?;
            Ok(user.id.unwrap_or_default())
        }
    });
    let users = outcomes.await;
    let tally = Tally::of(users.iter());
    Created { users, tally }
}

/// Reads users that exist, over and over. A read that brings somebody else counts as wrong.
pub(super) async fn read(client: &Client, plan: Plan, created: &Created) -> Tally {
    let known: Arc<Vec<(usize, String)>> = Arc::new(
        created
            .users
            .iter()
            .enumerate()
            .filter_map(|(number, user)| Some((number, user.as_ref().ok()?.clone())))
            .collect(),
    );
    let outcomes = in_turn(plan.reads, plan.at_once, |turn| {
        let (client, known) = (client.clone(), known.clone());
        async move {
            let (number, id) = &known[turn % known.len()];
            let user = client.scim().users().get(id.as_str()).await?;
            Ok(user.user_name.as_deref() == Some(&name_of(*number)))
        }
    });
    let outcomes = outcomes.await;
    let mut tally = Tally::of(outcomes.iter());
    tally.wrong = outcomes.iter().filter(|o| matches!(o, Ok(false))).count();
    tally
}

/// Reads the whole list, some times. One that ends without an error and is not whole counts as wrong.
pub(super) async fn list(client: &Client, plan: Plan, alive: usize) -> Tally {
    let outcomes = in_turn(plan.lists, 4, |_| {
        let client = client.clone();
        async move { Ok(everybody(&client).await?.len()) }
    });
    let outcomes = outcomes.await;
    let mut tally = Tally::of(outcomes.iter());
    tally.wrong = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Ok(found) if *found < alive))
        .count();
    tally
}

/// The users of the plan that the tenant has.
pub(super) async fn everybody(client: &Client) -> Result<Vec<User>> {
    let query = QueryUsers {
        filter: Some(r#"userName sw "chaos-""#.into()),
        count: Some(1000),
        ..QueryUsers::default()
    };
    let mut users = client.scim().users().iter(query)?;
    let mut found = Vec::new();
    while let Some(user) = users.next().await? {
        found.push(user);
    }
    Ok(found)
}

/// Runs `task` for every number below `count`, `at_once` of them at a time, and gives what came of each, in order.
async fn in_turn<F, T>(count: usize, at_once: usize, task: impl Fn(usize) -> F) -> Vec<Result<T>>
where
    F: Future<Output = Result<T>> + Send + 'static,
    T: Send + 'static,
{
    let started = stream::iter(0..count).map(|number| {
        let call = tokio::spawn(task(number));
        async move { (number, call.await) }
    });
    // Not in order, because then one that waits would keep others from being started.
    let mut ended: Vec<_> = started.buffer_unordered(at_once).collect().await;
    ended.sort_unstable_by_key(|(number, _)| *number);
    ended
        .into_iter()
        .map(|(_, outcome)| {
            outcome.unwrap_or_else(|_| Err(Error::configuration("a call panicked")))
        })
        .collect()
}
