"""A TCP proxy that holds everything up: slow_proxy LISTEN_PORT TARGET_PORT MILLISECONDS JITTER.
Bytes of one direction keep their order. Where the kernel can delay packets itself, it does better."""

import asyncio
import random
import sys

CHUNK = 65536


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


async def relay(reader, writer, target, delay, jitter):
    try:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", target)
    except OSError:
        return writer.close()
    out, back = Way(delay, jitter), Way(delay, jitter)
    ways = [out.take(reader), out.give(there_writer), back.take(there_reader), back.give(writer)]
    await asyncio.gather(*ways, return_exceptions=True)


async def main(listen, target, milliseconds, jitter):
    server = await asyncio.start_server(
        lambda reader, writer: relay(reader, writer, target, milliseconds / 1000, jitter / 1000),
        "0.0.0.0", listen)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
