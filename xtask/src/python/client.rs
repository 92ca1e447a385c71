//! Groups of methods: one template for the synchronous and the asynchronous client.

use std::{collections::BTreeSet, fmt::Write};

use cyberark_identity::{Shape, operation::Encoding, paging};

use super::{docstring, names, operations::result_type};
use crate::ir::{Api, Field, Group, Kind, Operation};

/// Which of the two clients.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Sync,
    Async,
}

impl Form {
    fn class(self, path: &[&str]) -> String {
        match self {
            Self::Sync => names::class(path),
            Self::Async => format!("Async{}", names::class(path)),
        }
    }

    fn items(self) -> &'static str {
        match self {
            Self::Sync => "Items",
            Self::Async => "AsyncItems",
        }
    }

    fn calls(self) -> &'static str {
        match self {
            Self::Sync => "Calls",
            Self::Async => "AsyncCalls",
        }
    }
}

pub fn text(api: &Api, form: Form) -> String {
    let mut text = imports(api, form);
    for group in &api.groups {
        text.push_str(&group_class(group, form));
    }
    for name in namespaces(api) {
        text.push_str(&namespace(api, name, form));
    }
    text.push_str(&root(api, form));
    text
}

fn imports(api: &Api, form: Form) -> String {
    let operations = || api.groups.iter().flat_map(|group| &group.operations);
    let constants: Vec<String> = operations()
        .map(|operation| names::constant(operation.meta.name))
        .collect();
    let arguments = operations().flat_map(|operation| &operation.arguments);
    let records = arguments.filter_map(|argument| names::record_of(&argument.kind));
    let results = operations().filter_map(|operation| operation.item.as_deref());
    let lists = operations().filter_map(|operation| match operation.shape() {
        Shape::Rows => Some("Rows"),
        Shape::List => Some("ListResponse"),
        _ => None,
    });
    let is_paged = operations().any(Operation::is_paged);
    let items = is_paged.then_some(form.items());
    let words = words_of_types(api);
    let used = |word: &str| words.contains(word);
    let typing = ["Any", "Literal"].into_iter().filter(|word| used(word));
    let abc = ["Iterable", "Mapping"]
        .into_iter()
        .filter(|word| used(word) || *word == "Mapping");
    let own = ["Body", "Like", "Upload", form.calls()];
    let own = own
        .into_iter()
        .filter(|word| used(word) || !["Like", "Upload"].contains(word));
    let mut text = String::from("from __future__ import annotations\n\n");
    text.push_str(&names::import(
        "cyberark_identity._generated.operations",
        constants.iter().map(String::as_str),
    ));
    text.push_str(&names::import("cyberark_identity._native", ["NOT_GIVEN"]));
    let standard = [
        names::import("collections.abc", abc),
        names::import(
            "datetime",
            ["datetime"].into_iter().filter(|word| used(word)),
        ),
        names::import("typing", typing),
    ];
    let ours = [
        names::import("cyberark_identity._arguments", own),
        names::import(
            "cyberark_identity._generated.models",
            records.chain(results),
        ),
        names::import(
            "cyberark_identity._native",
            lists.chain(items).chain(["NotGiven", "Timeout"]),
        ),
    ];
    let blocks =
        [standard.concat(), ours.concat()].map(|block| block.replace("from ", "    from "));
    let _ = writeln!(
        text,
        "\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n{}",
        blocks.join("\n")
    );
    text
}

/// The names in the types of all arguments and results.
fn words_of_types(api: &Api) -> BTreeSet<String> {
    let operations = || api.groups.iter().flat_map(|group| &group.operations);
    let arguments = operations().flat_map(|operation| &operation.arguments);
    let types = arguments
        .map(argument_type)
        .chain(operations().map(result_type));
    let words = |text: String| -> Vec<String> {
        let words = text.split(|letter: char| !letter.is_alphanumeric());
        words.map(str::to_owned).collect()
    };
    types.flat_map(words).collect()
}

fn group_class(group: &Group, form: Form) -> String {
    let mut text = holder(&form.class(&group.path), &group.doc, form);
    text.push_str("        self._call = calls.call\n");
    if group.operations.iter().any(Operation::is_paged) {
        text.push_str("        self._items = calls.items\n");
    }
    for operation in &group.operations {
        text.push_str(&method(operation, form));
        if operation.is_paged() {
            text.push_str(&iterator(operation, form));
        }
    }
    text
}

/// Of a list that comes in pages, a method that reads all of them.
fn iterator(operation: &Operation, form: Form) -> String {
    let arguments = || {
        let place = |argument: &&Field| !["startIndex", "count"].contains(&argument.wire.as_str());
        operation.arguments.iter().filter(place)
    };
    let parameters = arguments().map(|argument| {
        let given = or_null(format!("{} | NotGiven", argument_type(argument)), argument);
        format!("{}: {given} = NOT_GIVEN", names::argument(argument))
    });
    format!(
        "\n    def iter(self, *, {parameters}, page_size: int = {size}, concurrency: int = {pages}, timeout: float | Timeout | None = None, extra_headers: Mapping[str, str] | None = None) -> {items}[{item}]:\n        {doc}\n        return self._items({constant}, {{{values}}}, page_size, concurrency, timeout, extra_headers)\n",
        parameters = parameters.collect::<Vec<_>>().join(", "),
        size = paging::DEFAULT_PAGE_SIZE,
        pages = paging::DEFAULT_CONCURRENCY,
        item = operation.item.as_deref().unwrap_or_default(),
        doc = docstring::of_iterator(operation, &arguments().collect::<Vec<_>>()),
        items = form.items(),
        constant = names::constant(operation.meta.name),
        values = values(arguments()),
    )
}

/// The dict of arguments by name, without its braces.
fn values<'a>(arguments: impl Iterator<Item = &'a Field>) -> String {
    let values = arguments.map(|argument| {
        let name = names::argument(argument);
        format!("\"{name}\": {name}")
    });
    values.collect::<Vec<_>>().join(", ")
}

/// The beginning of a class that is made of the function that calls.
fn holder(class: &str, doc: &str, form: Form) -> String {
    format!(
        "\n\nclass {class}:\n    {}\n\n    def __init__(self, calls: {}) -> None:\n",
        docstring::plain(doc, 4),
        form.calls()
    )
}

/// How the arguments of a method are passed.
struct Signature<'a> {
    /// May be given without their names.
    leading: Vec<&'a Field>,
    /// Whether the others may come as one object.
    body: bool,
    named: Vec<&'a Field>,
}

impl<'a> Signature<'a> {
    /// What is part of the path leads. Where there is no such thing, the only argument does when it is required. One
    /// required argument after them may lead, too; several may come as a body.
    fn of(operation: &'a Operation) -> Self {
        let in_path = |field: &&Field| operation.meta.path.contains(&format!("{{{}}}", field.wire));
        let (mut leading, mut named): (Vec<_>, Vec<_>) =
            operation.arguments.iter().partition(in_path);
        if let [only] = named.as_slice()
            && only.required
        {
            leading.push(only);
            named.clear();
        }
        let is_object = matches!(operation.meta.encoding, Encoding::Json | Encoding::Scim(_));
        Self {
            body: is_object && named.len() > 1,
            leading,
            named,
        }
    }

    fn parameters(&self) -> String {
        let mut parameters = vec!["self".to_owned()];
        for argument in &self.leading {
            let given = or_null(argument_type(argument), argument);
            parameters.push(format!("{}: {given}", names::argument(argument)));
        }
        if self.body {
            parameters.push("body: Body | None = None".to_owned());
        }
        parameters.push("*".to_owned());
        for argument in &self.named {
            let name = names::argument(argument);
            let given = argument_type(argument);
            parameters.push(match (argument.required && !self.body, given.as_str()) {
                (true, _) => format!("{name}: {}", or_null(given, argument)),
                (false, "Any") => format!("{name}: Any = NOT_GIVEN"),
                (false, _) => {
                    let given = or_null(format!("{given} | NotGiven"), argument);
                    format!("{name}: {given} = NOT_GIVEN")
                }
            });
        }
        parameters.push("timeout: float | Timeout | None = None".to_owned());
        parameters.push("extra_headers: Mapping[str, str] | None = None".to_owned());
        parameters.join(", ")
    }

    fn values(&self) -> String {
        values(self.leading.iter().chain(&self.named).copied())
    }
}

fn argument_type(argument: &Field) -> String {
    match argument.kind {
        Kind::Timestamp => "datetime | str".to_owned(),
        ref kind => names::given_type(kind),
    }
}

fn or_null(given: String, argument: &Field) -> String {
    match argument.nullable {
        true => format!("{given} | None"),
        false => given,
    }
}

fn method(operation: &Operation, form: Form) -> String {
    let signature = Signature::of(operation);
    let (define, wait) = match form {
        Form::Sync => ("def", ""),
        Form::Async => ("async def", "await "),
    };
    format!(
        "\n    {define} {name}({parameters}) -> {result}:\n        {doc}\n        return {wait}self._call({constant}, {body}, {{{values}}}, timeout, extra_headers)\n",
        name = operation.name,
        parameters = signature.parameters(),
        result = result_type(operation),
        doc = docstring::of_method(operation, signature.body),
        constant = names::constant(operation.meta.name),
        body = if signature.body { "body" } else { "None" },
        values = signature.values(),
    )
}

/// Names that hold groups and are none themselves, such as `scim`.
fn namespaces(api: &Api) -> Vec<&'static str> {
    let mut names: Vec<&str> = api
        .groups
        .iter()
        .filter(|group| group.path.len() > 1)
        .map(|group| group.path[0])
        .collect();
    names.dedup();
    names
}

fn namespace(api: &Api, name: &str, form: Form) -> String {
    let doc = format!("The groups of `{name}`.");
    let mut text = holder(&form.class(&[name]), &doc, form);
    for group in api.groups.iter().filter(|group| group.path[0] == name) {
        text.push_str(&attribute(
            group.path[1],
            &form.class(&group.path),
            &group.doc,
        ));
    }
    text
}

fn attribute(name: &str, class: &str, doc: &str) -> String {
    format!(
        "        self.{name} = {class}(calls)\n        {}\n",
        docstring::plain(doc, 8)
    )
}

/// What a client has.
fn root(api: &Api, form: Form) -> String {
    let doc = "The groups of operations that a client has.";
    let mut text = holder(&form.class(&["groups"]), doc, form);
    for name in namespaces(api) {
        let doc = format!("The groups of `{name}`.");
        text.push_str(&attribute(name, &form.class(&[name]), &doc));
    }
    for group in api.groups.iter().filter(|group| group.path.len() == 1) {
        text.push_str(&attribute(
            group.path[0],
            &form.class(&group.path),
            &group.doc,
        ));
    }
    text
}
