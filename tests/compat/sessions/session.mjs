// One scripted session that every JavaScript client plays: reads, writes, pipelines, transactions,
// then a failover in the middle. Talks to the test by lines: says "steady", waits for "killed" on
// its standard input, says "done".
import assert from 'node:assert/strict';
import readline from 'node:readline';

const KEYS = 300;
const RETRY_MS = 50;
const FAILOVER_MS = Number(process.env.SESSION_FAILOVER_MS);

// `client` offers get, set, del, incr, pipeline(commands), transaction(commands), close: commands
// are [name, key, ...arguments], those of a transaction share a slot.
export async function play(client) {
  await readsAndWrites(client);
  await pipelines(client);
  await transactions(client);
  await failover(client);
  await client.close();
  console.log('done');
}

async function readsAndWrites(client) {
  assert.equal(await client.set('greeting', 'hello'), 'OK');
  assert.equal(await client.get('greeting'), 'hello');
  assert.equal(await client.get('no such key'), null);
  assert.equal(await client.set('unicode', 'Grüße, 葡萄'), 'OK');
  assert.equal(await client.get('unicode'), 'Grüße, 葡萄');
  assert.equal(await client.del('greeting'), 1);
  for (let expected = 1; expected <= 5; expected++) {
    assert.equal(await client.incr('counter'), expected);
  }
  await assert.rejects(client.incr('unicode'), /not an integer/);
}

async function pipelines(client) {
  const names = Array.from({ length: 100 }, (_, i) => `{pipeline}${i}`);
  const sets = await client.pipeline(names.map((name, i) => ['SET', name, String(i)]));
  assert.deepEqual(sets, names.map(() => 'OK'));
  const gets = await client.pipeline(names.map((name) => ['GET', name]));
  assert.deepEqual(gets, names.map((_, i) => String(i)));
}

async function transactions(client) {
  await client.set('{account}from', '10');
  const replies = await client.transaction([
    ['DECRBY', '{account}from', '3'],
    ['INCRBY', '{account}to', '3'],
    ['MGET', '{account}from', '{account}to'],
  ]);
  assert.deepEqual(replies, [7, 3, ['7', '3']]);
}

async function failover(client) {
  await writeAll(client, 'before');
  console.log('steady');
  await lineFromTest('killed');
  await writeAll(client, 'after');
  await readAll(client, 'before');
  await readAll(client, 'after');
}

async function writeAll(client, prefix) {
  for (let i = 0; i < KEYS; i++) {
    await untilDone(() => client.set(`${prefix}:${i}`, String(i)));
  }
}

async function readAll(client, prefix) {
  for (let i = 0; i < KEYS; i++) {
    assert.equal(await untilDone(() => client.get(`${prefix}:${i}`)), String(i));
  }
}

// A client may give up while a primary is replaced; the user tries again.
async function untilDone(action) {
  const deadline = Date.now() + FAILOVER_MS;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function lineFromTest(expected) {
  const lines = readline.createInterface({ input: process.stdin });
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => {
      lines.close();
      process.stdin.unref?.();
      line === expected ? resolve() : reject(new Error(`expected ${expected}, got ${line}`));
    });
  });
}
