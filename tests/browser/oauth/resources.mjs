// Resource indicators (RFC 8707): whom a token is meant for, by openid-client.

import assert from 'node:assert/strict';

import { begin, decide, done, given, issuer, look, openid, visit } from './road.mjs';

const { window, records, tax, machine, kiosk } = given;
const [RECORDS, TAX] = [records.resource, tax.resource];
const refused = (call, error) => assert.rejects(call, (thrown) => (assert.equal(thrown.error, error, thrown), true));
const discover = (client, authentication = openid.ClientSecretBasic(client.client_secret)) =>
    openid.discovery(issuer, client.client_id, undefined, authentication);
const config = await discover(window);
const [atRecords, atTax] = [await discover(records), await discover(tax)];
const inactive = { active: false };
const userinfo = config.serverMetadata().userinfo_endpoint;
const scope = 'openid profile records:read records:write tax:pay';
const several = (parameters, resources) => {
    const all = new URLSearchParams(parameters);
    for (const resource of resources) all.append('resource', resource);
    return all;
};
const enter = async (resources, more = undefined) => {
    const { parameters, checks } = await begin({ scope });
    const here = await visit(openid.buildAuthorizationUrl(config, several(parameters, resources)));
    return openid.authorizationCodeGrant(config, here, checks, more);
};

// Two resources: the token counts at both, at each for what it knows, and not at UserInfo.
const both = await enter([RECORDS, TAX]);
assert.equal(both.scope, 'records:read tax:pay');
const seen = await openid.tokenIntrospection(atRecords, both.access_token);
assert.deepEqual([seen.scope, seen.aud], ['records:read', [RECORDS]], 'and whom else it is for is not told');
assert.equal((await openid.tokenIntrospection(atTax, both.access_token)).scope, 'tax:pay');
assert.deepEqual((await openid.tokenIntrospection(config, both.access_token)).aud, [RECORDS, TAX]);
await assert.rejects(openid.fetchUserInfo(config, both.access_token, both.claims().sub), (error) => error.status === 401);

// A refresh narrows; the one after it may have all again, and none more than was asked for at first.
const one = await openid.refreshTokenGrant(config, both.refresh_token, { resource: TAX });
assert.equal(one.scope, 'tax:pay');
assert.deepEqual(await openid.tokenIntrospection(atRecords, one.access_token), inactive);
assert.equal((await openid.tokenIntrospection(atTax, one.access_token)).active, true);
await refused(openid.refreshTokenGrant(config, one.refresh_token, { resource: userinfo }), 'invalid_target');
await refused(openid.refreshTokenGrant(config, one.refresh_token, { resource: RECORDS, scope: 'tax:pay' }), 'invalid_target');
const again = await openid.refreshTokenGrant(config, one.refresh_token);
assert.equal(again.scope, 'records:read tax:pay');

// So does the exchange of the code; where no resource was named before, each is less.
const narrowed = await enter([RECORDS, userinfo], { resource: userinfo });
assert.equal(narrowed.scope, 'openid profile');
assert.ok((await openid.fetchUserInfo(config, narrowed.access_token, narrowed.claims().sub)).name);
assert.deepEqual(await openid.tokenIntrospection(atRecords, narrowed.access_token), inactive);
const open = await enter([], { resource: RECORDS });
assert.equal(open.scope, 'records:read');
assert.deepEqual(await openid.tokenIntrospection(atTax, open.access_token), inactive);

// What cannot be asked for is said in the browser, where it is pushed, and at the token endpoint.
const six = [1, 2, 3, 4, 5, 6].map((number) => `urn:resource:${number}`);
for (const resources of [['https://elsewhere.example/'], [RECORDS, 'https://elsewhere.example/'], [`${RECORDS}#part`], ['records'], six]) {
    const { parameters } = await begin({ scope });
    const back = await look(openid.buildAuthorizationUrl(config, several(parameters, resources)));
    if (back.here) {
        assert.equal(new URL(back.here).searchParams.get('error'), 'invalid_target', resources);
    } else {
        const here = await visit(openid.buildAuthorizationUrl(config, several(parameters, resources)));
        assert.equal(here.searchParams.get('error'), 'invalid_target', resources);
    }
    await refused(openid.buildAuthorizationUrlWithPAR(config, several(parameters, resources)), 'invalid_target');
}
const { parameters, checks } = await begin({ scope: 'openid tax:pay', resource: RECORDS });
await refused(openid.buildAuthorizationUrlWithPAR(config, parameters), 'invalid_target');
parameters.resource = TAX;
const pushed = await visit(await openid.buildAuthorizationUrlWithPAR(config, parameters));
assert.equal((await openid.authorizationCodeGrant(config, pushed, checks)).scope, 'tax:pay');

// A program for itself, and a device.
const program = await discover(machine);
const own = await openid.clientCredentialsGrant(program, { resource: RECORDS });
assert.equal(own.scope, 'records:read');
assert.deepEqual((await openid.tokenIntrospection(atRecords, own.access_token)).aud, [RECORDS]);
assert.deepEqual(await openid.tokenIntrospection(atTax, own.access_token), inactive);
for (const resource of ['https://elsewhere.example/', userinfo]) {
    await refused(openid.clientCredentialsGrant(program, { resource }), 'invalid_target');
}
const device = await discover(kiosk, openid.None());
await refused(openid.initiateDeviceAuthorization(device, { scope: 'openid', resource: RECORDS }), 'invalid_target');
const waiting = await openid.initiateDeviceAuthorization(device, { scope: 'openid records:read', resource: RECORDS });
await decide(waiting.verification_uri_complete, waiting.user_code, 'allow');
const there = await openid.pollDeviceAuthorizationGrant(device, waiting);
assert.equal(there.scope, 'records:read');
assert.deepEqual((await openid.tokenIntrospection(atRecords, there.access_token)).aud, [RECORDS]);
done();
