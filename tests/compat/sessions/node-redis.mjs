// The session played with node-redis. Usage: node node-redis.mjs PORT...
import { createCluster } from 'redis';
import { play } from './session.mjs';

const cluster = createCluster({
  rootNodes: process.argv.slice(2).map((port) => ({ url: `redis://127.0.0.1:${port}` })),
});
cluster.on('error', () => {});
await cluster.connect();

const send = ([name, key, ...rest]) => cluster.sendCommand(key, false, [name, key, ...rest]);

async function transaction(commands) {
  const multi = cluster.multi();
  for (const [name, key, ...rest] of commands) multi.addCommand(key, false, [name, key, ...rest]);
  return multi.exec();
}

await play({
  get: (key) => cluster.get(key),
  set: (key, value) => cluster.set(key, value),
  del: (key) => cluster.del(key),
  incr: (key) => cluster.incr(key),
  // What is asked for in one turn is sent together.
  pipeline: (commands) => Promise.all(commands.map(send)),
  transaction,
  close: () => cluster.close(),
});
