//! Lets plain `cargo build` link the extension module on systems that ask for it (macOS).

fn main() {
    pyo3_build_config::add_extension_module_link_args();
}
