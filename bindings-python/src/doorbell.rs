//! How the worker wakes an event loop: a file descriptor that becomes readable, rung once for many completions.

use std::io::Result;

#[cfg(target_os = "linux")]
mod platform {
    use std::os::fd::{AsRawFd, OwnedFd};

    use rustix::event::{EventfdFlags, eventfd};

    use super::Result;

    pub(crate) struct Doorbell(OwnedFd);

    impl Doorbell {
        pub(crate) fn new() -> Result<Self> {
            Ok(Self(eventfd(
                0,
                EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC,
            )?))
        }

        pub(crate) fn descriptor(&self) -> Option<i32> {
            Some(self.0.as_raw_fd())
        }

        pub(crate) fn ring(&self) {
            // This can only fail after more than 2^64 rings.
            let _ = rustix::io::write(&self.0, &1u64.to_ne_bytes());
        }

        pub(crate) fn clear(&self) {
            let _ = rustix::io::read(&self.0, &mut [0; 8]);
        }
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
mod platform {
    use std::{
        io::{Read, Write},
        os::{fd::AsRawFd, unix::net::UnixStream},
    };

    use super::Result;

    pub(crate) struct Doorbell {
        ours: UnixStream,
        theirs: UnixStream,
    }

    impl Doorbell {
        pub(crate) fn new() -> Result<Self> {
            let (ours, theirs) = UnixStream::pair()?;
            ours.set_nonblocking(true)?;
            theirs.set_nonblocking(true)?;
            Ok(Self { ours, theirs })
        }

        pub(crate) fn descriptor(&self) -> Option<i32> {
            Some(self.theirs.as_raw_fd())
        }

        pub(crate) fn ring(&self) {
            // If the pipe is full, the loop has been rung often enough.
            let _ = (&self.ours).write(&[1]);
        }

        pub(crate) fn clear(&self) {
            let mut rings = [0; 64];
            while (&self.theirs)
                .read(&mut rings)
                .is_ok_and(|read| read == rings.len())
            {}
        }
    }
}

#[cfg(not(unix))]
mod platform {
    use super::Result;

    /// This platform has no descriptor that every loop could watch.
    pub(crate) struct Doorbell;

    impl Doorbell {
        pub(crate) fn new() -> Result<Self> {
            Ok(Self)
        }

        pub(crate) fn descriptor(&self) -> Option<i32> {
            None
        }

        pub(crate) fn ring(&self) {}

        pub(crate) fn clear(&self) {}
    }
}

pub(crate) use platform::Doorbell;
