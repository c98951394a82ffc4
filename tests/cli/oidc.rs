//! OpenID Connect: tokens of a kubeconfig that a provider renews.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer, ca_data};
use crate::support::{Home, Run};

const DISCOVERY: &str = "GET /issuer/.well-known/openid-configuration";
const TOKEN: &str = "POST /token";

/// A token that expires then, in seconds from now.
fn token(name: &str, seconds: i64) -> String {
    let exp = jiff::Timestamp::now().as_second() + seconds;
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = part(&json!({"iss": "x", "sub": name, "exp": exp}));
    format!("{}.{claims}.c2ln", part(&json!({"alg": "RS256"})))
}

/// A provider that knows where its tokens are made.
fn provider() -> ApiServer {
    let provider = ApiServer::bare();
    let endpoint = format!("{}/token", provider.https());
    provider.on(
        DISCOVERY,
        Answer::json(&json!({"token_endpoint": endpoint})),
    )
}

/// A person whose kubeconfig has these fields of the provider besides the usual ones;
/// an empty one is taken out.
fn home(server: &ApiServer, provider: &ApiServer, fields: &[(&str, &str)]) -> Home {
    let mut config = json!({
        "idp-issuer-url": format!("{}/issuer", provider.https()),
        "idp-certificate-authority-data": ca_data(),
        "client-id": "kubernetes:cli", "client-secret": "s3cr&t", "refresh-token": "old+refresh",
    });
    for (name, value) in fields {
        config[name] = Value::from(*value);
    }
    let fields = config.as_object_mut().unwrap();
    fields.retain(|_, value| value != "");
    let kubeconfig = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
        "clusters": [{"name": "k", "cluster": {
            "server": server.https(), "certificate-authority-data": ca_data()}}],
        "users": [{"name": "u", "user": {"auth-provider": {"name": "oidc", "config": config}}}],
    });
    Home::with(&[(".kube/config", &kubeconfig.to_string())])
}

/// The `Authorization` of the last request.
fn authorization(server: &ApiServer) -> String {
    let requests = server.requests();
    let last = requests.last().unwrap();
    last.header("authorization").concat()
}

fn assert_keeps_secrets(run: &Run) {
    let all = run.all();
    for secret in [
        "s3cr",
        "old+refresh",
        "old%2Brefresh",
        "new-refresh",
        "eyJ",
        "c2ln",
    ] {
        assert!(!all.contains(secret), "{secret}: {all}");
    }
}

#[test]
fn a_token_that_is_good_is_sent_and_nobody_is_asked() {
    let (server, provider) = (ApiServer::new(), provider());
    let good = token("good", 600);
    let run = home(&server, &provider, &[("id-token", &good)]).run(&["version"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(authorization(&server), format!("Bearer {good}"));
    assert!(provider.requests().is_empty());
}

#[test]
fn a_token_that_has_expired_is_renewed_once() {
    let new = token("new", 600);
    for (id, answer, replaced) in [
        (token("old", -60), json!({"id_token": new}), false),
        (
            token("old", 3),
            json!({"id_token": new, "refresh_token": "old+refresh"}),
            false,
        ),
        (
            String::new(),
            json!({"id_token": new, "refresh_token": "new-refresh"}),
            true,
        ),
    ] {
        let server = ApiServer::new().on("GET /api", Answer::json(&json!({})));
        let provider = provider().on(TOKEN, Answer::json(&answer));
        let run = home(&server, &provider, &[("id-token", &id)]).run(&["version"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(authorization(&server), format!("Bearer {new}"));
        let asked = [DISCOVERY.to_owned(), TOKEN.to_owned()];
        assert_eq!(provider.asked(), asked);
        let requests = provider.requests();
        let [_, request] = requests.as_slice() else {
            panic!("{requests:?}");
        };
        // golang.org/x/oauth2 escapes both before they are put together.
        let login = STANDARD.encode("kubernetes%3Acli:s3cr%26t");
        assert_eq!(request.header("authorization"), [format!("Basic {login}")]);
        let form = &request.body;
        assert_eq!(form, "grant_type=refresh_token&refresh_token=old%2Brefresh");
        let warns = run.stderr.contains("has replaced the `refresh-token`");
        assert_eq!(warns, replaced, "{run:?}");
        assert_keeps_secrets(&run);
    }
}

#[test]
fn a_provider_may_want_the_client_in_the_form() {
    let new = token("new", 600);
    for (secret, tail) in [("s3cr&t", "&client_secret=s3cr%26t"), ("", "")] {
        let server = ApiServer::new();
        let provider = provider()
            .once(TOKEN, Answer::plain(401, "no: old+refresh"))
            .on(TOKEN, Answer::json(&json!({"id_token": new})));
        let fields = [("id-token", &*token("old", -60)), ("client-secret", secret)];
        let run = home(&server, &provider, &fields).run(&["version"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(authorization(&server), format!("Bearer {new}"));
        let requests = provider.requests();
        let last = requests.last().unwrap();
        assert!(last.header("authorization").is_empty());
        let form = &last.body;
        let expected = format!(
            "grant_type=refresh_token&refresh_token=old%2Brefresh&client_id=kubernetes%3Acli{tail}"
        );
        assert_eq!(*form, expected);
    }
}

/// Checks that no credentials come of these fields and these answers of the provider.
fn assert_fails(fields: &[(&str, &str)], answers: &[(&str, Answer)], why: &str) {
    let server = ApiServer::new();
    let mut provider = ApiServer::bare();
    for (route, answer) in answers {
        provider = provider.on(route, answer.clone());
    }
    let endpoint = format!("{}/token", provider.https());
    let provider = provider.on(
        DISCOVERY,
        Answer::json(&json!({"token_endpoint": endpoint})),
    );
    let expired = token("old", -60);
    let fields = [&[("id-token", &*expired)], fields].concat();
    let run = home(&server, &provider, &fields).run(&["version"]);
    assert_eq!(run.code, Some(3), "{why}: {run:?}");
    assert!(run.stderr.contains(why), "{why}: {run:?}");
    assert_keeps_secrets(&run);
    assert!(server.requests().is_empty(), "{why}");
}

#[test]
fn fields_without_which_there_is_no_token_are_named() {
    let none = ("refresh-token", "");
    for (fields, why) in [
        (&[none][..], "has expired, and there is no `refresh-token`"),
        (
            &[none, ("id-token", "")],
            "neither an `id-token` nor a `refresh-token`",
        ),
        (&[("id-token", "eyJ.no-token")], "is not a JSON Web Token"),
        (&[("client-id", "")], "has no `client-id`"),
        (&[("idp-issuer-url", "")], "has no `idp-issuer-url`"),
        (
            &[("idp-issuer-url", "http://127.0.0.1:1")],
            "which anybody on the way can read",
        ),
        (
            &[("idp-issuer-url", "https://host:port")],
            "has a port that is not",
        ),
        (
            &[("idp-certificate-authority-data", "Y2E=")],
            "holds no PEM certificate",
        ),
        (&[("idp-certificate-authority-data", "")], "cannot reach "),
    ] {
        assert_fails(fields, &[], why);
    }
}

#[test]
fn a_provider_that_gives_no_token_is_blamed() {
    let plain = json!({"token_endpoint": "http://127.0.0.1:1/token"});
    for (route, answer, why) in [
        (DISCOVERY, Answer::plain(500, "eyJ"), "answered with 500"),
        (
            DISCOVERY,
            Answer::plain(200, "eyJ"),
            "returned no configuration",
        ),
        (
            DISCOVERY,
            Answer::json(&json!({})),
            "names no `token_endpoint`",
        ),
        (
            DISCOVERY,
            Answer::json(&plain),
            "which anybody on the way can read",
        ),
        (TOKEN, Answer::plain(400, "eyJ"), "answered with 400"),
        (TOKEN, Answer::plain(200, "[\"eyJ\"]"), "returned no tokens"),
        (
            TOKEN,
            Answer::json(&json!({"access_token": "eyJ"})),
            "sent no `id_token`",
        ),
        (
            TOKEN,
            Answer::json(&json!({"id_token": ""})),
            "sent no `id_token`",
        ),
    ] {
        assert_fails(&[], &[(route, answer)], why);
    }
}
