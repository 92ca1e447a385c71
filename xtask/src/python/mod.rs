//! The Python surface: records, operations, methods in a synchronous and an asynchronous form, and error classes.

mod client;
mod docstring;
mod errors;
mod models;
mod names;
mod operations;
mod words;

use crate::{
    ir::Api,
    output::{File, MARK},
};

const FOLDER: &str = "bindings-python/python/cyberark_identity/_generated";

/// All generated Python files.
pub fn files(api: &Api) -> Vec<File> {
    vec![
        module("__init__", "What follows from the registry in core.", ""),
        module(
            "models",
            "Records: what operations take and return.",
            &models::text(api),
        ),
        module(
            "operations",
            "The operations: their arguments, and the records they return.",
            &operations::text(api),
        ),
        module(
            "client",
            "Methods of the synchronous client.",
            &client::text(api, client::Form::Sync),
        ),
        module(
            "async_client",
            "Methods of the asynchronous client.",
            &client::text(api, client::Form::Async),
        ),
        module("errors", "Error classes.", &errors::text()),
        module(
            "words",
            "Words that the service is known to use. Others may come, and are plain text, too.",
            &words::text(api),
        ),
    ]
}

fn module(name: &str, doc: &str, text: &str) -> File {
    File::new(
        format!("{FOLDER}/{name}.py"),
        format!("# {MARK}\n\"\"\"{doc}\"\"\"\n\n{text}"),
    )
}
