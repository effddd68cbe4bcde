// The session played with ioredis. Usage: node ioredis.mjs PORT...
import { Cluster } from 'ioredis';
import { play } from './session.mjs';

const cluster = new Cluster(
  process.argv.slice(2).map((port) => ({ host: '127.0.0.1', port: Number(port) })),
);
cluster.on('error', () => {});

const answers = (pairs) => pairs.map(([error, reply]) => {
  if (error) throw error;
  return reply;
});
const lowered = (commands) => commands.map(([name, ...rest]) => [name.toLowerCase(), ...rest]);

await play({
  get: (key) => cluster.get(key),
  set: (key, value) => cluster.set(key, value),
  del: (key) => cluster.del(key),
  incr: (key) => cluster.incr(key),
  pipeline: async (commands) => answers(await cluster.pipeline(lowered(commands)).exec()),
  transaction: async (commands) => answers(await cluster.multi(lowered(commands)).exec()),
  close: () => cluster.quit(),
});
