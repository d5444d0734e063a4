// Mutual TLS (RFC 8705) by openid-client over node's https: who a client is by its certificate, and tokens that are bound to it.

import assert from 'node:assert/strict';
import { X509Certificate, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

import { createRemoteJWKSet, jwtVerify } from 'jose';

import { begin, demo, done, given, issuer, openid, visit } from './road.mjs';

const { chained, named, own, fapi, native, records, unpinned, certificates } = given;
const refused = (call, error) => assert.rejects(call, (thrown) => (assert.equal(thrown.error, error, thrown), true));
const unauthorized = (call) => assert.rejects(call, (thrown) => (assert.equal(thrown.status, 401, thrown), true));

/** A fetch that shows a certificate, whoever asks for one. */
const showing = ({ cert, key }) => {
    const material = { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(demo.ca_file), agent: false };
    return (url, { method, headers, body } = {}) =>
        new Promise((resolve, reject) => {
            const sent = request(url, { ...material, method, headers }, async (answer) => {
                const chunks = [];
                for await (const chunk of answer) chunks.push(chunk);
                const received = new Headers(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
                resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode, headers: received }));
            });
            sent.on('error', reject);
            sent.end(body === undefined || body === null ? undefined : String(body));
        });
};
const thumbprint = ({ cert }) => createHash('sha256').update(new X509Certificate(readFileSync(cert)).raw).digest('base64url');
const discover = async (client, certificate, authentication = openid.TlsClientAuth()) => {
    const metadata = { use_mtls_endpoint_aliases: true, id_token_signed_response_alg: client.id_token_signed_response_alg };
    return openid.discovery(issuer, client.client_id, metadata, authentication, { [openid.customFetch]: showing(certificate) });
};
const aliases = (await discover(chained, certificates.person)).serverMetadata().mtls_endpoint_aliases;
for (const name of ['token', 'revocation', 'introspection', 'userinfo', 'device_authorization', 'pushed_authorization_request']) {
    assert.ok(aliases[`${name}_endpoint`].startsWith(`${demo.mtls}/`), name);
}

// A certificate that the province recognises, by its subject: all of the flow, and tokens for its holder alone.
const config = await discover(chained, certificates.person);
const stranger = await discover(chained, certificates.stranger);
const enter = async (configuration, more = {}) => {
    const { parameters, checks } = await begin(more);
    const here = await visit(openid.buildAuthorizationUrl(configuration, parameters));
    return [here, checks];
};
let [here, checks] = await enter(config, { scope: 'openid profile offline_access records:read' });
await refused(openid.authorizationCodeGrant(stranger, here, checks), 'invalid_client');
const first = await openid.authorizationCodeGrant(config, here, checks);
const { sub } = first.claims();
assert.equal(first.token_type, 'bearer');
assert.ok((await openid.fetchUserInfo(config, first.access_token, sub)).name);
await unauthorized(openid.fetchUserInfo(stranger, first.access_token, sub));
const bare = await fetch(config.serverMetadata().userinfo_endpoint, { headers: { authorization: `Bearer ${first.access_token}` } });
assert.equal(bare.status, 401);
const told = await openid.tokenIntrospection(config, first.access_token);
assert.deepEqual([told.token_type, told.cnf], ['Bearer', { 'x5t#S256': thumbprint(certificates.person) }]);
const second = await openid.refreshTokenGrant(config, first.refresh_token);
assert.equal(second.refresh_token, undefined, 'a client with a key has its refresh token kept');
await refused(openid.refreshTokenGrant(stranger, first.refresh_token), 'invalid_client');
await openid.tokenRevocation(config, first.refresh_token);
assert.deepEqual(await openid.tokenIntrospection(config, second.access_token), { active: false });

// Neither its name alone, nor a certificate in its name that nobody recognises, nor a good one in another name.
const body = new URLSearchParams({ client_id: chained.client_id, token: 'x' });
const headers = { 'content-type': 'application/x-www-form-urlencoded' };
const alone = await fetch(config.serverMetadata().introspection_endpoint, { method: 'POST', body });
assert.deepEqual([alone.status, (await alone.json()).error], [401, 'invalid_client']);
for (const certificate of [certificates.copy, certificates.stranger, certificates.other]) {
    const answer = await showing(certificate)(aliases.introspection_endpoint, { method: 'POST', headers, body });
    assert.deepEqual([answer.status, (await answer.json()).error], [401, 'invalid_client'], certificate.cert);
}
const plain = await showing(certificates.person)(aliases.introspection_endpoint, { method: 'POST', headers, body });
assert.equal(plain.status, 200);

// Nor a good one in its name, if another authority is registered with the name, or none, which is the province's own.
for (const client of unpinned) {
    const body = new URLSearchParams({ client_id: client.client_id, token: 'x' });
    const answer = await showing(certificates.person)(aliases.introspection_endpoint, { method: 'POST', headers, body });
    const { error, error_description } = await answer.json();
    assert.deepEqual([answer.status, error], [401, 'invalid_client'], client.client_id);
    assert.match(error_description, /another authority/);
}

// One that the client signed itself, by its keys; its token is bound too, a JWT as well as an opaque one.
const program = await discover(own, certificates.own);
for (const resource of [undefined, records.resource]) {
    const token = await openid.clientCredentialsGrant(program, resource ? { resource } : {});
    const at = await openid.discovery(issuer, records.client_id, undefined, openid.ClientSecretBasic(records.client_secret));
    const seen = await openid.tokenIntrospection(at, token.access_token);
    assert.deepEqual(seen.cnf, { 'x5t#S256': thumbprint(certificates.own) });
    if (resource) {
        const keys = createRemoteJWKSet(new URL(program.serverMetadata().jwks_uri));
        const { payload } = await jwtVerify(token.access_token, keys, { audience: resource, typ: 'at+jwt' });
        assert.deepEqual(payload.cnf, seen.cnf);
    }
}
for (const certificate of [certificates.stranger, certificates.person]) {
    await refused(openid.clientCredentialsGrant(await discover(own, certificate)), 'invalid_client');
}

// A client that is registered by an alternative name of its certificate gets nothing by another.
await refused(openid.clientCredentialsGrant(await discover(named, certificates.person)), 'invalid_client');

// A public client proves nothing by its certificate, but binds its tokens to it, and its refresh token.
const anonymous = await discover(native, certificates.own, openid.None());
[here, checks] = await enter(anonymous, { scope: 'openid profile' });
const mine = await openid.authorizationCodeGrant(anonymous, here, checks);
const thief = await discover(native, certificates.stranger, openid.None());
await refused(openid.refreshTokenGrant(thief, mine.refresh_token), 'invalid_grant');
const without = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: mine.refresh_token, client_id: native.client_id });
const open = await fetch(config.serverMetadata().token_endpoint, { method: 'POST', body: without });
assert.deepEqual([open.status, (await open.json()).error], [400, 'invalid_request']);
assert.ok((await openid.refreshTokenGrant(anonymous, mine.refresh_token)).access_token);

// FAPI 2.0 with mutual TLS for both.
const held = await discover(fapi, certificates.own);
openid.enableNonRepudiationChecks(held);
const asked = await begin({ redirect_uri: fapi.redirect_uris[0], scope: 'openid profile' });
here = await visit(await openid.buildAuthorizationUrlWithPAR(held, asked.parameters));
const tokens = await openid.authorizationCodeGrant(held, here, asked.checks);
assert.ok((await openid.fetchUserInfo(held, tokens.access_token, tokens.claims().sub)).name);
await unauthorized(openid.fetchUserInfo(await discover(fapi, certificates.stranger), tokens.access_token, tokens.claims().sub));
done();
