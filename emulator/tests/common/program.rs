//! The program in a process of its own, with its tenant in a file.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cyberark-identity-emulator");

pub struct Program {
    process: Child,
    pub address: String,
    pub token: String,
}

impl Program {
    pub fn start(file: &Path) -> Self {
        Self::run(&mut Command::new(PROGRAM), file)
    }

    /// No file of this program may become larger than so many blocks, of 512 or 1024 bytes: what is more fails as it does on
    /// a full disk.
    pub fn start_with_room_for(blocks: u32, file: &Path) -> Self {
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        Self::run(Command::new("sh").args(["-c", &limited, PROGRAM]), file)
    }

    fn run(command: &mut Command, file: &Path) -> Self {
        let mut process = command
            .args(["--no-stdin", "--seed-users", "100", "--state"])
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let description: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| description[name].as_str().unwrap().to_owned();
        Self {
            process,
            address: text("url").rsplit('/').next().unwrap().to_owned(),
            token: text("token"),
        }
    }

    /// SIGKILL: nothing of the program runs any more.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
