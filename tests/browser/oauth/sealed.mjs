// ID tokens and UserInfo answers that are signed and encrypted as the client registered itself, opened by npm's openid-client
// (over npm's oauth4webapi and the Web Cryptography API), and by npm's jose.

import assert from 'node:assert/strict';

import { compactDecrypt, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';

import { demo, done, issuer, openid, redirect_uri, tokens } from './road.mjs';

const initialAccessToken = demo.initial_access_token;
const published = async (alg, kid, use = 'enc') => {
    const pair = await generateKeyPair(alg, { extractable: true });
    return { ...pair, jwk: { ...(await exportJWK(pair.publicKey)), kid, use, ...(use === 'enc' && { alg }) } };
};
const register = (metadata) => openid.dynamicClientRegistration(issuer, { redirect_uris: [redirect_uri], ...metadata }, undefined, { initialAccessToken });
const raw = async (config, answer) => {
    const response = await fetch(config.serverMetadata().userinfo_endpoint, { headers: { authorization: `Bearer ${answer.access_token}` } });
    return { kind: response.headers.get('content-type'), text: await response.text() };
};
const jwks = createRemoteJWKSet(new URL(`${demo.issuer}/oauth2/jwks`));

// Signed alone, by each algorithm.
for (const alg of ['RS256', 'ES256', 'PS256', 'EdDSA']) {
    const config = await register({ userinfo_signed_response_alg: alg });
    assert.ok(config.serverMetadata().userinfo_signing_alg_values_supported.includes(alg));
    openid.enableNonRepudiationChecks(config);
    const answer = await tokens(config);
    assert.ok((await openid.fetchUserInfo(config, answer.access_token, answer.claims().sub)).name);
    const { kind, text } = await raw(config, answer);
    assert.equal(kind, 'application/jwt');
    const { payload } = await jwtVerify(text, jwks, { issuer: demo.issuer, audience: config.clientMetadata().client_id });
    assert.equal(payload.sub, answer.claims().sub);
}

// Encrypted too, by each pair of algorithms; other keys stand beside the one that is meant.
for (const [alg, enc] of [
    ['RSA-OAEP-256', 'A128CBC-HS256'],
    ['RSA-OAEP-256', 'A256GCM'],
    ['ECDH-ES', 'A128GCM'],
    ['ECDH-ES', 'A128CBC-HS256'],
    ['ECDH-ES+A256KW', 'A256GCM'],
    ['ECDH-ES+A256KW', undefined],
]) {
    const [signing, own] = [await published('ES256', 'signing', 'sig'), await published(alg, 'encryption')];
    const config = await register({
        jwks: { keys: [signing.jwk, own.jwk] },
        id_token_encrypted_response_alg: alg,
        id_token_encrypted_response_enc: enc,
        userinfo_signed_response_alg: 'ES256',
        userinfo_encrypted_response_alg: alg,
        userinfo_encrypted_response_enc: enc,
    });
    openid.enableDecryptingResponses(config, [enc ?? 'A128CBC-HS256'], { key: own.privateKey, alg, kid: 'encryption' });
    openid.enableNonRepudiationChecks(config);
    const answer = await tokens(config);
    const { plaintext, protectedHeader } = await compactDecrypt(answer.id_token, own.privateKey);
    assert.deepEqual([protectedHeader.alg, protectedHeader.enc, protectedHeader.cty, protectedHeader.kid], [alg, enc ?? 'A128CBC-HS256', 'JWT', 'encryption']);
    await jwtVerify(new TextDecoder().decode(plaintext), jwks, { issuer: demo.issuer, audience: config.clientMetadata().client_id });
    assert.ok((await openid.fetchUserInfo(config, answer.access_token, answer.claims().sub)).name);
}

// Encrypted alone, which is JSON within.
const own = await published('ECDH-ES', 'encryption');
const config = await register({ jwks: { keys: [own.jwk] }, userinfo_encrypted_response_alg: 'ECDH-ES' });
const answer = await tokens(config);
const { kind, text } = await raw(config, answer);
assert.equal(kind, 'application/jwt');
const { plaintext } = await compactDecrypt(text, own.privateKey);
assert.equal(JSON.parse(new TextDecoder().decode(plaintext)).sub, answer.claims().sub);

// What cannot be done is refused when it is registered.
for (const [metadata, field] of [
    [{ userinfo_encrypted_response_alg: 'ECDH-ES' }, 'jwks'],
    [{ userinfo_encrypted_response_alg: 'RSA-OAEP-256', jwks: { keys: [own.jwk] } }, 'jwks'],
    [{ userinfo_encrypted_response_alg: 'RSA1_5', jwks: { keys: [own.jwk] } }, 'userinfo_encrypted_response_alg'],
    [{ id_token_encrypted_response_enc: 'A128GCM', jwks: { keys: [own.jwk] } }, 'id_token_encrypted_response_alg'],
    [{ id_token_encrypted_response_alg: 'ECDH-ES', id_token_encrypted_response_enc: 'A192GCM', jwks: { keys: [own.jwk] } }, 'id_token_encrypted_response_enc'],
    [{ userinfo_signed_response_alg: 'none' }, 'userinfo_signed_response_alg'],
    [{ jwks: { keys: [own.jwk] }, token_endpoint_auth_method: 'private_key_jwt' }, 'jwks'],
]) {
    await assert.rejects(register(metadata), (error) => {
        assert.deepEqual([error.error, error.error_description?.split(':')[0]], ['invalid_client_metadata', field], JSON.stringify(metadata));
        return true;
    });
}
done();
