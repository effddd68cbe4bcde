"""A TCP proxy that holds everything up: slow_proxy LISTEN_PORT TARGET_PORT MILLISECONDS JITTER.
Bytes of one direction keep their order. While nobody listens at the target, the proxy refuses
connections as well. Where the kernel can delay packets itself, it does better."""

import asyncio
import random
import sys

CHUNK = 65536
LOOK_AGAIN_SECONDS = 0.05


class Way:
    """One direction of one connection."""

    def __init__(self, delay, jitter):
        self._delay, self._jitter = delay, jitter
        self._waiting = asyncio.Queue()

    async def take(self, reader):
        loop = asyncio.get_running_loop()
        due = 0.0
        while data := await reader.read(CHUNK):
            due = max(due, loop.time() + self._delay + random.uniform(0, self._jitter))
            self._waiting.put_nowait((due, data))
        self._waiting.put_nowait((due, b""))

    async def give(self, writer):
        loop = asyncio.get_running_loop()
        while True:
            due, data = await self._waiting.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not data:
                return writer.close()
            writer.write(data)
            await writer.drain()


class Proxy:
    def __init__(self, listen, target, delay, jitter):
        self._listen, self._target = listen, target
        self._delay, self._jitter = delay, jitter
        self._refused = asyncio.Event()

    async def run(self):
        while True:
            await self._wait_for_target()
            self._refused.clear()
            server = await asyncio.start_server(self._relay, "0.0.0.0", self._listen)
            await self._refused.wait()
            server.close()

    async def _wait_for_target(self):
        while True:
            try:
                _, writer = await self._connect()
                return writer.close()
            except OSError:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    def _connect(self):
        return asyncio.open_connection("127.0.0.1", self._target)

    async def _relay(self, reader, writer):
        try:
            there_reader, there_writer = await self._connect()
        except OSError:
            self._refused.set()
            return writer.close()
        out, back = Way(self._delay, self._jitter), Way(self._delay, self._jitter)
        ways = [out.take(reader), out.give(there_writer), back.take(there_reader), back.give(writer)]
        await asyncio.gather(*ways, return_exceptions=True)


if __name__ == "__main__":
    port, target_port, milliseconds, jitter_milliseconds = map(int, sys.argv[1:])
    asyncio.run(Proxy(port, target_port, milliseconds / 1000, jitter_milliseconds / 1000).run())
