//! The `taskchat` binary: parse, load, observe, run, exit code.

use std::process::ExitCode;

use clap::Parser;
use taskchat_server::{cli::Cli, config, lifecycle::Lifecycle, telemetry};

/// The system's allocator keeps what password hashes and a rush of turns have used: 40 sign-ups left
/// 250 MB resident with it, 40 MB with this one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = match config::load(cli.config.as_deref(), std::env::vars())
        .and_then(|config| cli.apply(config))
    {
        Ok(config) => config,
        Err(error) => return fail(&error.into()),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    runtime.block_on(async {
        let telemetry = match telemetry::init(&config) {
            Ok(telemetry) => telemetry,
            Err(error) => return fail(&error),
        };
        let life = Lifecycle::new(config.grace).with_notice(config.notice);
        life.listen_for_signals();
        let ended = cli.role().run(&config, &life).await;
        life.finish().await;
        telemetry.flush();
        match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error),
        }
    })
}

/// Says on standard error what went wrong, with all causes.
fn fail(error: &anyhow::Error) -> ExitCode {
    use std::io::Write;
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "taskchat: {error:#}");
    ExitCode::FAILURE
}
