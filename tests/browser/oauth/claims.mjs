// What a client asks for claim by claim (OpenID Connect Core §5.5), whom it asks about (`id_token_hint`), in which language, and
// the ways to UserInfo (§5.3.1), by npm's openid-client and by hand.

import assert from 'node:assert/strict';

import { begin, demo, done, given, issuer, look, openid, tokens } from './road.mjs';

const [window, frugal] = given;
const discover = (client) => openid.discovery(issuer, client.client_id, { id_token_signed_response_alg: client.id_token_signed_response_alg }, openid.ClientSecretBasic(client.client_secret));
const config = await discover(window);
assert.equal(config.serverMetadata().claims_parameter_supported, true);
const read = (answer) => openid.fetchUserInfo(config, answer.access_token, answer.claims().sub);
const keys = (claims) => Object.keys(claims).filter((name) => !['sub', 'acr'].includes(name)).sort();

// A claim comes where it is asked for, without its scope; those of the scope stay; what there is none of is passed over.
const asked = await tokens(config, {
    scope: 'openid',
    claims: JSON.stringify({ userinfo: { name: { essential: true }, nickname: null }, id_token: { region: null, verified_how: { value: 'certificate' } } }),
});
assert.deepEqual(keys(await read(asked)), ['name']);
assert.equal(asked.claims().region, 'HK');
assert.equal(asked.claims().verified_how, 'certificate');
assert.equal(asked.claims().name, undefined);
// What was asked for lasts as long as the login.
const renewed = await openid.refreshTokenGrant(config, asked.refresh_token);
assert.equal(renewed.claims().region, 'HK');
assert.deepEqual(keys(await read({ access_token: renewed.access_token, claims: () => renewed.claims() })), ['name']);
// Without the parameter it is as ever.
assert.deepEqual(keys(await read(await tokens(config, { scope: 'openid' }))), []);

// Nobody gets what they are not approved for, by this way either.
const poor = await discover(frugal);
const all = { name: null, region: null, document_number_masked: null, verified_by: null };
const little = await tokens(poor, { scope: 'openid', claims: JSON.stringify({ userinfo: all, id_token: all }) });
assert.deepEqual(keys(await openid.fetchUserInfo(poor, little.access_token, little.claims().sub)), ['name']);
assert.equal(little.claims().name.length > 0, true);
assert.equal(little.claims().document_number_masked, undefined);

// The language of the name.
const names = (await read(await tokens(config))).names;
for (const [claims_locales, script] of [['en', 'Latn'], ['fr zh-HK en', 'zh-Hant']]) {
    const told = (await read(await tokens(config, { claims_locales }))).name;
    assert.equal(told, names[script] ?? names.Latn, `${claims_locales}: ${JSON.stringify(names)}`);
}

// An essential level is reached, or the request fails; other values are wishes.
const acr = (how) => ({ claims: JSON.stringify({ id_token: { acr: how } }) });
assert.ok((await tokens(config, acr({ essential: true, values: ['urn:gd:loa:4'] }))).claims().acr >= 'urn:gd:loa:4');
assert.ok((await tokens(config, acr({ values: ['urn:mace:incommon:iap:gold'] }))).claims().acr);
const back = async (more) => {
    const { parameters } = await begin(more);
    const { here, status } = await look(openid.buildAuthorizationUrl(config, parameters));
    assert.ok(here, `status ${status}`);
    return new URL(here).searchParams;
};
assert.equal((await back(acr({ essential: true, value: 'gold' }))).get('error'), 'unmet_authentication_requirements');
for (const claims of ['not JSON', '[]', '{"userinfo":[]}', '{"id_token":{"name":true}}']) {
    assert.equal((await back({ claims })).get('error'), 'invalid_request', claims);
}

// Whom the client means: the person who is signed in, and nobody else.
const first = await tokens(config);
const sub = (value) => JSON.stringify({ id_token: { sub: { value } } });
for (const more of [{ id_token_hint: first.id_token }, { claims: sub(first.claims().sub) }, { id_token_hint: first.id_token, claims: sub(first.claims().sub) }]) {
    assert.ok((await back({ prompt: 'none', ...more })).get('code'), JSON.stringify(more));
}
assert.equal((await back({ prompt: 'none', claims: sub('somebody-else') })).get('error'), 'login_required');
assert.equal((await back({ prompt: 'none', id_token_hint: first.id_token, claims: sub('somebody-else') })).get('error'), 'invalid_request');
for (const id_token_hint of ['nonsense', little.id_token, first.id_token.replace(/\.[^.]*$/, '.AAAA')]) {
    assert.equal((await back({ prompt: 'none', id_token_hint })).get('error'), 'invalid_request');
}

// What does not matter to us is no reason to refuse.
for (const more of [{ display: 'page' }, { display: 'popup' }, { display: 'hologram' }, { ui_locales: 'se' }, { claims_locales: 'se' }, { unheard_of: 'extra' }]) {
    assert.ok((await back({ prompt: 'none', ...more })).get('code'), JSON.stringify(more));
}

// The ways to show a token (RFC 6750 §2), of which the address is none.
const userinfo = config.serverMetadata().userinfo_endpoint;
const { access_token } = first;
const authorization = `Bearer ${access_token}`;
const form = new URLSearchParams({ access_token });
const call = async (init, url = userinfo) => (await fetch(url, init)).status;
assert.equal(await call({ headers: { authorization } }), 200);
assert.equal(await call({ method: 'POST', headers: { authorization } }), 200);
assert.equal(await call({ method: 'POST', headers: { authorization }, body: new URLSearchParams({ other: 'x' }) }), 200);
assert.equal(await call({ method: 'POST', body: form }), 200);
assert.equal(await call({ method: 'POST', headers: { authorization }, body: form }), 400);
assert.equal(await call({ method: 'POST', body: `${form}&${form}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 400);
assert.equal(await call({ method: 'POST', body: JSON.stringify({ access_token }), headers: { 'content-type': 'application/json' } }), 401);
assert.equal(await call({}, `${userinfo}?access_token=${access_token}`), 401);
assert.equal(await call({ method: 'POST', body: new URLSearchParams({ access_token: 'invented' }) }), 401);
done();
