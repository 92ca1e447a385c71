//! An operation is done when everything that hangs off it is there.

use std::fs;

use cyberark_identity::{camel, groups, operations};
use cyberark_identity_tests::tests_folder;

#[test]
fn every_operation_is_in_the_emulator() {
    let handled = cyberark_identity_emulator::handled();
    for entry in operations() {
        let meta = entry.meta;
        let has = handled.iter().any(|(method, path)| {
            method.as_str() == meta.verb.as_str() && path.eq_ignore_ascii_case(meta.route())
        });
        assert!(
            has,
            "the emulator has no handler for {} {} ({})",
            meta.verb.as_str(),
            meta.path,
            meta.name
        );
    }
}

#[test]
fn every_operation_is_in_the_generated_surfaces() {
    let snake = |name: &str| name.replace('.', "_");
    let python: &dyn Fn(&str) -> String = &|name| format!("{},", snake(name).to_uppercase());
    let typescript: &dyn Fn(&str) -> String = &|name| format!("operations.{}", camel(&snake(name)));
    let markdown: &dyn Fn(&str) -> String = &|name| format!("\n## {name}\n");
    let surfaces = [
        (
            "../bindings-python/python/cyberark_identity/_generated/client.py",
            python,
        ),
        (
            "../bindings-python/python/cyberark_identity/_generated/async_client.py",
            python,
        ),
        ("../bindings-node/src-ts/generated/client.ts", typescript),
        ("../docs/operations.md", markdown),
    ];
    for (surface, reference) in surfaces {
        let text = fs::read_to_string(tests_folder(surface)).unwrap_or_default();
        for entry in operations() {
            let name = entry.meta.name;
            assert!(
                text.contains(&reference(name)),
                "{surface} lacks {name}: run `make gen`"
            );
        }
    }
}

#[test]
fn every_operation_is_documented() {
    for group in groups() {
        assert!(!group.doc.trim().is_empty(), "{}", group.name);
        for entry in group.operations {
            let meta = entry.meta;
            assert!(
                !meta.doc.trim().is_empty() && !meta.permission.is_empty(),
                "{}",
                meta.name
            );
        }
    }
}
