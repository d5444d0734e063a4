// Introspection and revocation: what each client learns of a token, and whose revocation counts.

import assert from 'node:assert/strict';

import { done, given, issuer, openid, tokens } from './road.mjs';

const [owner, other, server, native] = given;
const config = (client, metadata, authentication = openid.ClientSecretBasic(client.client_secret)) =>
    openid.discovery(issuer, client.client_id, metadata, authentication);
const ours = await config(owner);
const theirs = await config(other, undefined, openid.ClientSecretPost(other.client_secret));
const resource = await config(server, { introspection_signed_response_alg: undefined });
const inactive = { active: false };
const refused = (call, error) => assert.rejects(call, (thrown) => (assert.equal(thrown.error, error, thrown), true));

const { serverMetadata } = ours;
assert.ok(serverMetadata.call(ours).revocation_endpoint && serverMetadata.call(ours).introspection_endpoint);
const first = await tokens(ours, { scope: 'openid profile offline_access records:read' });

// The client that it was issued to sees all of it.
const own = await openid.tokenIntrospection(ours, first.access_token);
assert.equal(own.active, true);
assert.equal(own.client_id, owner.client_id);
assert.equal(own.sub, first.claims().sub);
assert.equal(own.iss, issuer.origin);
assert.equal(own.scope, 'openid profile offline_access records:read');
assert.equal(own.token_type, 'Bearer');
assert.equal(own.acr, first.claims().acr);
assert.equal(own.auth_time, first.claims().auth_time);
assert.ok(own.exp > Date.now() / 1000 && own.exp <= Date.now() / 1000 + 600);
assert.equal((await openid.tokenIntrospection(ours, first.refresh_token)).active, true);

// A resource server sees the part of its scopes, and the person by a subject of its own; no refresh token concerns it,
// and no access token that holds the provider's scopes alone, though it is registered with one of them.
const seen = await openid.tokenIntrospection(resource, first.access_token);
assert.deepEqual([seen.active, seen.scope, seen.client_id], [true, 'records:read', owner.client_id]);
assert.notEqual(seen.sub, own.sub);
assert.deepEqual(await openid.tokenIntrospection(resource, first.refresh_token), inactive);
const narrow = await openid.refreshTokenGrant(ours, first.refresh_token, { scope: 'openid profile' });
assert.deepEqual(await openid.tokenIntrospection(resource, narrow.access_token), inactive);

// Whoever else learns nothing, of any token.
for (const token of [first.access_token, narrow.refresh_token, 'no-such-token']) {
    assert.deepEqual(await openid.tokenIntrospection(theirs, token), inactive);
}
assert.deepEqual(await openid.tokenIntrospection(ours, first.refresh_token), inactive, 'it was used');

// Who proves nothing may not even ask.
const anonymous = await config(native, undefined, openid.None());
const challenged = (error) => error.status === 401 && error.cause[0].scheme === 'basic';
await assert.rejects(openid.tokenIntrospection(anonymous, first.access_token), challenged);
const guess = await config(owner, undefined, openid.ClientSecretBasic('a guess'));
await assert.rejects(openid.tokenIntrospection(guess, first.access_token), (error) => error.status === 401);

// RFC 9701: the answer is signed for whoever accepts that, by the algorithm that it is registered with.
const signed = await config(server, { introspection_signed_response_alg: 'ES256' });
openid.enableNonRepudiationChecks(signed);
const told = await openid.tokenIntrospection(signed, first.access_token);
assert.deepEqual([told.active, told.sub, told.scope], [true, seen.sub, 'records:read']);
assert.deepEqual(await openid.tokenIntrospection(signed, 'no-such-token'), inactive);

// Another client's revocation changes nothing, and is told nothing.
await openid.tokenRevocation(theirs, first.access_token);
await openid.tokenRevocation(theirs, narrow.refresh_token);
await openid.tokenRevocation(theirs, 'no-such-token');
assert.equal((await openid.tokenIntrospection(ours, first.access_token)).active, true);

// An access token goes alone; a refresh token takes with it all that hangs on its login.
await openid.tokenRevocation(ours, first.access_token, { token_type_hint: 'refresh_token' });
assert.deepEqual(await openid.tokenIntrospection(ours, first.access_token), inactive);
await assert.rejects(openid.fetchUserInfo(ours, first.access_token, own.sub), (error) => error.status === 401);
assert.equal((await openid.tokenIntrospection(ours, narrow.access_token)).active, true);
await openid.tokenRevocation(ours, narrow.refresh_token);
assert.deepEqual(await openid.tokenIntrospection(ours, narrow.access_token), inactive);
await refused(openid.refreshTokenGrant(ours, narrow.refresh_token), 'invalid_grant');

// A public client revokes by its name alone.
const public_ = await tokens(anonymous, { scope: 'openid' });
await openid.tokenRevocation(anonymous, public_.refresh_token);
await assert.rejects(openid.fetchUserInfo(anonymous, public_.access_token, public_.claims().sub), (error) => error.status === 401);

// What is missing or proves nothing is said by its code and status.
const endpoint = serverMetadata.call(ours).revocation_endpoint;
const basic = `Basic ${Buffer.from(`${owner.client_id}:${owner.client_secret}`).toString('base64')}`;
const post = (url, body, headers) => fetch(url, { method: 'POST', body: new URLSearchParams(body), headers });
const introspection = serverMetadata.call(ours).introspection_endpoint;
const wrong = { token: 'x', client_id: owner.client_id, client_secret: 'a guess' };
for (const [body, headers, error, ...statuses] of [
    [{}, { authorization: basic }, 'invalid_request', 400, 400],
    [{ token: 'x' }, {}, 'invalid_client', 400, 401],
    [wrong, {}, 'invalid_client', 400, 401],
    [{ token: 'x' }, { authorization: basic.slice(0, -8) }, 'invalid_client', 401, 401],
]) {
    for (const [url, status] of [[endpoint, statuses[0]], [introspection, statuses[1]]]) {
        const answer = await post(url, body, headers);
        assert.deepEqual([answer.status, (await answer.json()).error], [status, error], url);
        assert.equal(answer.headers.get('cache-control'), 'no-store');
        // RFC 9110 section 15.5.2: a 401 has a challenge; RFC 6749 section 5.2 has one for who came by the header.
        assert.equal(answer.headers.get('www-authenticate')?.split(' ')[0], status === 401 ? 'Basic' : undefined);
    }
}
// A library shows what is wrong, whichever way it sent its secret.
const posted = await openid.discovery(issuer, owner.client_id, undefined, openid.ClientSecretPost('a guess'));
await assert.rejects(openid.refreshTokenGrant(posted, 'x'), (thrown) => thrown.error === 'invalid_client' && thrown.status === 400);
done();
