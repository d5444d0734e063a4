// The peer: npm oidc-provider with its in-memory adapter, set as the service is for the benchmark's client. Sessions are
// made ahead, one for each connection of the load, each with the grant that spares the consent page.
//
// node server.mjs PORT CERTIFICATE KEY SESSIONS; says the sessions' cookies as a line of JSON when it is ready.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';

const [port, certificate, key, sessions] = process.argv.slice(2);
const client = 'bench';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const provider = new Provider(`https://localhost:${port}`, {
  clients: [
    {
      client_id: client,
      client_secret: 'a-secret-of-the-benchmark-that-is-long-enough',
      redirect_uris: ['https://localhost:9/callback'],
      grant_types: ['authorization_code', 'client_credentials'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'ES256',
      scope: 'openid profile records:read',
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
  scopes: ['openid', 'profile', 'records:read'],
  claims: { openid: ['sub'], profile: ['name'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: id }) }),
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true, allowedPolicy: () => true },
  },
  pkce: { required: () => true },
  ttl: { AuthorizationCode: 60, AccessToken: 600, ClientCredentials: 600, IdToken: 600, Grant: 86400, Session: 86400 },
});

async function session(number) {
  const accountId = `person-${number}`;
  const made = new provider.Session();
  made.loginAccount({ accountId });
  const grant = new provider.Grant({ accountId, clientId: client });
  grant.addOIDCScope('openid profile');
  made.ensureClientContainer(client);
  made.grantIdFor(client, await grant.save(86400));
  await made.save(86400);
  return `_session=${made.jti}`;
}

const cookies = await Promise.all(Array.from({ length: Number(sessions) }, (_, number) => session(number)));
const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, provider.callback());
server.keepAliveTimeout = 600_000;
server.listen(Number(port), '127.0.0.1', () => console.log(JSON.stringify({ cookies })));
