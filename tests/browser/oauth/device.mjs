// The device grant (RFC 8628): a kiosk shows a code, a person elsewhere types it and decides.

import assert from 'node:assert/strict';

import { decide, done, given, issuer, openid } from './road.mjs';

const [kiosk, other, demanding] = given;
const refused = (call, error) => assert.rejects(call, (thrown) => (assert.equal(thrown.error, error, thrown), true));
const config = await openid.discovery(issuer, kiosk.client_id, undefined, openid.None());
const foreign = await openid.discovery(issuer, other.client_id, undefined, openid.ClientSecretBasic(other.client_secret));
const strict = await openid.discovery(issuer, demanding.client_id, undefined, openid.None());
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
assert.ok(config.serverMetadata().grant_types_supported.includes(DEVICE));
const ask = (device, configuration = config) => openid.genericGrantRequest(configuration, DEVICE, { device_code: device.device_code });

// Allowed: the device gets what was asked for, once.
const device = await openid.initiateDeviceAuthorization(config, { scope: 'openid profile' });
assert.match(device.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
assert.equal(device.verification_uri, `${issuer.origin}/device`);
assert.equal(device.verification_uri_complete, `${issuer.origin}/device?user_code=${device.user_code}`);
assert.deepEqual([device.expires_in, device.interval], [600, 5]);
await refused(ask(device), 'authorization_pending');
await refused(ask(device), 'slow_down');
await refused(ask(device, foreign), 'unauthorized_client');
await refused(ask(device, strict), 'invalid_grant');
const page = await decide(device.verification_uri_complete, device.user_code.toLowerCase().replace('-', ' '), 'allow');
assert.match(page, /signed in/i);
const tokens = await openid.pollDeviceAuthorizationGrant(config, device, { scope: undefined });
assert.equal(tokens.scope, 'openid profile');
assert.equal(tokens.claims().aud, kiosk.client_id);
assert.ok((await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).name);
const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token);

// A code that is shown twice may be stolen: all that grew from it is over.
await refused(ask(device), 'invalid_grant');
await assert.rejects(openid.fetchUserInfo(config, refreshed.access_token, tokens.claims().sub), (error) => error.status === 401);
assert.match(await decide(device.verification_uri, device.user_code, 'allow'), /No device is waiting/);

// Refused, and a code that nobody has.
const second = await openid.initiateDeviceAuthorization(config, { scope: 'openid' });
assert.match(await decide(second.verification_uri, second.user_code, 'refuse'), /refused/i);
await refused(ask(second), 'access_denied');
assert.match(await decide(second.verification_uri, 'BCDF-GHJK', 'allow'), /No device is waiting/);

// A device that needs more than the session: the person proves more, and comes back to the code.
const third = await openid.initiateDeviceAuthorization(strict, { scope: 'openid' });
assert.match(await decide(third.verification_uri_complete, third.user_code, 'allow'), /signed in/i);
assert.equal((await openid.pollDeviceAuthorizationGrant(strict, third)).claims().acr >= 'urn:gd:loa:4', true);

// What cannot be begun.
await refused(openid.initiateDeviceAuthorization(foreign, { scope: 'openid' }), 'unauthorized_client');
await refused(openid.initiateDeviceAuthorization(config, { scope: 'profile' }), 'invalid_scope');
done();
