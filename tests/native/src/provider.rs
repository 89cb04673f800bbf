//! A stand-in for an OpenID Connect provider: it consents to everything, is strict about what it is asked, and
//! misbehaves on demand. It knows no network: `tests/e2e` puts it behind a real socket.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::Signer as _;
use hmac::{Hmac, KeyInit, Mac};
use http::StatusCode;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use tierline_domain::time::Time;
use tierline_http::{Request, Response};

/// The desk's name at every stand-in.
pub const CLIENT_ID: &str = "tierline";

/// How it signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA.
    Rs256,
    /// P-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

/// What it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Misbehaviour {
    /// Nothing.
    #[default]
    None,
    /// Cannot be reached.
    Down,
    /// Never answers.
    Slow,
    /// Answers 500.
    Fails,
    /// Answers something that is no JSON.
    Garbage,
    /// Answers more than anybody wants.
    Huge,
    /// Sends elsewhere.
    Redirects,
    /// Publishes another issuer's configuration.
    OtherIssuer,
    /// Publishes a configuration that leads to another host.
    OtherHost,
    /// Knows no S256.
    NoPkce,
    /// Signs with a key it does not publish, under the name of one it does.
    OtherKey,
    /// Names a key it does not publish.
    UnknownKey,
    /// Does not sign.
    Unsigned,
    /// Signs with its own public key as if it were a shared secret.
    PublicKeyAsSecret,
}

struct Code {
    challenge: String,
    nonce: String,
    redirect_uri: String,
}

struct Inner {
    codes: BTreeMap<String, Code>,
    codes_given: usize,
    misbehaviour: Misbehaviour,
    claims: Map<String, Value>,
    client_secret: Option<String>,
    takes_basic: bool,
    names_itself: bool,
    asked: Vec<String>,
    key_id: String,
}

/// The stand-in.
pub struct Provider {
    issuer: String,
    algorithm: Algorithm,
    key: [u8; 32],
    rsa: Option<RsaPrivateKey>,
    inner: Mutex<Inner>,
}

impl Provider {
    /// A provider that signs with a fresh key, and whose user is `ana@example.com`, `sub` `user-ana`.
    pub fn new(issuer: &str, algorithm: Algorithm) -> Self {
        let generate = || RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
        let claims = json!({"sub": "user-ana", "email": "ana@example.com", "email_verified": true});
        let inner = Inner {
            codes: BTreeMap::new(),
            codes_given: 0,
            misbehaviour: Misbehaviour::None,
            claims: claims.as_object().unwrap().clone(),
            client_secret: None,
            takes_basic: true,
            names_itself: false,
            asked: vec![],
            key_id: "key-1".to_owned(),
        };
        let seed = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), issuer);
        Self {
            issuer: issuer.to_owned(),
            algorithm,
            key: Sha256::digest(seed.to_be_bytes()).into(),
            rsa: (algorithm == Algorithm::Rs256).then(generate),
            inner: Mutex::new(inner),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// From now on it does this.
    pub fn misbehave(&self, misbehaviour: Misbehaviour) {
        self.inner().misbehaviour = misbehaviour;
    }

    /// Whether it never answers.
    pub fn is_slow(&self) -> bool {
        self.inner().misbehaviour == Misbehaviour::Slow
    }

    /// From now on its tokens say this; null leaves a claim out.
    pub fn claim(&self, name: &str, value: Value) {
        self.inner().claims.insert(name.to_owned(), value);
    }

    /// From now on it wants this secret, in a header if `basic`, else in the form.
    pub fn want_secret(&self, secret: &str, basic: bool) {
        let mut inner = self.inner();
        inner.client_secret = Some(secret.to_owned());
        inner.takes_basic = basic;
    }

    /// From now on it says who it is when it sends somebody back (RFC 9207).
    pub fn name_itself(&self) {
        self.inner().names_itself = true;
    }

    /// What the deployment has in `oidc_client_secrets`.
    pub fn secrets(&self) -> String {
        let secret = self.inner().client_secret.clone();
        secret.map_or_else(String::new, |secret| format!("other=not-this-one harborline={secret}"))
    }

    /// From now on its key has this name.
    pub fn rename_key(&self, id: &str) {
        self.inner().key_id = id.to_owned();
    }

    /// The paths it was asked for, so far.
    pub fn asked(&self) -> Vec<String> {
        self.inner().asked.clone()
    }

    /// What a browser does at the authorisation endpoint: its user consents, and is sent back to this address.
    pub fn consent(&self, location: &str) -> String {
        let (endpoint, query) = location.split_once('?').unwrap();
        assert_eq!(endpoint, format!("{}/authorize", self.issuer));
        let asked = fields(query);
        assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", CLIENT_ID));
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
        let mut inner = self.inner();
        inner.codes_given += 1;
        let name = format!("code-{}", inner.codes_given);
        let code = Code {
            challenge: asked["code_challenge"].clone(),
            nonce: asked["nonce"].clone(),
            redirect_uri: asked["redirect_uri"].clone(),
        };
        inner.codes.insert(name.clone(), code);
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("code", &name).append_pair("state", &asked["state"]);
        // What providers add of their own.
        query.append_pair("session_state", "x y");
        if inner.names_itself {
            query.append_pair("iss", &self.issuer);
        }
        format!("{}?{}", asked["redirect_uri"], query.finish())
    }

    /// Its answer; `None` if there is no connection, or no answer.
    pub fn answer(&self, request: &Request, now: Time) -> Option<Response> {
        let path = request.uri().path().to_owned();
        self.inner().asked.push(path.clone());
        let misbehaviour = self.inner().misbehaviour;
        let answer = |status: u16, body: String| {
            let mut response = Response::new(body.into());
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            response
        };
        match misbehaviour {
            Misbehaviour::Down | Misbehaviour::Slow => return None,
            Misbehaviour::Fails => return Some(answer(500, "oops".to_owned())),
            Misbehaviour::Garbage => return Some(answer(200, "<html>".to_owned())),
            Misbehaviour::Huge => return Some(answer(200, " ".repeat(1_000_000))),
            Misbehaviour::Redirects => {
                let mut response = answer(302, String::new());
                response.headers_mut().insert("location", "http://169.254.169.254/".parse().unwrap());
                return Some(response);
            }
            _ => {}
        }
        Some(match path.strip_prefix(self.path_prefix()).unwrap_or("") {
            "/.well-known/openid-configuration" => answer(200, self.configuration(misbehaviour).to_string()),
            "/keys" => answer(200, json!({"keys": [self.public_key()]}).to_string()),
            "/token" => match self.token(request, now) {
                Ok(token) => answer(200, json!({"id_token": token, "token_type": "Bearer"}).to_string()),
                Err(error) => answer(400, json!({"error": error}).to_string()),
            },
            _ => answer(404, String::new()),
        })
    }

    fn path_prefix(&self) -> &str {
        let rest = self.issuer.split_once("://").unwrap().1;
        rest.find('/').map_or("", |start| &rest[start..])
    }

    fn configuration(&self, misbehaviour: Misbehaviour) -> Value {
        let issuer = &self.issuer;
        let shown =
            if misbehaviour == Misbehaviour::OtherIssuer { "https://other.example.com" } else { issuer };
        let keys = if misbehaviour == Misbehaviour::OtherHost { "https://169.254.169.254" } else { issuer };
        let methods = if misbehaviour == Misbehaviour::NoPkce { ["plain"] } else { ["S256"] };
        let basic = self.inner().takes_basic;
        json!({
            "issuer": shown,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{keys}/keys"),
            "token_endpoint_auth_methods_supported":
                [if basic { "client_secret_basic" } else { "client_secret_post" }],
            "code_challenge_methods_supported": methods,
            "authorization_response_iss_parameter_supported": self.inner().names_itself,
            "response_types_supported": ["code"],
        })
    }

    fn public_key(&self) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let id = self.inner().key_id.clone();
        match self.algorithm {
            Algorithm::Rs256 => {
                let key = self.rsa.as_ref().unwrap();
                let (n, e) = (encode(&key.n().to_bytes_be()), encode(&key.e().to_bytes_be()));
                json!({"kty": "RSA", "kid": id, "use": "sig", "alg": "RS256", "n": n, "e": e})
            }
            Algorithm::Es256 => {
                let key = p256::ecdsa::SigningKey::from_slice(&self.key).unwrap();
                let point = key.verifying_key().to_sec1_point(false);
                let bytes = point.as_bytes();
                json!({"kty": "EC", "crv": "P-256", "kid": id, "x": encode(&bytes[1..33]), "y": encode(&bytes[33..])})
            }
            Algorithm::EdDsa => {
                let key = ed25519_dalek::SigningKey::from_bytes(&self.key);
                let x = encode(key.verifying_key().as_bytes());
                json!({"kty": "OKP", "crv": "Ed25519", "kid": id, "x": x})
            }
        }
    }

    fn token(&self, request: &Request, now: Time) -> Result<String, &'static str> {
        let form = fields(std::str::from_utf8(request.body()).unwrap());
        self.check_client(request, &form)?;
        if form.get("grant_type").map(String::as_str) != Some("authorization_code") {
            return Err("unsupported_grant_type");
        }
        let code =
            form.get("code").and_then(|code| self.inner().codes.remove(code)).ok_or("invalid_grant")?;
        let challenge =
            URL_SAFE_NO_PAD.encode(Sha256::digest(form.get("code_verifier").ok_or("invalid_request")?));
        if challenge != code.challenge || form.get("redirect_uri") != Some(&code.redirect_uri) {
            return Err("invalid_grant");
        }
        let now_s = now.0 / 1000;
        let mut claims = json!({
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now_s, "exp": now_s + 300, "nonce": code.nonce,
        });
        for (name, value) in &self.inner().claims {
            claims[name] = value.clone();
        }
        let members = claims.as_object_mut().unwrap();
        members.retain(|_, value| !value.is_null());
        Ok(self.sign(&claims))
    }

    fn check_client(&self, request: &Request, form: &BTreeMap<String, String>) -> Result<(), &'static str> {
        let basic = self.inner().takes_basic;
        let secret = self.inner().client_secret.clone();
        let header = request.headers().get("authorization").map(|value| value.to_str().unwrap());
        let right = match secret {
            None => header.is_none() && form.get("client_id").map(String::as_str) == Some(CLIENT_ID),
            Some(secret) if basic => {
                let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
                header == Some(&format!("Basic {}", STANDARD.encode(format!("{CLIENT_ID}:{encoded}"))))
                    && !form.contains_key("client_secret")
            }
            Some(secret) => header.is_none() && form.get("client_secret") == Some(&secret),
        };
        if right { Ok(()) } else { Err("invalid_client") }
    }

    fn sign(&self, claims: &Value) -> String {
        let misbehaviour = self.inner().misbehaviour;
        let alg = match (misbehaviour, self.algorithm) {
            (Misbehaviour::Unsigned, _) => "none",
            (Misbehaviour::PublicKeyAsSecret, _) => "HS256",
            (_, Algorithm::Rs256) => "RS256",
            (_, Algorithm::Es256) => "ES256",
            (_, Algorithm::EdDsa) => "EdDSA",
        };
        let known = self.inner().key_id.clone();
        let kid = if misbehaviour == Misbehaviour::UnknownKey { "key-9" } else { &known };
        let header = json!({"alg": alg, "kid": kid, "typ": "JWT"});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(claims));
        let signature = match misbehaviour {
            Misbehaviour::Unsigned => vec![],
            Misbehaviour::PublicKeyAsSecret => {
                let secret = self.public_key().to_string();
                let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
                mac.chain_update(&message).finalize().into_bytes().to_vec()
            }
            Misbehaviour::OtherKey => Self::new(&self.issuer, self.algorithm).signature(message.as_bytes()),
            _ => self.signature(message.as_bytes()),
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn signature(&self, message: &[u8]) -> Vec<u8> {
        match self.algorithm {
            Algorithm::Rs256 => {
                // PKCS #1: what stands before a SHA-256 (RFC 8017, 9.2).
                let prefix = [48, 49, 48, 13, 6, 9, 96, 134, 72, 1, 101, 3, 4, 2, 1, 5, 0, 4, 32];
                let digest = [&prefix[..], &Sha256::digest(message)].concat();
                self.rsa.as_ref().unwrap().sign(Pkcs1v15Sign::new_unprefixed(), &digest).unwrap()
            }
            Algorithm::Es256 => {
                let key = p256::ecdsa::SigningKey::from_slice(&self.key).unwrap();
                let signature: p256::ecdsa::Signature = p256::ecdsa::signature::Signer::sign(&key, message);
                signature.to_bytes().to_vec()
            }
            Algorithm::EdDsa => {
                ed25519_dalek::SigningKey::from_bytes(&self.key).sign(message).to_bytes().to_vec()
            }
        }
    }
}

fn fields(form: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(form.as_bytes()).into_owned().collect()
}
