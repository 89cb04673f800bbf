//! The commands, as they are typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::Shell;
use tierline_domain::ids::DeskId;

use crate::desk::{Desk, Publish};
use crate::exit::Failure;
use crate::hours::Hours;
use crate::lines::Lines;
use crate::people::People;
use crate::secrets::Keys;
use crate::triage::Triage;
use crate::{archive, backup, check, desk, desk_file, hours, lines, people, secrets, triage};

/// What an operator does beside serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a desk file, or the database a desk keeps.
    #[command(after_help = "Examples:
  tierline check desk.toml
  tierline check --state-dir /var/lib/tierline
  tierline check --state-dir /var/lib/tierline --json | jq .findings

A desk file is checked as publishing would check it. A database is only read, also while the desk runs.
Ends with 0 if all is well, 65 if something is wrong, 66 if there is nothing to check.")]
    Check(CheckArgs),
    /// Copy the database to one file, also while the desk runs.
    #[command(after_help = "Examples:
  tierline backup --state-dir /var/lib/tierline --to /var/backups/tierline-monday.db
  tierline backup --state-dir .spin --to backup.db --json

The copy is of one moment, verified, and on the disk when the command ends. No file is overwritten.
Keep the desk's secrets too: without ticket_secret no customer's key opens a ticket again.")]
    Backup {
        /// The directory of the database.
        #[arg(long, value_name = "DIR")]
        state_dir: PathBuf,
        /// The file to make.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Put a backup where a desk will find it. The desk must not run.
    #[command(after_help = "Examples:
  tierline restore --from backup.db --state-dir /var/lib/tierline
  tierline restore --from backup.db --state-dir /var/lib/tierline --replace")]
    Restore {
        /// A file made by `tierline backup`.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// The directory of the database.
        #[arg(long, value_name = "DIR")]
        state_dir: PathBuf,
        /// Also if a database is there: it is kept beside the restored one.
        #[arg(long)]
        replace: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write everything a desk keeps as lines of JSON, also while it runs.
    #[command(after_help = "Examples:
  tierline export --state-dir /var/lib/tierline --to everything.jsonl
  tierline export --state-dir /var/lib/tierline --desk harborline --to - | zstd > harborline.jsonl.zst

docs/export-format.md describes the lines. Secrets are not in them; what customers wrote is.")]
    Export {
        /// The directory of the database.
        #[arg(long, value_name = "DIR")]
        state_dir: PathBuf,
        /// Only what is this desk's.
        #[arg(long, value_name = "DESK", value_parser = DeskId::parse)]
        desk: Option<DeskId>,
        /// The file to make, or - for standard output.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// Print what was exported as JSON. Not with `--to -`.
        #[arg(long)]
        json: bool,
    },
    /// Read an export into a database, all of it or nothing. The desk must not run.
    #[command(after_help = "Examples:
  tierline import --from everything.jsonl --state-dir /var/lib/tierline
  zstd -dc harborline.jsonl.zst | tierline import --from - --state-dir /var/lib/tierline

What is there already, the same, is left as it is: importing twice changes nothing. What is there and is not the
same stops the import.")]
    Import {
        /// A file made by `tierline export`, or - for standard input.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// The directory of the database; it is made if it is not there.
        #[arg(long, value_name = "DIR")]
        state_dir: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check a desk file, and put it in force at a running desk.
    #[command(after_help = "Examples:
  tierline publish desk.toml --token-file operator-token
  TIERLINE_OPERATOR_TOKEN=... tierline publish desk.toml --url https://desk.example.com --if-version 7

What somebody else published meanwhile is not overwritten: look at it (tierline desk show), then repeat.")]
    Publish(Publish),
    /// The desk at a running deployment: what is in force, its versions, what they changed, back to one.
    #[command(subcommand)]
    Desk(Desk),
    /// Who works at a running desk: list, add, give another token, revoke.
    #[command(subcommand)]
    People(People),
    /// How the lines of a running desk stand, and what is handed over between them.
    #[command(subcommand)]
    Lines(Lines),
    /// The secret that customers' keys are made with.
    #[command(subcommand)]
    Keys(Keys),
    /// Measure tier 1's engine; see what became of a desk's answers.
    #[command(subcommand)]
    Triage(Triage),
    /// Holidays from a calendar's file.
    #[command(subcommand)]
    Hours(Hours),
    /// Print the completions for a shell.
    #[command(after_help = "Examples:
  tierline completions bash > /etc/bash_completion.d/tierline
  tierline completions zsh > ~/.zfunc/_tierline
  tierline completions fish > ~/.config/fish/completions/tierline.fish")]
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

/// What `tierline check` looks at.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// A desk file: JSON if its name ends in .json, else TOML.
    #[arg(value_name = "DESK_FILE", required_unless_present = "state_dir")]
    file: Option<PathBuf>,
    /// The directory of a database.
    #[arg(long, value_name = "DIR", conflicts_with = "file")]
    state_dir: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Does what was asked. `whole` is the program's command line, for completions.
pub fn run(command: Command, whole: impl FnOnce() -> clap::Command) -> Result<(), Failure> {
    match command {
        Command::Check(CheckArgs { file: Some(file), json, .. }) => desk_file::check(&file, json),
        Command::Check(CheckArgs { state_dir, json, .. }) => {
            check::check(&state_dir.unwrap_or_default(), json)
        }
        Command::Backup { state_dir, to, json } => backup::backup(&state_dir, &to, json),
        Command::Restore { from, state_dir, replace, json } => {
            backup::restore(&from, &state_dir, replace, json)
        }
        Command::Export { state_dir, desk, to, json } => {
            archive::export(&state_dir, desk.as_ref(), &to, json)
        }
        Command::Import { from, state_dir, json } => archive::import(&from, &state_dir, json),
        Command::Publish(arguments) => desk::publish(&arguments),
        Command::Desk(command) => desk::run(&command),
        Command::People(command) => people::run(&command),
        Command::Lines(command) => lines::run(&command),
        Command::Keys(command) => secrets::run(&command),
        Command::Triage(command) => triage::run(&command),
        Command::Hours(command) => hours::run(&command),
        Command::Completions { shell } => {
            let mut script = vec![];
            clap_complete::generate(shell, &mut whole(), "tierline", &mut script);
            crate::output::line(String::from_utf8_lossy(&script).trim_end())
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test
    use super::*;
    use clap::{CommandFactory, Parser};

    #[derive(Debug, Parser)]
    #[command(name = "tierline")]
    struct Cli {
        #[command(subcommand)]
        command: Command,
    }

    #[test]
    fn flags_are_consistent_and_every_command_has_an_example() {
        Cli::command().debug_assert();
        for command in Cli::command().get_subcommands() {
            let commands: Vec<_> = match command.has_subcommands() {
                true => command.get_subcommands().collect(),
                false => vec![command],
            };
            for command in commands {
                let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains("tierline "), "{} has no example", command.get_name());
            }
        }
    }

    #[test]
    fn a_check_is_of_one_thing() {
        let parse = |arguments: &[&str]| Cli::try_parse_from([&["tierline", "check"], arguments].concat());
        assert!(parse(&["desk.toml"]).is_ok());
        assert!(parse(&["--state-dir", "x", "--json"]).is_ok());
        assert!(parse(&[]).is_err());
        assert!(parse(&["desk.toml", "--state-dir", "x"]).is_err());
    }

    #[test]
    fn every_shell_gets_its_completions() {
        for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
            let cli = Cli::try_parse_from(["tierline", "completions", shell]).unwrap();
            run(cli.command, Cli::command).unwrap();
        }
    }
}
