// A browser without a screen for Node: fetch with a cookie jar, which stops at redirects, and reads our forms.

export class Browser {
    #cookies = new Map();

    async request(url, options = {}) {
        const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const headers = { cookie, accept: 'text/html', 'accept-language': 'en', ...options.headers };
        const response = await fetch(url, { ...options, headers, redirect: 'manual' });
        for (const line of response.headers.getSetCookie()) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
            if (value === '') this.#cookies.delete(name);
            else this.#cookies.set(name, value);
        }
        return { status: response.status, url: String(url), location: response.headers.get('location'), body: await response.text() };
    }

    /** Follows redirects until a page is shown, or one leads to where `end` says. */
    async follow(page, end = () => false) {
        while (page.location) {
            const next = new URL(page.location, page.url);
            if (end(next)) return { ...page, ended: next };
            page = await this.request(next);
        }
        return page;
    }

    async open(url, end) {
        return this.follow(await this.request(url), end);
    }

    /** Sends the form whose action ends like this, with its token and these fields. */
    async submit(page, ending, fields, end) {
        const action = [...page.body.matchAll(/<form[^>]* action="([^"]*)"/g)].map((match) => match[1]).find((found) => found.endsWith(ending));
        if (!action) throw new Error(`${page.url} (${page.status}) has no form ${ending}`);
        const csrf = /name="csrf" value="([^"]*)"/.exec(page.body)[1];
        const body = new URLSearchParams({ csrf, ...fields });
        return this.follow(await this.request(new URL(action, page.url), { method: 'POST', body }), end);
    }
}
