//! Faults that happen to the connection rather than to the answer.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::mpsc::UnboundedSender;

use crate::record::Epilogue;

/// The connection a request came on.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) number: u64,
    pub(crate) peer: std::net::SocketAddr,
}

/// When the connection shall be closed. The dispatcher marks a response with it and the connection carries it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WireFault {
    BeforeAnswer,
    InBody,
    AfterAnswer,
}

/// The connection has to be dropped without an answer.
#[derive(Debug)]
pub(crate) struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is closed on purpose")
    }
}

impl std::error::Error for Dropped {}

/// Carries out the fault a response is marked with. `idle` is told when the response was handed over completely and
/// the connection shall be closed, and what to add to the record then.
pub(crate) async fn carry_out(
    mut response: Response,
    idle: &UnboundedSender<Epilogue>,
) -> Result<Response, Dropped> {
    let epilogue = response.extensions_mut().remove::<Epilogue>();
    match response.extensions().get::<WireFault>() {
        None => Ok(response),
        Some(WireFault::BeforeAnswer) => Err(Dropped),
        Some(WireFault::InBody) => cut(response).await,
        Some(WireFault::AfterAnswer) => Ok(response.map(|inner| {
            Body::new(TellingBody {
                inner,
                _told: epilogue.map(|epilogue| TellWhenDropped(idle.clone(), epilogue)),
            })
        })),
    }
}

/// Announces the whole body and sends half of it.
async fn cut(response: Response) -> Result<Response, Dropped> {
    let (mut parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX)
        .await
        .map_err(|_| Dropped)?;
    parts.headers.insert(CONTENT_LENGTH, whole.len().into());
    let half = whole.slice(..whole.len() / 2);
    Ok(Response::from_parts(
        parts,
        Body::new(CutBody {
            half,
            progress: Progress::Unsent,
        }),
    ))
}

#[derive(Clone, Copy)]
enum Progress {
    Unsent,
    /// Handed over; once polled again without result, the connection flushes it.
    Sent,
    Flushed,
}

struct CutBody {
    half: Bytes,
    progress: Progress,
}

impl HttpBody for CutBody {
    type Data = Bytes;
    type Error = Dropped;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Dropped>>> {
        match self.progress {
            Progress::Unsent => {
                self.progress = Progress::Sent;
                Poll::Ready(Some(Ok(Frame::data(self.half.clone()))))
            }
            Progress::Sent => {
                self.progress = Progress::Flushed;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Progress::Flushed => Poll::Ready(Some(Err(Dropped))),
        }
    }
}

struct TellingBody {
    inner: Body,
    _told: Option<TellWhenDropped>,
}

impl HttpBody for TellingBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The connection drops a body when it has taken the last of it.
struct TellWhenDropped(UnboundedSender<Epilogue>, Epilogue);

impl Drop for TellWhenDropped {
    fn drop(&mut self) {
        // A connection that is gone needs not be closed.
        let _ = self.0.send(self.1.clone());
    }
}
