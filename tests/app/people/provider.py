"""A provider of OpenID Connect, made with Authlib's server: run as a process of its own, spoken to over HTTP.

It lets in whom the test names, without asking: what is tested is what passes between it and us. It insists on
PKCE, and on a nonce that it has not seen.
"""

import json
import sys
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, request
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

KEY = RSAKey.generate_key(2048, parameters={"kid": "one"})
CODES: dict[str, "Code"] = {}
NONCES: set[str] = set()


class Client(ClientMixin):  # type: ignore[misc]
    """The one client that is known here."""

    client_id, secret = "cortile", "between us"

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return "https://city.example/login/oidc/back"

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.get_default_redirect_uri()

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == self.secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """A code that was given out, and for what."""

    def __init__(self, code: str, asked: Any, user: dict[str, Any]) -> None:
        data = asked.payload.data
        self.code, self.user = code, user
        self.redirect_uri, self.scope = asked.payload.redirect_uri, asked.payload.scope
        self.nonce = data["nonce"]
        self.code_challenge = data["code_challenge"]
        self.code_challenge_method = data["code_challenge_method"]

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return str(self.scope)

    def get_nonce(self) -> str:
        return str(self.nonce)

    def get_auth_time(self) -> None:
        return None

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
    """Codes that are good once."""

    def save_authorization_code(self, code: str, request: Any) -> None:
        CODES[code] = Code(code, request, request.user)
        NONCES.add(CODES[code].get_nonce())

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return CODES.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del CODES[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
        return authorization_code.user


class Identity(OpenIDCode):  # type: ignore[misc]
    """The signed proof of who somebody is."""

    def __init__(self, issuer: str) -> None:
        super().__init__(require_nonce=True)
        self.issuer = issuer

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return nonce in NONCES

    def get_jwt_config(self, grant: Any, client: Any = None) -> dict[str, Any]:
        return {"key": KEY.as_dict(private=True), "alg": "RS256", "iss": self.issuer, "exp": 60, "kid": "one"}

    def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
        return UserInfo(**user)


def application(issuer: str) -> Flask:
    """The provider; `POST /user` says who signs in next."""
    app = Flask(__name__)
    user: dict[str, Any] = {}
    server = AuthorizationServer(app, query_client=lambda _id: Client(), save_token=lambda *_: None)
    server.register_grant(Grant, [Identity(issuer), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Response:
        return jsonify(
            issuer=issuer,
            authorization_endpoint=f"{issuer}/authorize",
            token_endpoint=f"{issuer}/token",
            jwks_uri=f"{issuer}/keys",
            id_token_signing_alg_values_supported=["RS256"],
        )

    @app.get("/keys")
    def keys() -> Response:
        return jsonify(keys=[KEY.as_dict(private=False)])

    @app.post("/user")
    def say() -> Response:
        user.clear()
        user.update(json.loads(request.data))
        return jsonify(user)

    @app.get("/authorize")
    def authorize() -> Response:
        grant = server.get_consent_grant(end_user=user)
        answer: Response = server.create_authorization_response(grant=grant, grant_user=dict(user))
        return answer

    @app.post("/token")
    def token() -> Response:
        answer: Response = server.create_token_response()
        return answer

    return app


if __name__ == "__main__":
    port = int(sys.argv[1])
    make_server("127.0.0.1", port, application(f"http://127.0.0.1:{port}")).serve_forever()
