// HTTP/2: a call that is given up on a connection that others go on using, and clients that show who they are.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { Client, ConnectionFailedError, clientCredentials, staticToken } from 'cyberark-identity'

const SIGN_IN = clientCredentials({ appId: 'app', clientId: 'svc@acme.example', clientSecret: 'made-up' })
const PROGRAM = fileURLToPath(new URL('../../target/debug/http2', import.meta.url))

test('a call that is aborted ends its stream and no other', async (t) => {
  const server = await serve(t, 'answer', 'hold', 'hold')
  const client = new Client(server.url, { auth: staticToken('made-up'), caFile: server.ca_file })
  t.after(() => client.close())
  await client.users.get('1')
  const controller = new AbortController()
  const givenUp = client.users.get('1', { signal: controller.signal })
  let isOver = false
  const other = client.users.get('1').finally(() => (isOver = true))
  await server.until('requests', 3)
  controller.abort()
  await assert.rejects(givenUp, { name: 'AbortError' })
  await server.until('resets', 1)
  await client.users.get('1')
  assert.ok(!isOver, 'it is still held')
  server.release()
  assert.equal((await other).name, 'ana@acme.example')
  assert.deepEqual(await server.until('requests', 4), { connections: 1, requests: 4, resets: 1 })
})

test('a server that asks who is there is shown the certificate of the client, by the request for a token, too', async (t) => {
  const server = await serve(t, 'demand')
  const shown = { clientCertificate: server.certificate, clientKey: server.key }
  for (const [auth, requests] of [
    [staticToken('made-up'), 1],
    // The token is asked for first, so its request makes the connection.
    [SIGN_IN, 3],
  ]) {
    const client = new Client(server.url, { auth, caFile: server.ca_file, ...shown })
    t.after(() => client.close())
    assert.equal((await client.users.get('1')).name, 'ana@acme.example')
    assert.equal((await server.until('requests', requests)).requests, requests)
  }
})

test('who has no certificate is told that one was asked for', async (t) => {
  // The server hangs up without a word, so the client has to remember it.
  const server = await serve(t, 'demand')
  const settings = { caFile: server.ca_file, maxRetries: 0 }
  const stranger = new Client(server.url, { auth: SIGN_IN, ...settings })
  t.after(() => stranger.close())
  await assert.rejects(stranger.users.get('1'), (error) => {
    assert.ok(error instanceof ConnectionFailedError)
    assert.equal(error.operation, 'oauth2.token')
    assert.match(error.message, /asks for a certificate.*`clientCertificate`/s)
    return true
  })
  // Nothing of that was let in: what it counts is the next.
  const shown = { clientCertificate: server.certificate, clientKey: server.key }
  const known = new Client(server.url, { auth: staticToken('made-up'), ...settings, ...shown })
  t.after(() => known.close())
  await known.users.get('1')
  assert.deepEqual(await server.until('requests', 1), { connections: 1, requests: 1, resets: 0 })
})

/** Starts the server, which does these things with one request after the other. */
async function serve(t, ...acts) {
  const child = spawn(PROGRAM, acts, { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => child.kill())
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let last = JSON.parse((await lines.next()).value)
  return {
    ...last,
    release: () => child.stdin.write('\n'),
    /** Waits until it has seen so many. */
    async until(name, count) {
      while (!(last[name] >= count)) last = JSON.parse((await lines.next()).value)
      return last
    },
  }
}
