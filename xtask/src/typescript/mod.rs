//! The TypeScript surface: records, arguments, readers, operations, the client's methods, and error classes.

mod client;
mod doc;
mod errors;
mod models;
mod names;
mod operations;
mod readers;
mod words;

use crate::{
    ir::Api,
    output::{File, MARK},
};

pub fn files(api: &Api) -> Vec<File> {
    let surface = names::Surface::new(api);
    vec![
        file("models", models::records(&surface)),
        file("arguments", models::arguments(&surface)),
        file("readers", readers::text(&surface)),
        file("operations", operations::text(&surface)),
        file("client", client::text(&surface)),
        file("errors", errors::text()),
        file("words", words::text(api)),
    ]
}

fn file(name: &str, text: String) -> File {
    let path = format!("bindings-node/src-ts/generated/{name}.ts");
    File::new(path, format!("// {MARK}\n{text}"))
}
