// Proxies that tests put between a client and a tenant, and that remember where they were sent.

import { once } from 'node:events'
import { createServer as createHttpServer, request } from 'node:http'
import { connect, createServer } from 'node:net'

import { listening } from './support.mjs'

const ACCEPTED = Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])

/** A SOCKS 5 proxy (RFC 1928) that asks for a user and a password (RFC 1929). Gives its host and port, and where clients that it
 * knows wanted to go. */
export async function socksProxy(t, user = 'me', password = 'hunter2') {
  const targets = []
  const server = createServer((client) => {
    serve(client, user, password, targets).catch(() => client.destroy())
  })
  return { address: await listening(t, server), targets }
}

/** An HTTP proxy that lets nobody through. Gives its host and port, and where clients wanted to go. */
export async function closedProxy(t, status = '502 Bad Gateway') {
  const targets = []
  const server = createHttpServer(({ url }, response) => {
    targets.push(url)
    const [code, ...words] = status.split(' ')
    response.writeHead(Number(code), words.join(' ')).end()
  })
  server.on('connect', ({ url }, socket) => {
    targets.push(url)
    socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`)
  })
  return { address: await listening(t, server), targets }
}

/** An HTTP proxy that takes every name for the tenant's. Gives its host and port, and what it was asked for. */
export async function proxyOfAnyName(t, tenant) {
  const targets = []
  const server = createHttpServer((incoming, response) => {
    const { method, url, headers } = incoming
    targets.push(url)
    const { pathname, search } = new URL(url)
    const onward = request(
      `${tenant.url}${pathname}${search}`,
      { method, headers, agent: false },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers)
        answer.pipe(response)
      },
    )
    incoming.pipe(onward)
  })
  return { address: await listening(t, server), targets }
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
