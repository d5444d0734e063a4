// An ID token by each algorithm that a client may be registered with, its signature checked by the published keys.

import assert from 'node:assert/strict';

import { done, given, issuer, openid, tokens } from './road.mjs';

for (const client of given) {
    const alg = client.id_token_signed_response_alg;
    const metadata = { id_token_signed_response_alg: alg };
    const config = await openid.discovery(issuer, client.client_id, metadata, openid.ClientSecretBasic(client.client_secret));
    assert.ok(config.serverMetadata().id_token_signing_alg_values_supported.includes(alg));
    openid.enableNonRepudiationChecks(config);
    const answer = await tokens(config);
    const header = JSON.parse(Buffer.from(answer.id_token.split('.')[0], 'base64url'));
    assert.equal(header.alg, alg);
    assert.equal(answer.claims().aud, client.client_id);
    assert.ok((await openid.fetchUserInfo(config, answer.access_token, answer.claims().sub)).name);
}
done();
