// JWT access tokens (RFC 9068), checked by npm jose as a resource server would.

import assert from 'node:assert/strict';

import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';

import { begin, demo, done, given, issuer, openid, visit } from './road.mjs';

const { window, stranger, neighbour, opaque, servers, machine } = given;
const refused = (call, error) => assert.rejects(call, (thrown) => (assert.equal(thrown.error, error, thrown), true));
const discover = (client) => openid.discovery(issuer, client.client_id, undefined, openid.ClientSecretBasic(client.client_secret));
const config = await discover(window);
const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
const required = ['sub', 'client_id', 'iat', 'exp', 'jti'];
const check = (token, server, more = {}) =>
    jwtVerify(token, keys, { issuer: demo.issuer, audience: server.resource, typ: 'at+jwt', requiredClaims: required, ...more });
const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'));

const { parameters, checks } = await begin({ scope: 'openid records:read records:write' });
const all = new URLSearchParams(parameters);
for (const server of [...servers, opaque]) all.append('resource', server.resource);
const here = await visit(openid.buildAuthorizationUrl(config, all));
await refused(openid.authorizationCodeGrant(config, here, checks), 'invalid_target');
const first = await openid.authorizationCodeGrant(config, here, checks, { resource: servers[0].resource });
const id = first.claims();
let last = first;
const subjects = new Set([id.sub]);
for (const server of servers) {
    last = await openid.refreshTokenGrant(config, last.refresh_token, { resource: server.resource }, { DPoP });
    const alg = server.access_token_signed_response_alg;
    const { payload, protectedHeader } = await check(last.access_token, server, { algorithms: [alg] });
    assert.deepEqual([protectedHeader.alg, protectedHeader.typ], [alg, 'at+jwt']);
    assert.deepEqual([payload.aud, payload.client_id, payload.scope], [server.resource, window.client_id, 'records:read']);
    assert.deepEqual([payload.acr, payload.auth_time], [id.acr, id.auth_time]);
    assert.deepEqual(payload.cnf, { jkt: await DPoP.calculateThumbprint() });
    assert.ok(payload.exp - payload.iat <= 600);
    // Introspection tells the same, to this server and to no other; UserInfo does not take it.
    const resource = await discover(server);
    const told = await openid.tokenIntrospection(resource, last.access_token);
    for (const name of ['sub', 'client_id', 'scope', 'exp', 'iss', 'acr']) assert.deepEqual(told[name], payload[name], name);
    const other = await discover(servers.find((another) => another !== server));
    assert.deepEqual(await openid.tokenIntrospection(other, last.access_token), { active: false });
    await assert.rejects(openid.fetchUserInfo(config, last.access_token, id.sub, { DPoP }), (error) => error.status === 401);
    subjects.add(payload.sub);
}
assert.equal(subjects.size, servers.length + 1, 'nobody knows the person by the same subject');

// An ID token is no access token, and an access token no hint of a login.
await assert.rejects(check(first.id_token, servers[0]));
await assert.rejects(jwtVerify(first.id_token, keys, { typ: 'at+jwt' }), (error) => error.claim === 'typ');
const hint = async (token) => {
    const address = openid.buildEndSessionUrl(config, { id_token_hint: token });
    return (await fetch(address, { redirect: 'manual' })).status;
};
assert.equal(await hint(first.id_token), 200);
assert.equal(await hint(last.access_token), 400);

// A resource server that did not ask for JWTs gets none; and a token is revoked as any other.
const plain = await openid.refreshTokenGrant(config, last.refresh_token, { resource: opaque.resource });
assert.equal(plain.access_token.split('.').length, 1);
const again = await openid.refreshTokenGrant(config, plain.refresh_token, { resource: servers[0].resource });
assert.equal((await check(again.access_token, servers[0])).payload.cnf, undefined);
await openid.tokenRevocation(config, again.access_token);
assert.deepEqual(await openid.tokenIntrospection(config, again.access_token), { active: false });

// A client of another sector that the operator did not let read them gets opaque ones, which say the same when they are asked
// about; one of the server's own sector knows the person by that subject anyway.
const tokenOf = async (client, resources) => {
    const configuration = await discover(client);
    const asked = await begin({ scope: 'openid records:read' });
    const address = openid.buildAuthorizationUrl(configuration, asked.parameters);
    for (const server of resources) address.searchParams.append('resource', server.resource);
    return openid.authorizationCodeGrant(configuration, await visit(address), asked.checks);
};
const unread = await tokenOf(stranger, servers.slice(0, 2));
assert.equal(unread.access_token.split('.').length, 1);
const asked = await openid.tokenIntrospection(await discover(servers[0]), unread.access_token);
assert.deepEqual([asked.active, asked.client_id, asked.scope], [true, stranger.client_id, 'records:read']);
assert.ok(subjects.has(asked.sub) && asked.sub !== unread.claims().sub);
const near = await tokenOf(neighbour, servers.slice(0, 1));
assert.equal((await check(near.access_token, servers[0])).payload.sub, near.claims().sub);

// A program's token is the program's.
const program = await discover(machine);
const own = await openid.clientCredentialsGrant(program, { resource: servers[0].resource });
const { payload } = await check(own.access_token, servers[0]);
assert.deepEqual([payload.sub, payload.client_id, payload.acr], [machine.client_id, machine.client_id, undefined]);
assert.notEqual(decodeJwt((await openid.clientCredentialsGrant(program, { resource: servers[0].resource })).access_token).jti, payload.jti);
done();
