// A SOCKS 5 proxy (RFC 1928) that asks for a user and a password (RFC 1929).

import { once } from 'node:events'
import { connect, createServer } from 'node:net'

const ACCEPTED = Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])

/** A proxy that ends with the test. Gives its host and port, and where clients that it knows wanted to go. */
export async function socksProxy(t, user = 'me', password = 'hunter2') {
  const targets = []
  const sockets = new Set()
  const server = createServer((client) => {
    sockets.add(client)
    client.on('error', () => client.destroy())
    serve(client, user, password, targets).catch(() => client.destroy())
  }).listen(0, '127.0.0.1')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await once(server, 'listening')
  return { address: `127.0.0.1:${server.address().port}`, targets }
}

async function serve(client, user, password, targets) {
  await read(client, 1)
  await text(client) // the ways in which the client could sign in
  client.write(Buffer.from([5, 2]))
  await read(client, 1)
  const known = (await text(client)) === user && (await text(client)) === password
  client.write(Buffer.from([1, known ? 0 : 1]))
  if (!known) return client.end()
  const kind = (await read(client, 4))[3]
  const host = kind === 1 ? [...(await read(client, 4))].join('.') : await text(client)
  const port = (await read(client, 2)).readUInt16BE()
  targets.push(`${host}:${port}`)
  const server = connect(port, host)
  server.on('error', () => client.destroy())
  await once(server, 'connect')
  client.write(ACCEPTED)
  client.pipe(server).pipe(client)
}

/** A text behind a byte that tells its length. */
async function text(client) {
  const [length] = await read(client, 1)
  return (await read(client, length)).toString()
}

async function read(client, length) {
  for (;;) {
    const bytes = client.read(length)
    if (bytes !== null) return bytes
    if (client.readableEnded || client.destroyed) throw new Error('the client has gone')
    await Promise.race([once(client, 'readable'), once(client, 'close')])
  }
}
