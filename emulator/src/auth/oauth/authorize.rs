//! `oauth2/authorize`: a browser, or a program with a token, asks for a code or for tokens in the address.

use http::StatusCode;
use url::Url;
use url::form_urlencoded::Serializer;

use super::issue::Issue;
use super::{Fields, Granted, OAuthError, answer, app, pkce};
use crate::answer::Answer;
use crate::call::Call;
use crate::state::user::User;
use crate::state::{CodeGrant, SessionGrant};

/// How long a code is good; the RFC allows ten minutes at most.
const CODE_LIFETIME_MS: i64 = 5 * 60 * 1000;

pub(super) fn authorize(call: &Call<'_>) -> Answer {
    answer(redirect(call))
}

/// The parameters, from the query or, for a POST, from the form.
struct Request<'a> {
    call: &'a Call<'a>,
    fields: Fields,
}

impl Request<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.call.query.get(name).or_else(|| self.fields.get(name))
    }
}

/// Nothing is sent to an address that is none. Which addresses are registered is not emulated: every one will do.
fn redirect(call: &Call<'_>) -> Granted {
    let app = app(call)?;
    let request = Request {
        call,
        fields: Fields::of(call),
    };
    let client_id = request
        .get("client_id")
        .ok_or_else(|| OAuthError::missing("client_id is missing"))?;
    let target = request
        .get("redirect_uri")
        .and_then(|text| Some((text, Url::parse(text).ok()?)));
    let (redirect_uri, url) =
        target.ok_or_else(|| OAuthError::missing("redirect_uri is missing or no address"))?;
    let Some(caller) = &call.caller else {
        return Ok(found(&login_page(call)));
    };
    let directory = call.tenant.read();
    let user = directory.users.get(&caller.id);
    let user = user.ok_or_else(OAuthError::access_denied)?;
    let response = respond(&request, app, client_id, redirect_uri, user);
    Ok(found(&address(&request, url, response)))
}

/// What goes into the address, and where.
enum Response {
    Query(Vec<(&'static str, String)>),
    Fragment(Vec<(&'static str, String)>),
}

fn respond(
    request: &Request<'_>,
    app: &str,
    client_id: &str,
    redirect_uri: &str,
    user: &User,
) -> Response {
    let issue = Issue {
        call: request.call,
        app,
        audience: client_id,
        user,
        scope: request.get("scope"),
        nonce: request.get("nonce"),
    };
    match request.get("response_type") {
        Some("code") => code(request, &issue, redirect_uri),
        Some("id_token") => Response::Fragment(vec![("id_token", issue.token())]),
        Some("token") => Response::Fragment(access_token(&issue)),
        Some("id_token token" | "token id_token") => {
            let mut pairs = access_token(&issue);
            pairs.push(("id_token", issue.token()));
            Response::Fragment(pairs)
        }
        _ => refused("unsupported_response_type", "use code, id_token or token"),
    }
}

fn refused(code: &str, description: &str) -> Response {
    Response::Query(vec![
        ("error", code.to_owned()),
        ("error_description", description.to_owned()),
    ])
}

fn access_token(issue: &Issue<'_>) -> Vec<(&'static str, String)> {
    let lifetime = issue.call.tenant.settings.token_lifetime;
    vec![
        ("access_token", issue.token()),
        ("token_type", "Bearer".to_owned()),
        ("expires_in", lifetime.as_secs().to_string()),
    ]
}

fn code(request: &Request<'_>, issue: &Issue<'_>, redirect_uri: &str) -> Response {
    let challenge = pkce::challenge(
        request.get("code_challenge"),
        request.get("code_challenge_method"),
    );
    let challenge = match challenge {
        Ok(challenge) => challenge,
        Err(reason) => return refused("invalid_request", reason),
    };
    let grant = CodeGrant {
        session: SessionGrant {
            app: issue.app.to_owned(),
            client_id: issue.audience.to_owned(),
            user: issue.user.id,
            scope: issue.scope.map(str::to_owned),
        },
        redirect_uri: redirect_uri.to_owned(),
        challenge,
        nonce: issue.nonce.map(str::to_owned),
    };
    let now_ms = request.call.now_ms();
    let codes = &request.call.tenant.codes;
    Response::Query(vec![("code", codes.put(grant, now_ms, CODE_LIFETIME_MS))])
}

/// The redirect address with the response in it, and the state of the client behind.
fn address(request: &Request<'_>, mut url: Url, response: Response) -> String {
    let state = request
        .get("state")
        .map(|state| ("state", state.to_owned()));
    match response {
        Response::Query(pairs) => {
            url.query_pairs_mut()
                .extend_pairs(pairs.iter().chain(&state));
        }
        Response::Fragment(pairs) => {
            let mut fragment = Serializer::new(String::new());
            fragment.extend_pairs(pairs.iter().chain(&state));
            url.set_fragment(Some(&fragment.finish()));
        }
    }
    url.into()
}

/// Where a browser without a session signs in first; it comes back with the same question. The emulator serves no
/// such page.
fn login_page(call: &Call<'_>) -> String {
    let mut question = Serializer::new(String::new());
    question.append_pair("cloudRedirect", call.address);
    format!("/login?{}", question.finish())
}

fn found(location: &str) -> Answer {
    Answer::empty(StatusCode::FOUND).located_at(location)
}
