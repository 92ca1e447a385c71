//! The native half of the npm package `cyberark-identity`: a narrow waist with no code per operation.
//!
//! TypeScript opens an [`engine::Engine`] and hands calls to [`calls::Calls`] as an operation's name and JSON text. What
//! comes of them is fetched with `take`, many at a time. What is more than that, such as a call with files, is checked as a
//! [`draft::Draft`] first. Failures travel as data; the classes are made in TypeScript.

// Not `forbid`: the macros of napi allow it to themselves.
#![deny(unsafe_code)]

/// What a call allocates on one thread is mostly freed on another, which glibc's allocator is slow at (`docs/performance.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod answer;
mod auth;
mod callback;
mod calls;
mod config;
mod diff;
mod digits;
mod doctor;
mod draft;
mod emulator;
mod engine;
mod failure;
mod json;
mod listener;
mod options;
mod paging;
mod parts;
mod queue;
mod registry;
mod runtime;
mod text;
