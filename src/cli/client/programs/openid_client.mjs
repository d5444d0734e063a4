// npm install openid-client@6. What proves who you are is in the environment: CLIENT_SECRET, or CLIENT_KEY (a private JWK).
import * as oidc from 'openid-client'

const client = { id_token_signed_response_alg: {ALGORITHM} }
const config = await oidc.discovery(new URL({ISSUER}), {CLIENT_ID}, client, {AUTHENTICATION})
const redirect_uri = {REDIRECT_URI}

// Send the browser to `url`; keep `login` in its session.
export async function begin() {
  const login = { verifier: oidc.randomPKCECodeVerifier(), state: oidc.randomState(), nonce: oidc.randomNonce() }
  const code_challenge = await oidc.calculatePKCECodeChallenge(login.verifier)
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri, scope: {SCOPE}, code_challenge, code_challenge_method: 'S256', state: login.state, nonce: login.nonce,
  })
  return { url: url.href, login }
}

// The browser is back, at the address `here`: who it is.
export async function finish(here, login) {
  const tokens = await oidc.authorizationCodeGrant(config, new URL(here), {
    pkceCodeVerifier: login.verifier, expectedState: login.state, expectedNonce: login.nonce, idTokenExpected: true,
  })
  const claims = tokens.claims()
  return { claims, person: await oidc.fetchUserInfo(config, tokens.access_token, claims.sub) }
}
