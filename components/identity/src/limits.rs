//! Every bound of this component, by name and unit.

/// How long a sign-in may take from beginning to end.
pub const SIGN_IN_S_MAX: u32 = 600;
/// How long one request to a provider may take.
pub const PROVIDER_WAIT_MS_MAX: u64 = 5_000;
/// What a provider may answer.
pub const PROVIDER_REPLY_BYTES_MAX: usize = 262_144;
/// How long what a provider publishes is kept.
pub const PROVIDER_KEPT_S: u32 = 600;
/// How soon keys are asked for again when a token names an unknown one.
pub const KEYS_AGAIN_S_MIN: u32 = 30;
/// Providers whose answers an instance keeps.
pub const PROVIDERS_KEPT_MAX: usize = 32;
/// How far a provider's clock may be off.
pub const CLOCK_LEEWAY_S: u32 = 120;
/// Longest that an ID token may be good for: a day and the leeway.
pub const ID_TOKEN_S_MAX: u32 = 86_520;
/// Longest path to return to.
pub const RETURN_TO_BYTES_MAX: usize = 512;
/// Longest code, state or other parameter that a provider may send back.
pub const PARAMETER_BYTES_MAX: usize = 4_096;
/// Parameters that a provider may send back, those that are not known included.
pub const PARAMETERS_MAX: usize = 32;
/// Longest URL a provider may publish.
pub const URL_BYTES_MAX: usize = 1_024;
