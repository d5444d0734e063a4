// Runs the program that `pearlbridge client add` prints: begins a login, is told where the browser came back, finishes it.
// usage: node hall.mjs PROGRAM.mjs; one JSON value a line, out: {url}, in: {here}, out: {claims, person}

import { webcrypto } from 'node:crypto';
import { createInterface } from 'node:readline';

globalThis.crypto ??= webcrypto; // Node 18 has it under its module's name alone
const hall = await import(process.argv[2]);

const { url, login } = await hall.begin();
console.log(JSON.stringify({ url }));
for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await hall.finish(JSON.parse(line).here, login)));
    process.exit(0);
}
