//! A call from beginning to end: what is reported about it, its time-out, and its id.

use std::{pin::pin, time::Duration};

use tokio::time::Instant;

use super::{Client, call::Call};
use crate::{
    error::Result, observe::Watch, options::CallOptions, prepare::Prepared, transport::Payload,
};

impl Client {
    /// The pipeline: sends a prepared request until there is proof of success, an error, or no time left.
    ///
    /// # Errors
    /// Any kind of [`ErrorKind`](crate::ErrorKind).
    pub async fn dispatch(&self, prepared: &Prepared, options: &CallOptions) -> Result<Payload> {
        // The future is large, and would be copied into every future that wraps it: on the heap it stays where it is.
        Box::pin(self.follow(prepared, options)).await
    }

    async fn follow(&self, prepared: &Prepared, options: &CallOptions) -> Result<Payload> {
        self.shared.settings.check(prepared.meta.name, options)?;
        let timeout = options.timeout.unwrap_or(self.shared.settings.timeout);
        let watch = self.watch(prepared.meta.name, options);
        let call = pin!(self.in_time(prepared, options, timeout, &watch));
        let outcome = match watch.is_followed() {
            false => call.await,
            true => {
                Box::pin(async {
                    let tenant = &self.shared.tenant;
                    let followed = watch.begin(tenant, prepared, timeout).await;
                    let outcome = followed.run(call).await;
                    followed.end(&outcome, timeout).await;
                    outcome
                })
                .await
            }
        };
        if let (Some(drift), Ok(payload)) = (&self.shared.drift, &outcome) {
            drift.look(payload);
        }
        let id = Some(watch.id);
        match outcome {
            Ok(payload) => Ok(Payload {
                call_id: id,
                ..payload
            }),
            Err(error) => Err(error.with(|d| d.call_id = id)),
        }
    }

    /// People are not hurried: the time-out starts when there is a token.
    async fn in_time(
        &self,
        prepared: &Prepared,
        options: &CallOptions,
        timeout: Duration,
        watch: &Watch<'_>,
    ) -> Result<Payload> {
        if self.shared.keeper.asks_people() {
            self.shared.keeper.token(self.exchange(watch)).await?;
        }
        let deadline = Instant::now().checked_add(timeout);
        let call = Call::new(self, prepared, options, watch, deadline);
        match tokio::time::timeout(timeout, call.run()).await {
            Ok(outcome) => outcome,
            Err(_) => Err(call.out_of_time(timeout)),
        }
    }
}
