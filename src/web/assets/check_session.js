// The frame of OpenID Connect Session Management 1.0 section 3.2: a client's page asks whether the login is still the one of
// its session_state, and is told `unchanged`, `changed` or `error`. It learns nothing but that.
'use strict';
(() => {
  const cookie = () => {
    const found = document.cookie.split('; ').find((pair) => pair.startsWith('__Host-pb-state='));
    return found ? found.slice('__Host-pb-state='.length) : '';
  };
  const base64url = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const answer = async (message, origin) => {
    if (typeof message !== 'string' || message.length > 512) return 'error';
    const parts = message.split(' ');
    const salt = (parts[1] || '').split('.')[1];
    if (parts.length !== 2 || !parts[0] || !salt) return 'error';
    const state = cookie();
    if (!state) return 'changed';
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${parts[0]} ${origin} ${state} ${salt}`));
    return `${base64url(digest)}.${salt}` === parts[1] ? 'unchanged' : 'changed';
  };
  addEventListener('message', async (event) => {
    if (!event.source || event.origin === 'null') return;
    event.source.postMessage(await answer(event.data, event.origin), event.origin);
  });
})();
