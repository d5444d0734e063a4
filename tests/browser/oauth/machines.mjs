// A program without people: what it gets for itself, who sees what of it, and what it does not open.

import assert from 'node:assert/strict';

import { importPKCS8 } from 'jose';

import { done, given, issuer, openid } from './road.mjs';

const { program, server, window } = given;
const refused = (call, error) => assert.rejects(call, (thrown) => (assert.equal(thrown.error, error, thrown), true));
const key = await importPKCS8(program.pem, program.alg);
const config = await openid.discovery(issuer, program.client.client_id, undefined, openid.PrivateKeyJwt({ key, kid: 'signing' }));
const resource = await openid.discovery(issuer, server.client_id, undefined, openid.ClientSecretBasic(server.client_secret));
const hall = await openid.discovery(issuer, window.client_id, undefined, openid.ClientSecretBasic(window.client_secret));
assert.ok(config.serverMetadata().grant_types_supported.includes('client_credentials'));

const all = await openid.clientCredentialsGrant(config);
assert.deepEqual([all.scope, all.token_type, all.expires_in], ['records:read records:write', 'bearer', 600]);
assert.deepEqual([all.refresh_token, all.id_token], [undefined, undefined]);
const write = await openid.clientCredentialsGrant(config, { scope: 'records:write' });
assert.equal(write.scope, 'records:write');

const own = await openid.tokenIntrospection(config, all.access_token);
assert.deepEqual([own.active, own.sub, own.client_id, own.scope], [true, 'program', 'program', 'records:read records:write']);
assert.equal(own.acr, undefined);
const seen = await openid.tokenIntrospection(resource, all.access_token);
assert.deepEqual([seen.active, seen.sub, seen.scope], [true, 'program', 'records:read']);
assert.deepEqual(await openid.tokenIntrospection(resource, write.access_token), { active: false });
assert.deepEqual(await openid.tokenIntrospection(hall, all.access_token), { active: false });
await assert.rejects(openid.fetchUserInfo(config, all.access_token, openid.skipSubjectCheck), (error) => error.status === 401);

await openid.tokenRevocation(hall, all.access_token);
assert.equal((await openid.tokenIntrospection(config, all.access_token)).active, true);
await openid.tokenRevocation(config, all.access_token);
assert.deepEqual(await openid.tokenIntrospection(config, all.access_token), { active: false });

for (const scope of ['openid', 'records:delete', 'records:read profile']) {
    await refused(openid.clientCredentialsGrant(config, { scope }), 'invalid_scope');
}
await refused(openid.clientCredentialsGrant(hall), 'unauthorized_client');
await refused(openid.genericGrantRequest(config, 'authorization_code', { code: 'x' }), 'unauthorized_client');
await refused(openid.genericGrantRequest(config, 'password', {}), 'unsupported_grant_type');
done();
