use crate::{ir::Api, output::File};

pub fn files(_api: &Api) -> Vec<File> {
    Vec::new()
}
