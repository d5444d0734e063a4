// Requests that are pushed (RFC 9126), signed (RFC 9101), or both, and what each client is held to.

import assert from 'node:assert/strict';

import { importPKCS8 } from 'jose';

import { begin, demo, done, given, issuer, look, openid, visit } from './road.mjs';

const [plain, other, strict] = given;
const refused = (call, error) => assert.rejects(call, (thrown) => (assert.equal(thrown.error, error, thrown), true));
const key = await importPKCS8(strict.pem, strict.alg);
const config = await openid.discovery(issuer, plain.client_id, undefined, openid.ClientSecretBasic(plain.client_secret));
const foreign = await openid.discovery(issuer, other.client_id, undefined, openid.ClientSecretBasic(other.client_secret));
const signing = await openid.discovery(issuer, strict.client.client_id, undefined, openid.PrivateKeyJwt({ key, kid: 'signing' }));
const finish = async (configuration, url, checks) => openid.authorizationCodeGrant(configuration, await visit(url), checks);

// A pushed request shows nothing of itself in the browser, and is good once.
let { parameters, checks } = await begin({ scope: 'openid profile', ui_locales: 'pt' });
let url = await openid.buildAuthorizationUrlWithPAR(config, parameters);
assert.deepEqual([...url.searchParams.keys()].sort(), ['client_id', 'request_uri']);
assert.match(url.searchParams.get('request_uri'), /^urn:ietf:params:oauth:request_uri:[\w-]{43}$/);
assert.equal((await finish(config, url, checks)).scope, 'openid profile');
assert.equal((await look(url)).status, 400, 'each is good once');

// It belongs to the client that pushed it; what stands beside it is passed over.
({ parameters, checks } = await begin({ scope: 'openid' }));
url = await openid.buildAuthorizationUrlWithPAR(config, parameters);
const stolen = new URL(url);
stolen.searchParams.set('client_id', other.client_id);
assert.equal((await look(stolen)).status, 400);
url.searchParams.set('scope', 'openid profile');
url.searchParams.set('redirect_uri', 'https://elsewhere.example/');
assert.equal((await finish(config, url, checks)).scope, 'openid');
url.searchParams.set('request_uri', 'urn:ietf:params:oauth:request_uri:invented');
assert.equal((await look(url)).status, 400);
url.searchParams.set('request_uri', 'https://elsewhere.example/request.jwt');
assert.equal((await look(url)).status, 400, 'nothing is fetched');

// What the browser would have brought back is said when it is pushed.
for (const [change, error] of [
    [{ scope: 'profile' }, 'invalid_scope'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ redirect_uri: 'https://elsewhere.example/' }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ request: 'nonsense' }, 'invalid_request_object'],
]) {
    ({ parameters } = await begin(change));
    await refused(openid.buildAuthorizationUrlWithPAR(config, parameters), error);
}
const endpoint = config.serverMetadata().pushed_authorization_request_endpoint;
const push = (body) => fetch(endpoint, { method: 'POST', body: new URLSearchParams(body) });
const nobody = await push((await begin({ client_id: plain.client_id })).parameters);
assert.deepEqual([nobody.status, (await nobody.json()).error], [400, 'invalid_client']);
const secret = { client_id: other.client_id, client_secret: other.client_secret };
const named = await push({ ...(await begin()).parameters, ...secret, request_uri: 'urn:ietf:params:oauth:request_uri:x' });
assert.deepEqual([named.status, (await named.json()).error], [400, 'invalid_client'], 'it is registered with Basic');
const basic = { authorization: `Basic ${Buffer.from(`${other.client_id}:${other.client_secret}`).toString('base64')}` };
const body = new URLSearchParams({ ...(await begin({ response_type: 'code' })).parameters, request_uri: 'x' });
const inner = await fetch(endpoint, { method: 'POST', body, headers: basic });
assert.deepEqual([inner.status, (await inner.json()).error], [400, 'invalid_request']);

// A client that must push and sign does both.
({ parameters, checks } = await begin({ max_age: '3600' }));
const bare = await look(openid.buildAuthorizationUrl(signing, parameters));
assert.equal(new URL(bare.here).searchParams.get('error'), 'invalid_request');
await refused(openid.buildAuthorizationUrlWithPAR(signing, parameters), 'invalid_request_object');
const object = await openid.buildAuthorizationUrlWithJAR(signing, parameters, { key, kid: 'signing' });
assert.equal((await look(object)).here.includes('error=invalid_request'), true, 'signed, but not pushed');
url = await openid.buildAuthorizationUrlWithPAR(signing, object.searchParams);
const tokens = await finish(signing, url, checks);
assert.equal(tokens.claims().aud, strict.client.client_id);

// An object that somebody else signed, or that was changed, counts for nobody.
object.searchParams.set('request', object.searchParams.get('request').replace(/\.[^.]*$/, '.AAAA'));
assert.equal((await look(object)).status, 400, 'it has no address to go back to that could be believed');
({ parameters } = await begin());
const strange = await openid.buildAuthorizationUrlWithJAR(foreign, parameters, key);
await refused(openid.buildAuthorizationUrlWithPAR(foreign, strange.searchParams), 'invalid_request');
strange.searchParams.set('redirect_uri', parameters.redirect_uri);
assert.equal(new URL((await look(strange)).here).searchParams.get('error'), 'invalid_request_object');
assert.equal(demo.issuer, config.serverMetadata().issuer);
done();
