//! The command line: roles and their flags.

use std::{io::Write, net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use tokio::net::TcpListener;
use url::Url;

use crate::{
    compose,
    config::{Config, ConfigError},
    lifecycle::Lifecycle,
};

/// A conversational task manager: say what you want done, and your task list changes.
#[derive(Debug, Parser)]
#[command(name = "taskchat", version)]
pub struct Cli {
    /// A TOML file with settings; the environment and flags come before it.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where the database file and other data live.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    role: Option<Role>,
}

/// What to run.
#[derive(Debug, Clone, Subcommand)]
pub enum Role {
    /// Everything on one port (the default).
    Serve(Listen),
    /// The gRPC services and /mcp, without the HTTP/JSON edge and the page.
    Services(Listen),
    /// The HTTP/JSON edge and the page, in front of services elsewhere.
    Edge(Edge),
    /// Bring the database up to date and exit.
    Migrate,
    /// Print an access token for a user, for scripts and trials.
    Token(Token),
    /// Print the settings in force, with secrets hidden.
    Config,
    /// Speak MCP on standard input and output, for assistants on this machine.
    Mcp(Mcp),
}

/// Where to listen.
#[derive(Debug, Clone, Default, Args)]
pub struct Listen {
    /// Address and port; port 0 takes a free one, which the log tells.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
}

/// An edge of its own.
#[derive(Debug, Clone, Args)]
pub struct Edge {
    #[command(flatten)]
    listen: Listen,
    /// Where the services are, for example http://127.0.0.1:8081; several for balancing. Without it,
    /// TASKCHAT_EDGE__UPSTREAM says.
    #[arg(long, value_name = "URL", value_delimiter = ',')]
    upstream: Vec<Url>,
}

/// A token from the command line.
#[derive(Debug, Clone, Args)]
pub struct Token {
    /// The user: the subject of the token.
    #[arg(long, value_name = "ID")]
    user: String,
    /// How long it is good for.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    ttl: Option<Duration>,
}

/// MCP over standard input and output.
#[derive(Debug, Clone, Args)]
pub struct Mcp {
    /// An access token; whose it is, their tasks are reached.
    #[arg(long, env = "TASKCHAT_TOKEN", hide_env_values = true)]
    token: String,
}

impl Cli {
    /// Flags come before every other source.
    ///
    /// # Errors
    /// None today; a flag that contradicts the settings would be one.
    pub fn apply(&self, mut config: Config) -> Result<Config, ConfigError> {
        if let Some(dir) = &self.data_dir {
            config.data_dir.clone_from(dir);
        }
        let listen = match &self.role {
            None => None,
            Some(Role::Serve(listen) | Role::Services(listen)) => listen.listen,
            Some(Role::Edge(edge)) => edge.listen.listen,
            Some(Role::Migrate | Role::Token(_) | Role::Config | Role::Mcp(_)) => None,
        };
        if let Some(address) = listen {
            config.listen = address;
        }
        Ok(config)
    }

    /// The role asked for.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role.clone().unwrap_or(Role::Serve(Listen::default()))
    }
}

impl Role {
    /// Runs the role to its end.
    ///
    /// # Errors
    /// What kept it from starting or made it stop early.
    pub async fn run(&self, config: &Config, life: &Lifecycle) -> anyhow::Result<()> {
        match self {
            Self::Serve(_) => compose::everything(config, bind(config).await?, life).await,
            Self::Services(_) => compose::services(config, bind(config).await?, life).await,
            Self::Edge(edge) => {
                compose::edge(config, &edge.upstream, bind(config).await?, life).await
            }
            Self::Migrate => compose::migrate(config).await,
            Self::Token(token) => say(&compose::token(config, &token.user, token.ttl).await?),
            Self::Config => say(&config.to_toml()?),
            Self::Mcp(mcp) => compose::mcp(config, &mcp.token, life).await,
        }
    }
}

/// Bound first, so that a taken port is reported before anything else happens.
async fn bind(config: &Config) -> anyhow::Result<TcpListener> {
    TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))
}

fn say(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{}", text.trim_end()).context("cannot write to standard output")
}
