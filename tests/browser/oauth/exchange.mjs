// Token exchange (RFC 8693) by openid-client: a department's server acts at another's for the person whose token it was shown.

import assert from 'node:assert/strict';

import { createRemoteJWKSet, jwtVerify } from 'jose';

import { begin, demo, done, given, issuer, openid, visit } from './road.mjs';

const { window, front, registry, tax, stranger } = given;
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const refused = (call, error) => assert.rejects(call, (thrown) => (assert.equal(thrown.error, error, thrown), true));
const discover = (client) => openid.discovery(issuer, client.client_id, undefined, openid.ClientSecretBasic(client.client_secret));
const config = await discover(window);
const [atFront, atRegistry, atTax, atStranger] = await Promise.all([front, registry, tax, stranger].map(discover));
const inactive = { active: false };
const exchange = (server, token, more = {}) =>
    openid.genericGrantRequest(server, EXCHANGE, { subject_token: token, subject_token_type: ACCESS_TOKEN, ...more });
const enter = async (more = {}) => {
    const { parameters, checks } = await begin({ scope: 'openid forms:read records:read records:write tax:pay' });
    const all = new URLSearchParams(parameters);
    for (const resource of more.resources ?? []) all.append('resource', resource);
    const here = await visit(openid.buildAuthorizationUrl(config, all));
    const narrower = more.resource ? { resource: more.resource } : undefined;
    return openid.authorizationCodeGrant(config, here, checks, narrower, more.options);
};
assert.ok(config.serverMetadata().grant_types_supported.includes(EXCHANGE));

// The front office acts at the registry: with what both the token and the registry know, and to be seen by everybody.
const person = await enter();
const shown = await openid.tokenIntrospection(atFront, person.access_token);
const derived = await exchange(atFront, person.access_token, { resource: registry.resource });
assert.deepEqual([derived.issued_token_type, derived.token_type, derived.scope], [ACCESS_TOKEN, 'bearer', 'records:read records:write']);
assert.deepEqual([derived.refresh_token, derived.id_token], [undefined, undefined]);
const seen = await openid.tokenIntrospection(atRegistry, derived.access_token);
assert.deepEqual([seen.active, seen.client_id, seen.act, seen.aud], [true, front.client_id, { sub: front.client_id }, [registry.resource]]);
assert.deepEqual([seen.acr, seen.auth_time], [shown.acr, shown.auth_time]);
assert.ok(seen.exp <= shown.exp);
assert.notEqual(seen.sub, shown.sub, 'each server knows the person by a subject of its own');
assert.equal(seen.sub, (await openid.tokenIntrospection(atRegistry, person.access_token)).sub, 'which is the same whoever acts');
assert.deepEqual(await openid.tokenIntrospection(atTax, derived.access_token), inactive);
assert.deepEqual(await openid.tokenIntrospection(config, derived.access_token), inactive);
assert.equal((await openid.tokenIntrospection(atFront, derived.access_token)).active, true, 'its holder may ask');
await assert.rejects(openid.fetchUserInfo(atFront, derived.access_token, openid.skipSubjectCheck), (error) => error.status === 401);

// By client id, for less, and at a server that takes JWTs. One server acts: its token is not exchanged again, not even by a server
// that the operator approved for the next one.
const less = await exchange(atFront, person.access_token, { audience: registry.client_id, scope: 'records:read' });
assert.equal(less.scope, 'records:read');
await refused(exchange(atFront, person.access_token, { audience: registry.client_id, scope: 'tax:pay' }), 'invalid_scope');
await refused(exchange(atRegistry, less.access_token, { resource: tax.resource }), 'invalid_request');
const atBoth = await exchange(atFront, person.access_token, { resource: tax.resource });
const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
const { payload } = await jwtVerify(atBoth.access_token, keys, { issuer: demo.issuer, audience: tax.resource, typ: 'at+jwt' });
assert.deepEqual([payload.client_id, payload.act, payload.scope], [front.client_id, { sub: front.client_id }, 'tax:pay']);

// Who is confused for a deputy: a server that the token is not meant for, one that the operator did not approve, the client
// itself, a token that was meant for one server alone, and one that is nobody's.
await refused(exchange(atStranger, person.access_token, { resource: registry.resource }), 'invalid_request');
await refused(exchange(config, person.access_token, { resource: registry.resource }), 'unauthorized_client');
await refused(exchange(atTax, person.access_token, { resource: registry.resource }), 'unauthorized_client');
await refused(exchange(atRegistry, person.access_token, { resource: front.resource }), 'invalid_target');
await refused(exchange(atFront, person.access_token, { resource: stranger.resource }), 'invalid_target');
await refused(exchange(atFront, derived.access_token, { resource: registry.resource }), 'invalid_request');
await refused(exchange(atFront, 'no-such-token', { resource: registry.resource }), 'invalid_request');
await refused(exchange(atFront, person.refresh_token, { resource: registry.resource }), 'invalid_request');
await refused(exchange(atFront, person.id_token, { resource: registry.resource }), 'invalid_request');
const narrow = await enter({ resources: [front.resource, registry.resource], resource: front.resource });
await refused(exchange(atFront, narrow.access_token, { resource: registry.resource }), 'invalid_target');
for (const [more, error] of [
    [{}, 'invalid_target'],
    [{ resource: registry.resource, audience: registry.client_id }, 'invalid_target'],
    [{ resource: config.serverMetadata().userinfo_endpoint }, 'invalid_target'],
    [{ resource: registry.resource, subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' }, 'invalid_request'],
    [{ resource: registry.resource, requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }, 'invalid_request'],
    [{ resource: registry.resource, actor_token: 'x', actor_token_type: ACCESS_TOKEN }, 'invalid_request'],
]) {
    await refused(exchange(atFront, person.access_token, more), error);
}

// Of a token that is bound comes none that everybody can use: the server shows a key of its own.
const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'));
const bound = await enter({ options: { DPoP } });
assert.equal(bound.token_type, 'dpop');
await refused(exchange(atFront, bound.access_token, { resource: registry.resource }), 'invalid_request');
const key = openid.getDPoPHandle(atFront, await openid.randomDPoPKeyPair('ES256'));
const parameters = { subject_token: bound.access_token, subject_token_type: ACCESS_TOKEN, resource: registry.resource };
const kept = await openid.genericGrantRequest(atFront, EXCHANGE, parameters, { DPoP: key });
assert.equal(kept.token_type, 'dpop');
assert.deepEqual((await openid.tokenIntrospection(atRegistry, kept.access_token)).cnf, { jkt: await key.calculateThumbprint() });

// A server gives back what is its own; whoever takes back the token it was shown takes all of it.
await openid.tokenRevocation(atTax, derived.access_token);
assert.equal((await openid.tokenIntrospection(atRegistry, derived.access_token)).active, true);
await openid.tokenRevocation(atFront, less.access_token);
assert.deepEqual(await openid.tokenIntrospection(atRegistry, less.access_token), inactive);
await openid.tokenRevocation(config, person.access_token);
assert.deepEqual(await openid.tokenIntrospection(atRegistry, derived.access_token), inactive);
assert.deepEqual(await openid.tokenIntrospection(atTax, atBoth.access_token), inactive);
await refused(exchange(atFront, person.access_token, { resource: registry.resource }), 'invalid_request');
const other = await enter();
const last = await exchange(atFront, other.access_token, { resource: registry.resource });
await openid.tokenRevocation(config, other.refresh_token);
assert.deepEqual(await openid.tokenIntrospection(atRegistry, last.access_token), inactive);
done();
