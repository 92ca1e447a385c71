//! The shared scenarios, played by the core against the emulator.
// Clippy tells tests by their attribute, and so does not know their helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::BTreeMap, env, fs, path::Path, time::Duration};

use cyberark_identity::{
    CallOptions, Client, ClientCredentials, Entry, Error, Shape, Spelling, find,
};
use cyberark_identity_emulator::{Emulator, FaultScript, Options};
use cyberark_identity_tests::{
    check_error, coverage,
    scenario::{self, Scenario, Step},
    tests_folder,
};
use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

#[tokio::test]
async fn scenarios_end_as_they_do_in_every_language_and_again_from_a_tape() {
    let scenarios = scenario::all();
    assert!(!scenarios.is_empty(), "no scenarios found");
    let mut answers = 0;
    for (file, scenario) in scenarios {
        let tape = env::temp_dir().join(format!("{}-{file}.tape", std::process::id()));
        let emulator = Emulator::start(Options {
            seed_users: 50,
            ..Options::default()
        })
        .unwrap();
        let tenant = emulator.description();
        let auth = ClientCredentials::new(&tenant.app_id, &tenant.client_id, &tenant.client_secret)
            .unwrap();
        let client = Client::builder(&tenant.url)
            .auth(auth.clone())
            .record(&tape)
            .watch_drift();
        let client = client.build().unwrap();
        play(&file, &scenario, Some(&emulator), &client).await;
        let drift = client.drift().unwrap();
        // Some faults change answers, which is what it is for.
        assert!(
            drift.is_empty() || file.starts_with("faults"),
            "{file}: {drift}"
        );
        answers += drift.answers;

        let text = fs::read_to_string(&tape).unwrap();
        assert!(!text.contains(&tenant.client_secret), "{file}: {text}");
        let client = Client::replay(&tape).auth(auth).build().unwrap();
        let requests = emulator.requests().len();
        play(&format!("{file} from a tape"), &scenario, None, &client).await;
        assert_eq!(
            emulator.requests().len(),
            requests,
            "{file}: nothing is sent"
        );
        keep(&tape, &file);
    }
    assert!(answers > 100, "{answers}");
}

/// Moves a tape to where `tests/tapes/README.md` has it, or away.
fn keep(tape: &Path, scenario: &str) {
    if let Some(folder) = env::var_os("RECORD_TAPES") {
        let name = scenario.replace(".json", ".tape");
        fs::copy(tape, Path::new(&folder).join(format!("rust.{name}"))).unwrap();
    }
    fs::remove_file(tape).unwrap();
}

#[tokio::test]
async fn tapes_of_every_language_are_played() {
    let scenarios = scenario::all();
    let files = fs::read_dir(tests_folder("tapes")).unwrap();
    let tapes = files.map(|file| file.unwrap().path());
    let tapes: Vec<_> = tapes
        .filter(|path| path.extension().is_some_and(|end| end == "tape"))
        .collect();
    for language in ["rust.", "python-sync.", "python-async.", "node."] {
        let recorded = |path: &&std::path::PathBuf| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with(language)
        };
        assert!(
            tapes.iter().any(|path| recorded(&path)),
            "no tape of {language}"
        );
    }
    for tape in tapes {
        let name = tape.file_stem().unwrap().to_string_lossy().into_owned();
        let scenario = &scenarios[&format!("{}.json", name.split_once('.').unwrap().1)];
        let client = Client::replay(&tape).build().unwrap();
        play(&name, scenario, None, &client).await;
    }
}

/// Without an emulator, what is said about it does not count.
async fn play(file: &str, scenario: &Scenario, emulator: Option<&Emulator>, client: &Client) {
    let mut saved = BTreeMap::new();
    for (number, step) in scenario.steps.iter().enumerate() {
        let place = format!("{file}, step {} ({})", number + 1, step.call);
        coverage::note(&step.call);
        let before = emulator.map(|emulator| set_the_stage(emulator, step));
        let outcome = call(client, step, &saved).await;
        if let Some((emulator, before)) = emulator.zip(before) {
            check_requests(&place, emulator, step, before);
        }
        match (&step.error, outcome) {
            (None, Ok(result)) => check(&place, step, &result, &mut saved),
            (Some(expected), Err(error)) => check_error(&place, expected, &error),
            (_, outcome) => panic!("{place}: ended in {outcome:?}"),
        }
    }
}

/// Gives the number of the last request before the step.
fn set_the_stage(emulator: &Emulator, step: &Step) -> u64 {
    emulator.advance_clock(Duration::from_secs(step.advance));
    if let Some(faults) = &step.faults {
        emulator.add_faults(FaultScript::from_json(&faults.to_string()).unwrap());
    }
    emulator.requests().last().map_or(0, |request| request.id)
}

fn check_requests(place: &str, emulator: &Emulator, step: &Step, before: u64) {
    emulator.clear_faults();
    let requests = emulator.requests();
    for (part, expected) in &step.requests {
        let seen = requests
            .iter()
            .filter(|seen| seen.id > before && seen.path.contains(part));
        assert_eq!(seen.count(), *expected, "{place}: requests to {part}");
    }
}

async fn call(
    client: &Client,
    step: &Step,
    saved: &BTreeMap<String, Value>,
) -> Result<Value, Error> {
    let entry = find(&step.call).unwrap_or_else(|| panic!("no operation {}", step.call));
    let arguments = on_the_wire(&scenario::fill(&step.args, saved), &argument_names(entry));
    let prepared = entry.prepare(arguments, Spelling::Snake)?;
    let timeout = step.timeout.map(Duration::from_secs_f64);
    let options = timeout.map_or_else(CallOptions::new, |time| CallOptions::new().timeout(time));
    let payload = client.dispatch(&prepared, &options).await?;
    entry.decode(&payload)
}

fn check(place: &str, step: &Step, result: &Value, saved: &mut BTreeMap<String, Value>) {
    let entry = find(&step.call).unwrap_or_else(|| panic!("no operation {}", step.call));
    let names = result_names(entry);
    let items = match entry.meta.shape {
        Shape::List => scenario::at(result, "resources", &names),
        _ => result,
    };
    let found = |path: &str| match path.starts_with(|letter: char| letter.is_ascii_digit()) {
        true => scenario::at(items, path, &names).clone(),
        false => scenario::at(result, path, &names).clone(),
    };
    for (path, expected) in &step.expect {
        assert_eq!(
            found(path),
            scenario::fill(expected, saved),
            "{place}: {path}"
        );
    }
    if let Some(length) = step.length {
        assert_eq!(
            items.as_array().map(Vec::len),
            Some(length),
            "{place}: length"
        );
    }
    for wanted in &step.contains {
        let wanted = scenario::fill(wanted, saved);
        let has = items
            .as_array()
            .into_iter()
            .flatten()
            .any(|item| matches(item, &wanted, &names));
        assert!(has, "{place}: no item like {wanted}");
    }
    for (name, path) in &step.save {
        saved.insert(name.clone(), found(path));
    }
}

fn matches(item: &Value, wanted: &Value, names: &BTreeMap<String, String>) -> bool {
    let members = wanted.as_object().into_iter().flatten();
    members
        .into_iter()
        .all(|(name, value)| scenario::at(item, name, names) == value)
}

/// snake_case name → wire name of every argument, nested ones included.
fn argument_names(entry: &Entry) -> BTreeMap<String, String> {
    let mut generator = SchemaGenerator::default();
    let request = entry.schemas(&mut generator).request;
    wire_names(&generator, Some(request))
}

/// snake_case name → wire name of all that a result has, nested records included.
fn result_names(entry: &Entry) -> BTreeMap<String, String> {
    let mut generator = SchemaGenerator::default();
    let item = entry.schemas(&mut generator).item;
    wire_names(&generator, item)
}

/// The names that the schema itself has go before those of the records within it.
fn wire_names(generator: &SchemaGenerator, schema: Option<Schema>) -> BTreeMap<String, String> {
    let schema = schema.map(Schema::to_value);
    let mut names = BTreeMap::new();
    for schema in generator.definitions().values().chain(&schema) {
        for (wire, property) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(name) = property["x-name"].as_str() {
                names.insert(name.to_owned(), wire.clone());
            }
        }
    }
    names
}

fn on_the_wire(value: &Value, names: &BTreeMap<String, String>) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| on_the_wire(item, names)).collect(),
        Value::Object(members) => {
            let spelled = members.iter().map(|(name, value)| {
                (
                    names.get(name).unwrap_or(name).clone(),
                    on_the_wire(value, names),
                )
            });
            Value::Object(spelled.collect())
        }
        other => other.clone(),
    }
}
