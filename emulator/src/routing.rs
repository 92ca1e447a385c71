//! The table of operations, and how a path finds its row.
//!
//! Each area of handlers keeps its own rows next to them; [`AREAS`] only lists the areas. So a new operation is one
//! handler and one row.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use http::Method;
use percent_encoding::percent_decode_str;

use crate::answer::Answer;
use crate::auth;
use crate::call::Call;
use crate::platform::{self, Outcome};
use crate::scim::{self, ScimResult};
use crate::state::Directory;
use crate::state::rights::Needs;

/// A row of the table.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: Method,
    /// Path with at most one `{name}` segment, the last one, in the spelling of the documentation.
    pub(crate) template: &'static str,
    pub(crate) needs: Needs,
    pub(crate) handler: Handler,
}

/// What to run, how the directory is locked for it, and in which form it fails.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Handler {
    PlatformRead(PlatformRead),
    PlatformWrite(PlatformWrite),
    ScimRead(ScimRead),
    ScimWrite(ScimWrite),
    /// A platform call whose answer is no envelope.
    Plain(fn(&Directory, &Call<'_>) -> Answer),
    /// Sign-in: needs no token and has its own error form.
    SignIn(fn(&Call<'_>) -> Answer),
}

type PlatformRead = fn(&Directory, &Call<'_>) -> Outcome;
type PlatformWrite = fn(&mut Directory, &Call<'_>) -> Outcome;
type ScimRead = fn(&Directory, &Call<'_>) -> ScimResult;
type ScimWrite = fn(&mut Directory, &Call<'_>) -> ScimResult;

impl Route {
    const fn new(method: Method, template: &'static str, needs: Needs, handler: Handler) -> Self {
        Self {
            method,
            template,
            needs,
            handler,
        }
    }
}

/// A platform call that changes nothing.
pub(crate) const fn read(template: &'static str, needs: Needs, handler: PlatformRead) -> Route {
    Route::new(
        Method::POST,
        template,
        needs,
        Handler::PlatformRead(handler),
    )
}

/// The same for the calls that programs also make by GET.
pub(crate) const fn read_by_get(
    template: &'static str,
    needs: Needs,
    handler: PlatformRead,
) -> Route {
    Route::new(Method::GET, template, needs, Handler::PlatformRead(handler))
}

/// A platform call that may change the directory.
pub(crate) const fn write(template: &'static str, needs: Needs, handler: PlatformWrite) -> Route {
    Route::new(
        Method::POST,
        template,
        needs,
        Handler::PlatformWrite(handler),
    )
}

/// A GET whose answer is no envelope.
pub(crate) const fn plain(
    template: &'static str,
    needs: Needs,
    handler: fn(&Directory, &Call<'_>) -> Answer,
) -> Route {
    Route::new(Method::GET, template, needs, Handler::Plain(handler))
}

/// A SCIM call that changes nothing.
pub(crate) const fn scim_read(template: &'static str, needs: Needs, handler: ScimRead) -> Route {
    Route::new(Method::GET, template, needs, Handler::ScimRead(handler))
}

/// A SCIM call that may change the directory.
pub(crate) const fn scim_write(
    method: Method,
    template: &'static str,
    needs: Needs,
    handler: ScimWrite,
) -> Route {
    Route::new(method, template, needs, Handler::ScimWrite(handler))
}

/// A sign-in call.
pub(crate) const fn sign_in(template: &'static str, handler: fn(&Call<'_>) -> Answer) -> Route {
    Route::new(
        Method::POST,
        template,
        Needs::SignedIn,
        Handler::SignIn(handler),
    )
}

/// The same for the calls that browsers make by GET.
pub(crate) const fn sign_in_by_get(
    template: &'static str,
    handler: fn(&Call<'_>) -> Answer,
) -> Route {
    Route::new(
        Method::GET,
        template,
        Needs::SignedIn,
        Handler::SignIn(handler),
    )
}

const AREAS: &[&[Route]] = &[
    auth::oauth::ROUTES,
    auth::login::ROUTES,
    auth::sign_out::ROUTES,
    scim::users::ROUTES,
    scim::groups::ROUTES,
    scim::discovery::ROUTES,
    platform::users::ROUTES,
    platform::user_views::ROUTES,
    platform::user_changes::ROUTES,
    platform::user_create::ROUTES,
    platform::pictures::ROUTES,
    platform::access::ROUTES,
    platform::ext_data::ROUTES,
    platform::orgs::ROUTES,
    platform::org_members::ROUTES,
    platform::org_rights::ROUTES,
    platform::roles::ROUTES,
    platform::role_members::ROUTES,
    platform::import::ROUTES,
    platform::invites::ROUTES,
    platform::tenant::ROUTES,
    platform::redrock::ROUTES,
    platform::directory_query::ROUTES,
];

/// Method and path template of every operation the emulator handles.
pub fn handled() -> Vec<(Method, &'static str)> {
    AREAS
        .iter()
        .copied()
        .flatten()
        .map(|route| (route.method.clone(), route.template))
        .collect()
}

/// The family of calls a path belongs to, which decides how its failures look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surface {
    Scim,
    OAuth,
    Platform,
}

/// A path after prefixes were taken off.
#[derive(Debug)]
pub(crate) struct Target<'p> {
    pub(crate) surface: Surface,
    /// Percent-decoded, in the spelling of the request.
    segments: Vec<Cow<'p, str>>,
}

/// Where a request goes.
#[derive(Debug)]
pub(crate) enum Found {
    Route(&'static Route, Vec<String>),
    /// The path exists for other methods.
    OtherMethods(Vec<&'static Method>),
    Nothing,
}

impl<'p> Target<'p> {
    /// Splits a path. Letter case and a trailing slash do not matter; platform and sign-in calls may carry the
    /// gateway prefix `/api/idadmin`, SCIM calls the segment `v2`.
    pub(crate) fn of(path: &'p str) -> Self {
        let mut segments: Vec<Cow<'p, str>> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy())
            .collect();
        if starts_with(&segments, &["api", "idadmin"]) {
            segments.drain(..2);
        }
        let surface = match segments.first() {
            Some(first) if first.eq_ignore_ascii_case("scim") => Surface::Scim,
            Some(first) if first.eq_ignore_ascii_case("oauth2") => Surface::OAuth,
            _ => Surface::Platform,
        };
        if starts_with(&segments, &["scim", "v2"]) {
            segments.remove(1);
        }
        Self { surface, segments }
    }

    pub(crate) fn find(&self, method: &Method) -> Found {
        let Some((rows, values)) = self.rows() else {
            return Found::Nothing;
        };
        // What a GET would say, of which only the head is sent.
        let wanted = match *method {
            Method::HEAD => &Method::GET,
            _ => method,
        };
        match rows.iter().find(|route| route.method == *wanted) {
            Some(route) => Found::Route(route, values),
            None => Found::OtherMethods(rows.iter().map(|route| &route.method).collect()),
        }
    }

    /// Whether it is one of these paths, written in lower case.
    pub(crate) fn is_any_of(&self, paths: &[&str]) -> bool {
        paths.contains(&key(&self.segments, "").as_str())
    }

    /// All rows of this path, and the values of its `{…}` segments.
    fn rows(&self) -> Option<(&'static [&'static Route], Vec<String>)> {
        if let Some(rows) = TABLE.get(&key(&self.segments, "")) {
            return Some((rows, Vec::new()));
        }
        let (last, leading) = self.segments.split_last()?;
        let rows = TABLE.get(&key(leading, "/{}"))?;
        Some((rows, vec![last.clone().into_owned()]))
    }
}

static TABLE: LazyLock<HashMap<String, Vec<&'static Route>>> = LazyLock::new(|| {
    let mut table: HashMap<String, Vec<&'static Route>> = HashMap::new();
    for route in AREAS.iter().copied().flatten() {
        let segments: Vec<&str> = route
            .template
            .split('/')
            .filter(|segment| !segment.is_empty())
            .collect();
        let key = match segments.split_last() {
            Some((last, leading)) if last.starts_with('{') => key(leading, "/{}"),
            _ => key(&segments, ""),
        };
        table.entry(key).or_default().push(route);
    }
    table
});

fn key<S: AsRef<str>>(segments: &[S], end: &str) -> String {
    let mut key = String::with_capacity(64);
    for segment in segments {
        key.push('/');
        key.push_str(segment.as_ref());
    }
    key.make_ascii_lowercase();
    key.push_str(end);
    key
}

fn starts_with(segments: &[Cow<'_, str>], beginning: &[&str]) -> bool {
    segments.len() >= beginning.len()
        && segments
            .iter()
            .zip(beginning)
            .all(|(segment, wanted)| segment.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(method: Method, path: &str) -> Option<(&'static str, Vec<String>)> {
        match Target::of(path).find(&method) {
            Found::Route(route, values) => Some((route.template, values)),
            _ => None,
        }
    }

    #[test]
    fn prefixes_case_and_trailing_slash_do_not_matter() {
        for path in [
            "/CDirectoryService/GetUser",
            "/api/idadmin/cdirectoryservice/getuser",
            "/API/IdAdmin/CDIRECTORYSERVICE/GETUSER/",
        ] {
            assert_eq!(
                template(Method::POST, path).map(|found| found.0),
                Some("/CDirectoryService/GetUser")
            );
        }
        for path in ["/scim/Users", "/Scim/v2/users", "/SCIM/V2/USERS/"] {
            assert_eq!(
                template(Method::GET, path).map(|found| found.0),
                Some("/scim/Users")
            );
        }
    }

    #[test]
    fn values_keep_their_case_and_are_decoded() {
        let found = template(Method::GET, "/scim/v2/Users/Some%2FId").map(|found| found.1);
        assert_eq!(found, Some(vec!["Some/Id".to_owned()]));
        let found = template(Method::POST, "/OAUTH2/TOKEN/MyApp").map(|found| found.1);
        assert_eq!(found, Some(vec!["MyApp".to_owned()]));
    }

    #[test]
    fn the_gateway_prefix_belongs_to_the_platform() {
        assert_eq!(
            Target::of("/api/idadmin/Org/Create").surface,
            Surface::Platform
        );
        assert!(matches!(
            Target::of("/scim/Users").find(&Method::PUT),
            Found::OtherMethods(_)
        ));
        assert!(matches!(
            Target::of("/nowhere/at/all").find(&Method::GET),
            Found::Nothing
        ));
        assert!(matches!(Target::of("/").find(&Method::GET), Found::Nothing));
    }

    #[test]
    fn no_row_is_written_twice() {
        let mut seen = std::collections::HashSet::new();
        for (method, template) in handled() {
            assert!(
                seen.insert(format!("{method} {}", template.to_lowercase())),
                "{method} {template}"
            );
        }
    }
}
