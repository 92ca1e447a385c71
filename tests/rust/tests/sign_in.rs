//! Every way to sign in, played against a tenant over TLS: see `tests/sign_in/README.md`.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::VecDeque,
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use cyberark_identity::{
    AuthorizationCode, CallOptions, Client, ClientBuilder, ClientCredentials, Error, PlatformToken,
    PromptFunction, Question, SharedSource, StaticToken, TokenFunction, UserLogin,
};
use cyberark_identity_emulator::{Emulator, Options};
use cyberark_identity_tests::{
    check_error,
    sign_in::{self, Case, Deed, Step},
};
use serde_json::{Map, Value, json};

#[tokio::test]
async fn every_way_to_sign_in_ends_as_it_does_in_every_language() {
    let cases = sign_in::all();
    assert!(!cases.is_empty(), "no cases found");
    for (file, case) in cases {
        let place = format!("{file}: {}", case.name);
        let stage = Stage::set(&case).await;
        let tape = stage.tape();
        let client = stage
            .settings(stage.source(&case))
            .record(&tape)
            .build()
            .unwrap();
        for (number, step) in (1..).zip(&case.steps) {
            stage
                .play(&format!("{place}, step {number}"), &client, step)
                .await;
        }
        let left = stage.person.lock().unwrap().len();
        assert_eq!(left, 0, "{place}: the person was not asked {left} times");
        let text = fs::read_to_string(&tape).unwrap();
        fs::remove_file(&tape).unwrap();
        stage.no_secret_is_on(&text, &case, &place);
    }
}

/// A tenant, and the person who signs in.
struct Stage {
    emulator: Arc<Emulator>,
    user: String,
    person: Arc<Mutex<VecDeque<Deed>>>,
    typed: Arc<Mutex<Vec<String>>>,
}

impl Stage {
    async fn set(case: &Case) -> Self {
        let emulator = Emulator::start(Options {
            tls: true,
            ..Options::default()
        });
        let stage = Self {
            emulator: Arc::new(emulator.unwrap()),
            user: case.account.as_ref().map_or_else(String::new, |account| {
                account["name"].as_str().unwrap().to_owned()
            }),
            person: Arc::new(Mutex::new(case.person.clone().into())),
            typed: Arc::default(),
        };
        let administrator = stage.client(stage.own_credentials());
        if let Some(account) = &case.account {
            let arguments = json!({ "Name": account["name"], "Mail": account["mail"],
                "MobileNumber": account["mobile_number"], "Password": account["password"],
                "SendEmailInvite": false });
            let options = Default::default();
            let made = administrator
                .call("users.create", arguments, &options)
                .await;
            let arguments = json!({ "ID": made.unwrap(), "state": case.state });
            if case.state.is_some() {
                let set = administrator
                    .call("access.set_state", arguments, &options)
                    .await;
                set.unwrap();
            }
        }
        if let Some(policy) = &case.policy {
            stage.set_policy(policy.clone());
        }
        stage
    }

    fn set_policy(&self, mut policy: Map<String, Value>) {
        if policy.remove("pod").is_some() {
            let port = self.emulator.description().url.rsplit_once(':').unwrap().1;
            policy.insert("pod_fqdn".to_owned(), format!("localhost:{port}").into());
        }
        policy.insert("user".to_owned(), self.user.clone().into());
        self.emulator
            .set_sign_in(&Value::from(policy).to_string())
            .unwrap();
    }

    fn own_credentials(&self) -> SharedSource {
        let tenant = self.emulator.description();
        let own = ClientCredentials::new(&tenant.app_id, &tenant.client_id, &tenant.client_secret);
        own.unwrap().into()
    }

    fn settings(&self, source: SharedSource) -> ClientBuilder {
        let tenant = self.emulator.description();
        let builder = Client::builder(&tenant.url).auth(source).max_retries(0);
        builder.ca_file(tenant.ca_file.as_ref().unwrap())
    }

    fn client(&self, source: SharedSource) -> Client {
        self.settings(source).build().unwrap()
    }

    /// A path at which nothing is: each tenant has a port of its own.
    fn tape(&self) -> PathBuf {
        let port = self.emulator.description().url.rsplit_once(':').unwrap().1;
        let name = format!("sign-in-{}-{port}.tape", std::process::id());
        std::env::temp_dir().join(name)
    }

    fn no_secret_is_on(&self, tape: &str, case: &Case, place: &str) {
        let tenant = self.emulator.description();
        let mut secrets = self.typed.lock().unwrap().clone();
        secrets.extend([tenant.client_secret.clone(), tenant.token.clone()]);
        let password = case.auth.get("password").and_then(Value::as_str);
        secrets.extend(password.map(str::to_owned));
        let sent: usize = case
            .steps
            .iter()
            .flat_map(|step| step.requests.values())
            .sum();
        assert!(tape.lines().count() > sent, "{place}: {tape}");
        for secret in secrets {
            // A short one may stand within something else, such as a time.
            let whole = match secret.len() < 8 {
                true => serde_json::to_string(&secret).unwrap(),
                false => secret.clone(),
            };
            assert!(!tape.contains(&whole), "{place}: {secret} is on {tape}");
        }
        // Tokens are replaced by invented ones, whose signature is none. Head and claims both begin like this.
        for part in tape.split("eyJ").skip(1) {
            let whole = part.split(['"', '&', ' ']).next().unwrap_or_default();
            let after = whole.split_once('.').map_or("", |(_, after)| after);
            let invented = after.is_empty() || after.starts_with("replayed");
            assert!(invented, "{place}: {whole} is on it");
        }
    }

    fn fill(&self, text: &str) -> String {
        let tenant = self.emulator.description();
        match text {
            "$app_id" => tenant.app_id.clone(),
            "$client_id" => tenant.client_id.clone(),
            "$client_secret" => tenant.client_secret.clone(),
            "$token" => tenant.token.clone(),
            "$issued" => self.emulator.token_for(&tenant.client_id).unwrap(),
            text => text.to_owned(),
        }
    }

    fn source(&self, case: &Case) -> SharedSource {
        let maybe = |name: &str| Some(self.fill(case.auth.get(name)?.as_str()?));
        let get = |name: &str| maybe(name).unwrap_or_default();
        let is_set = |name: &str| case.auth.get(name) == Some(&true.into());
        match get("kind").as_str() {
            "client_credentials" => {
                let source =
                    ClientCredentials::new(get("app_id"), get("client_id"), get("client_secret"));
                let source = source.unwrap();
                let source = match maybe("scope") {
                    Some(scope) => source.scope(scope),
                    None => source,
                };
                if is_set("in_body") {
                    source.in_body().into()
                } else {
                    source.into()
                }
            }
            "platform_token" => PlatformToken::new(get("client_id"), get("client_secret"))
                .unwrap()
                .into(),
            "static_token" => StaticToken::new(get("token")).unwrap().into(),
            "function" => self.function(&case.auth["tokens"]),
            "authorization_code" => {
                let source = AuthorizationCode::new(
                    get("app_id"),
                    get("client_id"),
                    get("scope"),
                    self.prompt(),
                );
                let source = source.unwrap().redirect_uri(&get("redirect_uri")).unwrap();
                match maybe("client_secret") {
                    Some(secret) => source.client_secret(secret).into(),
                    None => source.into(),
                }
            }
            "user_login" => {
                let mut source = UserLogin::new(get("user")).unwrap();
                if let Some(password) = maybe("password") {
                    source = source.password(password);
                }
                if is_set("prompt") {
                    source.prompt(self.prompt()).into()
                } else {
                    source.into()
                }
            }
            other => panic!("no source of the kind {other}"),
        }
    }

    /// Gives the tokens one after the other, and the last one again and again.
    fn function(&self, tokens: &Value) -> SharedSource {
        let tokens = tokens.as_array().unwrap().iter();
        let texts = tokens.map(|token| self.fill(token.as_str().unwrap()));
        let texts = Mutex::new(texts.collect::<VecDeque<_>>());
        let emulator = self.emulator.clone();
        let next = move || {
            let mut texts = texts.lock().unwrap();
            let text = match texts.len() {
                1 => texts[0].clone(),
                _ => texts.pop_front().unwrap(),
            };
            let service = &emulator.description().client_id;
            match text.as_str() {
                "$issued" => emulator.token_for(service).unwrap(),
                _ => text,
            }
        };
        TokenFunction::new(move || std::future::ready(Ok(next()))).into()
    }

    fn prompt(&self) -> PromptFunction<impl Fn(Question) -> Answer + use<>> {
        let (emulator, user) = (self.emulator.clone(), self.user.clone());
        let (person, typed) = (self.person.clone(), self.typed.clone());
        PromptFunction::new(move |question| {
            let deed = person
                .lock()
                .unwrap()
                .pop_front()
                .expect("one question too many");
            let shown = serde_json::to_value(&question).unwrap();
            for (name, expected) in &deed.asked {
                assert_eq!(&shown[name], expected, "{name} of {question:?}");
            }
            let (emulator, user, typed) = (emulator.clone(), user.clone(), typed.clone());
            Box::pin(async move {
                let answered = answer(&emulator, &user, &deed, &question).await;
                if deed.does == "type" {
                    typed.lock().unwrap().extend(answered.clone());
                }
                Ok(answered)
            }) as Answer
        })
    }

    async fn play(&self, place: &str, client: &Client, step: &Step) {
        self.emulator
            .advance_clock(Duration::from_secs(step.advance));
        if step.expire {
            self.emulator.expire_tokens();
        }
        let before = self
            .emulator
            .requests()
            .last()
            .map_or(0, |request| request.id);
        let outcome = call(client, step).await;
        for (part, expected) in &step.requests {
            let requests = self.emulator.requests();
            let seen = requests
                .iter()
                .filter(|seen| seen.id > before && seen.path.contains(part));
            assert_eq!(
                seen.count(),
                *expected,
                "{place}: requests to {part}: {outcome:?}"
            );
        }
        match (&step.signed_in_as, &step.error, outcome) {
            (Some(name), None, Ok(user)) => assert_eq!(user.as_ref(), Some(name), "{place}"),
            (None, None, Ok(None)) => {}
            (None, Some(expected), Err(error)) => check_error(place, expected, &error),
            (_, _, outcome) => panic!("{place}: ended in {outcome:?}"),
        }
    }
}

/// The caller's login name, where that is asked for.
async fn call(client: &Client, step: &Step) -> Result<Option<String>, Error> {
    match step.call.as_deref() {
        None => Ok(client.security().whoami().await?.user),
        Some("logout") => client.security().logout().await.map(|()| None),
        Some("revoke") => client.revoke(&CallOptions::new()).await.map(|()| None),
        Some(other) => panic!("no client can do {other}"),
    }
}

type Answer =
    std::pin::Pin<Box<dyn Future<Output = cyberark_identity::Result<Option<String>>> + Send>>;

/// What the person does.
async fn answer(
    emulator: &Emulator,
    user: &str,
    deed: &Deed,
    question: &Question,
) -> Option<String> {
    match deed.does.as_str() {
        "nothing" => {}
        "type" if deed.text == "$code" => {
            return Some(code(emulator, question.mechanism.as_deref()));
        }
        "type" => return Some(deed.text.clone()),
        "choose" => {
            let mut choices = question.choices.iter();
            let chosen = choices.find(|choice| choice.mechanism == deed.text);
            return Some(chosen.unwrap().id.clone());
        }
        "approve" => assert!(emulator.decide_sign_in(user, true)),
        "deny" => assert!(emulator.decide_sign_in(user, false)),
        "browse" => browse(emulator, user, question, Duration::ZERO).await,
        "browse_late" => browse(emulator, user, question, Duration::from_secs(600)).await,
        other => panic!("nobody can do {other}"),
    }
    None
}

fn code(emulator: &Emulator, mechanism: Option<&str>) -> String {
    let sign_ins = emulator.sign_ins();
    let mechanisms = sign_ins.last().unwrap()["mechanisms"].as_array().unwrap();
    let mut mechanisms = mechanisms.iter();
    let asked = mechanisms.find(|shown| shown["name"].as_str() == mechanism);
    asked.unwrap()["code"].as_str().unwrap().to_owned()
}

/// Opens the address in a browser in which the person is signed in.
async fn browse(emulator: &Emulator, user: &str, question: &Question, late: Duration) {
    let browser = browser(emulator);
    let address = question.url.as_deref().unwrap();
    let token = emulator.token_for(user).unwrap();
    let page = browser
        .get(address)
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    let location = page.headers()["location"].to_str().unwrap().to_owned();
    emulator.advance_clock(late);
    // In the background, as a browser would: the program listens only after its question was answered.
    tokio::spawn(async move { browser.get(location).send().await.unwrap() });
}

fn browser(emulator: &Emulator) -> reqwest::Client {
    // A second installation is refused, and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ca = fs::read(emulator.description().ca_file.as_ref().unwrap()).unwrap();
    reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(&ca).unwrap()])
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}
