//! From a request to its answer: record, fault, route, caller, handler.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::header::{ACCEPT, ALLOW, DATE, HOST, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use jiff::fmt::rfc2822::DateTimePrinter;

use crate::answer::{Answer, JSON, SCIM_JSON};
use crate::auth;
use crate::call::{Call, Caller, Query};
use crate::faults::{Effect, Fault, StatusFault};
use crate::platform::{Failure, envelope};
use crate::record::{Arrival, Outcome, Ticket};
use crate::routing::{Found, Handler, Route, Surface, Target};
use crate::scim::{self, ScimError};
use crate::state::{Directory, Tenant};
use crate::wire::{Link, WireFault};

/// A fault for this one request, in the form of an action of a fault rule.
const FAULT_HEADER: &str = "x-emulator-fault";
static TRANSACTION_HEADER: HeaderName = HeaderName::from_static("x-cfy-tx-id");

/// Answers one request of the tenant's own surface.
pub(crate) async fn answer(State(tenant): State<Arc<Tenant>>, request: Request<Body>) -> Response {
    let id = tenant.transactions.next();
    let transaction = id.simple().to_string();
    let (parts, body) = request.into_parts();
    let ticket = tenant.recorder.arrived(&Arrival {
        connection: parts.extensions.get::<Link>().map_or(0, |link| link.number),
        at: tenant.clock.now(),
        parts: &parts,
        transaction: id,
    });
    let mut response = match to_bytes(body, tenant.settings.body_limit).await {
        Ok(body) => {
            ticket.body(&body);
            let exchange = Exchange {
                tenant: &tenant,
                parts: &parts,
                body: &body,
                target: Target::of(parts.uri.path()),
                transaction: &transaction,
                ticket,
            };
            exchange.run().await
        }
        Err(error) if is_too_long(&error) => {
            let sentence = "The request body is longer than the emulator takes.";
            let answer = Answer::html(StatusCode::PAYLOAD_TOO_LARGE, "Too large", sentence);
            finish(ticket, answer, None)
        }
        // The client went away in the middle of its body, as the dropped ticket will say, and nobody reads this answer; or
        // it sent something that HTTP does not allow.
        Err(_) => {
            let mut answer = Response::new(Body::empty());
            *answer.status_mut() = StatusCode::BAD_REQUEST;
            answer
        }
    };
    if let Ok(value) = HeaderValue::from_str(&transaction) {
        response
            .headers_mut()
            .insert(TRANSACTION_HEADER.clone(), value);
    }
    if let Some(value) = date(&tenant) {
        response.headers_mut().insert(DATE, value);
    }
    response
}

/// The time as the tenant sees it, so that a client can find out that the clocks are apart.
fn date(tenant: &Tenant) -> Option<HeaderValue> {
    let printer = DateTimePrinter::new();
    let text = printer
        .timestamp_to_rfc9110_string(&tenant.clock.now())
        .ok()?;
    HeaderValue::from_str(&text).ok()
}

/// The service answers SCIM with `application/json` as far as is known. Only a client that takes nothing else gets the
/// RFC's media type.
fn only_scim_json_accepted(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let takes = |kind: &str| {
        accepted
            .split(',')
            .any(|part| part.trim().starts_with(kind))
    };
    takes("application/scim+json")
        && !takes("application/json")
        && !takes("*/*")
        && !takes("application/*")
}

fn is_too_long(error: &axum::Error) -> bool {
    std::error::Error::source(error)
        .is_some_and(|source| source.is::<http_body_util::LengthLimitError>())
}

/// One request that was read completely.
struct Exchange<'a> {
    tenant: &'a Tenant,
    parts: &'a Parts,
    body: &'a Bytes,
    target: Target<'a>,
    transaction: &'a str,
    ticket: Ticket,
}

impl Exchange<'_> {
    async fn run(self) -> Response {
        let fault = match self.fault() {
            Ok(fault) => fault,
            Err(reason) => {
                let answer =
                    Answer::with_body(StatusCode::BAD_REQUEST, "text/plain; charset=utf-8", reason);
                return finish(self.ticket, answer, None);
            }
        };
        let Some(fault) = fault else {
            let answer = self.handle();
            return finish(self.ticket, answer, None);
        };
        self.ticket.fault(fault.to_string());
        if let Some(delay) = fault.delay {
            tokio::time::sleep(delay).await;
        }
        self.suffer(fault).await
    }

    /// The fault in the header, or else the one the rules hold for this request.
    fn fault(&self) -> Result<Option<Fault>, String> {
        match self.parts.headers.get(FAULT_HEADER) {
            Some(text) => single_fault(text.as_bytes())
                .map(Some)
                .map_err(|reason| format!("{FAULT_HEADER} is not a usable action: {reason}")),
            None => Ok(self.tenant.faults().strike(
                &self.parts.method,
                self.parts.uri.path(),
                self.tenant.clock.now_ms(),
            )),
        }
    }

    async fn suffer(self, fault: Fault) -> Response {
        if fault.apply {
            self.handle();
        }
        let (answer, wire) = match fault.effect {
            Effect::Hang => std::future::pending().await,
            Effect::Nothing => (self.handle(), None),
            Effect::ExpireTokens => {
                self.tenant.tokens.expire_all();
                (self.handle(), None)
            }
            Effect::CloseBefore => (
                Answer::empty(StatusCode::NO_CONTENT),
                Some(WireFault::BeforeAnswer),
            ),
            Effect::CloseInBody => match self.handle() {
                answer if answer.body.is_empty() => (answer, Some(WireFault::BeforeAnswer)),
                answer => (answer, Some(WireFault::InBody)),
            },
            Effect::CloseAfter => (self.handle(), Some(WireFault::AfterAnswer)),
            Effect::WrongContentType(kind) => (self.handle().relabelled(&kind), None),
            Effect::Gzip => (self.handle().compressed(), None),
            // The rule makes a status of it.
            Effect::RateLimit(_) => (Answer::empty(StatusCode::TOO_MANY_REQUESTS), None),
            Effect::Unauthorized => (unauthorized(self.target.surface), None),
            Effect::Status(fault) => (made_up(&fault), None),
            Effect::Html200 => (
                Answer::html(StatusCode::OK, "Sign in", "Please sign in to continue."),
                None,
            ),
            Effect::SuccessFalse(message) => {
                let failure =
                    Failure::internal(message.as_deref().unwrap_or("The operation failed."));
                (envelope::wrap(&Err(failure), self.transaction), None)
            }
        };
        finish(self.ticket, answer, wire)
    }

    fn handle(&self) -> Answer {
        let answer = match self.target.find(&self.parts.method) {
            Found::Route(route, path_values) => self.perform(route, path_values),
            Found::OtherMethods(methods) if self.parts.method == Method::OPTIONS => {
                Answer::empty(StatusCode::OK).header(ALLOW, &allowed(&methods))
            }
            Found::OtherMethods(methods) => self.wrong_method(&methods),
            Found::Nothing => self.no_such_path(),
        };
        if self.target.surface == Surface::Scim && only_scim_json_accepted(&self.parts.headers) {
            answer.relabelled(&HeaderValue::from_static(SCIM_JSON))
        } else {
            answer
        }
    }

    /// The service answers an unknown platform path with 404; what SCIM says there is not known. The RFC has 501 for the
    /// alias of the caller and for bulk operations where they are not supported.
    fn no_such_path(&self) -> Answer {
        let status = StatusCode::NOT_FOUND;
        match self.target.surface {
            Surface::Scim if self.target.is_any_of(&["/scim/me", "/scim/bulk"]) => {
                let sentence = format!("{} is not supported.", self.parts.uri.path());
                ScimError::new(StatusCode::NOT_IMPLEMENTED, None, sentence).into_answer()
            }
            Surface::Scim => ScimError::not_found(self.parts.uri.path()).into_answer(),
            Surface::OAuth | Surface::Platform => {
                Answer::html(status, "Not found", "The resource cannot be found.")
            }
        }
    }

    /// What the service says to another method is not known; this is what HTTP has for it.
    fn wrong_method(&self, methods: &[&Method]) -> Answer {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        let sentence = format!("{} is not allowed here.", self.parts.method);
        let answer = match self.target.surface {
            Surface::Scim => ScimError::new(status, None, sentence).into_answer(),
            Surface::OAuth | Surface::Platform => {
                Answer::html(status, "Method not allowed", &sentence)
            }
        };
        answer.header(ALLOW, &allowed(methods))
    }

    fn perform(&self, route: &'static Route, path_values: Vec<String>) -> Answer {
        let caller = auth::bearer::caller(self.tenant, &self.parts.headers);
        self.ticket.operation(
            route.template,
            caller.as_ref().map(|caller| caller.name.clone()),
        );
        if caller.is_none() && !matches!(route.handler, Handler::SignIn(_)) {
            return unauthorized(self.target.surface);
        }
        let is_scim_write = matches!(route.handler, Handler::ScimWrite(_));
        if is_scim_write
            && !self.body.is_empty()
            && let Err(refused) = scim::body::check_type(&self.parts.headers)
        {
            return refused.into_answer();
        }
        let call = self.call(path_values, caller);
        // A defect in a handler must cost one request, not the tenant.
        catch_unwind(AssertUnwindSafe(|| invoke(route, &call))).unwrap_or_else(|_| self.defect())
    }

    fn call(&self, path_values: Vec<String>, caller: Option<Caller>) -> Call<'_> {
        Call {
            tenant: self.tenant,
            path_values,
            query: Query::parse(self.parts.uri.query()),
            headers: &self.parts.headers,
            body: self.body,
            address: self
                .parts
                .uri
                .path_and_query()
                .map_or("/", |address| address.as_str()),
            host: self.host(),
            caller,
            transaction: self.transaction,
        }
    }

    fn host(&self) -> String {
        let authority = self
            .parts
            .uri
            .authority()
            .map(|authority| authority.as_str());
        let header = self
            .parts
            .headers
            .get(HOST)
            .and_then(|value| value.to_str().ok());
        authority
            .or(header)
            .unwrap_or_else(|| {
                self.tenant
                    .settings
                    .base_url
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
            })
            .to_owned()
    }

    fn defect(&self) -> Answer {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        match self.target.surface {
            Surface::Scim => ScimError::new(
                status,
                None,
                "The emulator failed on this request. ".to_owned(),
            )
            .into_answer(),
            Surface::OAuth | Surface::Platform => Answer::html(
                status,
                "Server error",
                "The emulator failed on this request.",
            ),
        }
    }
}

/// A fault for one request alone.
fn single_fault(action: &[u8]) -> Result<Fault, String> {
    let fault: Fault = serde_json::from_slice(action).map_err(|error| error.to_string())?;
    match fault.effect {
        Effect::RateLimit(_) => Err("a rate limit belongs into a rule".to_owned()),
        _ => Ok(fault),
    }
}

fn invoke(route: &Route, call: &Call<'_>) -> Answer {
    let may = |directory: &Directory| {
        call.caller
            .as_ref()
            .is_some_and(|caller| directory.allows(&caller.id, route.needs))
    };
    let tenant = call.tenant;
    match route.handler {
        Handler::SignIn(run) => run(call),
        Handler::PlatformRead(run) => {
            let directory = tenant.read();
            let outcome = if may(&directory) {
                run(&directory, call)
            } else {
                Err(Failure::not_authorized())
            };
            envelope::wrap(&outcome, call.transaction)
        }
        Handler::PlatformWrite(run) => {
            let mut directory = tenant.write();
            let outcome = if may(&directory) {
                run(&mut directory, call)
            } else {
                Err(Failure::not_authorized())
            };
            envelope::wrap(&outcome, call.transaction)
        }
        Handler::ScimRead(run) => {
            let directory = tenant.read();
            let outcome = if may(&directory) {
                run(&directory, call)
            } else {
                Err(ScimError::forbidden())
            };
            outcome.unwrap_or_else(ScimError::into_answer)
        }
        Handler::ScimWrite(run) => {
            let mut directory = tenant.write();
            let outcome = if may(&directory) {
                run(&mut directory, call)
            } else {
                Err(ScimError::forbidden())
            };
            outcome.unwrap_or_else(ScimError::into_answer)
        }
        Handler::Plain(run) => {
            let directory = tenant.read();
            if may(&directory) {
                run(&directory, call)
            } else {
                unauthorized(Surface::Platform)
            }
        }
    }
}

fn unauthorized(surface: Surface) -> Answer {
    match surface {
        Surface::Scim => ScimError::unauthorized()
            .into_answer()
            .challenging_for_bearer(),
        Surface::OAuth => auth::oauth::refusal_of(
            "access_denied",
            "invalid client creds or client not allowed",
        ),
        Surface::Platform => Answer::html(
            StatusCode::UNAUTHORIZED,
            "Unauthorized",
            "Access is denied: the request carries no valid token.",
        )
        .challenging_for_bearer(),
    }
}

/// The value of `Allow`.
fn allowed(methods: &[&Method]) -> String {
    let gets = methods.contains(&&Method::GET);
    let mut names: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
    names.extend(gets.then_some("HEAD"));
    names.push("OPTIONS");
    names.join(", ")
}

fn made_up(fault: &StatusFault) -> Answer {
    let answer = match &fault.body {
        None => Answer::empty(fault.status),
        Some(serde_json::Value::String(text)) => {
            let content_type = fault
                .content_type
                .as_deref()
                .unwrap_or("text/plain; charset=utf-8");
            Answer::with_body(fault.status, content_type, text.clone())
        }
        Some(body) => {
            let content_type = fault.content_type.as_deref().unwrap_or(JSON);
            Answer::with_body(fault.status, content_type, body.to_string())
        }
    };
    match &fault.retry_after {
        Some(retry_after) => answer.header(RETRY_AFTER, retry_after),
        None => answer,
    }
}

/// Turns the answer into a response, marked with what shall happen to it on the wire, and completes the record.
fn finish(ticket: Ticket, answer: Answer, wire: Option<WireFault>) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    let status = answer.status.as_u16();
    match wire {
        None => ticket.settle(Some(status), Outcome::Answered),
        Some(WireFault::BeforeAnswer) => ticket.settle(None, Outcome::ClosedBefore),
        Some(WireFault::InBody) => ticket.settle(Some(status), Outcome::ClosedInBody),
        Some(WireFault::AfterAnswer) => {
            let epilogue = ticket.settle_until_closed(status);
            response.extensions_mut().insert(epilogue);
        }
    }
    *response.status_mut() = answer.status;
    for (name, value) in answer.headers {
        response.headers_mut().append(name, value);
    }
    if let Some(wire) = wire {
        response.extensions_mut().insert(wire);
    }
    response
}
