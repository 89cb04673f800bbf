//! What a desk and a deployment need so that people can sign in by a provider.

use tierline_desk::{Error, links, session};
use tierline_domain::desk::Desk;
use tierline_domain::ids::DeskId;
use tierline_domain::provider::Oidc;
use tierline_domain::secrets::sha256_hex;
use tierline_http::{Platform, Problem, ProblemKind};

/// Where the provider sends people back to.
const CALLBACK: &str = "/v1/sign-in/callback";

/// Everything needed for a sign-in at one desk.
pub struct Setup {
    /// The desk, as in force.
    pub desk: Desk,
    /// Its provider.
    pub oidc: Oidc,
    /// What sessions and states are signed with.
    pub secret: String,
    /// The one address the provider sends people back to.
    pub redirect_uri: String,
}

/// The secret that states and sessions are signed with.
pub async fn secret<P: Platform>(platform: &P) -> Result<String, Problem> {
    session::secret(platform).await?.ok_or_else(|| not_set_up("the variable session_secret is empty"))
}

/// One store read.
pub async fn of<P: Platform>(platform: &P, desk: &DeskId, secret: String) -> Result<Setup, Problem> {
    let desk = tierline_desk::desk(platform, desk).await?;
    let oidc = desk.oidc().ok_or_else(|| {
        let detail = "This desk has no provider to sign in by. Use your token, or ask the desk's operator for \
                      [sign_in.oidc] in the desk file.";
        Problem::new(ProblemKind::SignInNotSetUp, detail)
    })?;
    let url =
        links::public_url(platform).await.ok_or_else(|| not_set_up("the variable public_url is empty"))?;
    Ok(Setup { desk, oidc, secret, redirect_uri: format!("{url}{CALLBACK}") })
}

/// Tells one provider and name there from another: a desk's sign-in that began with one cannot end with another.
pub fn provider_mark(oidc: &Oidc) -> String {
    sha256_hex(&[oidc.issuer.as_bytes(), oidc.client_id.as_bytes()]).chars().take(16).collect()
}

/// The secret of this desk at its provider, if it has one: the variable holds `<desk>=<secret>` between spaces, so that
/// no desk's provider is ever told another desk's secret.
pub async fn client_secret<P: Platform>(platform: &P, desk: &DeskId) -> Result<Option<String>, Problem> {
    let secrets = platform.variable("oidc_client_secrets").await;
    let secrets = secrets.map_err(|error| Error::Configuration(error.to_string()))?;
    let of_desk = |entry: &str| entry.strip_prefix(desk.as_str())?.strip_prefix('=').map(ToOwned::to_owned);
    Ok(secrets.split_ascii_whitespace().find_map(of_desk).filter(|secret| !secret.is_empty()))
}

fn not_set_up(why: &str) -> Problem {
    let detail = "This deployment is not set up for signing in by a provider. Use your token; the operator finds the \
                  reason in the log.";
    Problem::new(ProblemKind::SignInNotSetUp, detail).because(why)
}
