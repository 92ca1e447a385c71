//! What follows from the registry: surfaces, documentation, fixtures.

mod docs;
pub mod failures;
mod fixtures;
mod forms;
pub mod ir;
mod openapi;
mod output;
mod python;
mod typescript;

/// Writes the generated files, or with `check` compares them.
///
/// # Errors
/// What could not be read or written, and with `check` a list of the files that differ.
pub fn generate(check: bool) -> Result<(), String> {
    let api = ir::read()?;
    let mut files = docs::files(&api);
    files.push(openapi::file(&api)?);
    files.extend(python::files(&api));
    files.extend(typescript::files(&api));
    files.extend(fixtures::files(&api)?);
    output::settle(files, check)
}
