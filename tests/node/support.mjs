// What several tests need: tenants and clients that go away with their test, and a service that answers as it is told.

import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'

import { Client, staticToken } from 'cyberark-identity'
import { Emulator } from 'cyberark-identity/emulator'

/** A tenant that stops with the test. */
export function startTenant(t, options) {
  const tenant = Emulator.start(options)
  t.after(() => tenant.stop())
  return tenant
}

/** A client that is closed with the test. */
export function connect(t, tenant, options) {
  const client = new Client(tenant.url, { auth: tenant.credentials, ...options })
  t.after(() => client.close())
  return client
}

/** A fault for a single call. */
export function faulty(action) {
  return { extraHeaders: { 'X-Emulator-Fault': JSON.stringify(action) } }
}

/** Requests that were calls, without those for tokens. */
export function calls(tenant) {
  return tenant.requests().filter((request) => !request.path.startsWith('/oauth2/'))
}

/** A client of a service that gives every request the answer of `reply(request, body)`: status, headers and body. */
export async function scripted(t, reply) {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request.setEncoding('utf8')) body += part
    const { status = 200, headers = {}, body: text } = await reply(request, body)
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...headers })
    response.end(text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const client = new Client(`http://127.0.0.1:${server.address().port}`, {
    auth: staticToken('made-up-token'),
  })
  t.after(() => client.close())
  return client
}

/** Makes people, at the same time, and reads each. Gives their ids. No call may get the answer of another, of whatever thread. */
export function fiftyPeople(client, thread) {
  const one = async (_, number) => {
    const userName = `person${thread}-${number}@acme.example`
    const { id, userName: made } = await client.scim.users.create({ userName })
    assert.equal(made, userName)
    assert.equal((await client.scim.users.get(id)).userName, userName)
    const missing = client.users.getByName(`nobody${thread}-${number}@acme.example`)
    await assert.rejects(missing, { name: 'NotFoundError', operation: 'users.get_by_name' })
    return id
  }
  return Promise.all(Array.from({ length: 50 }, one))
}

/** Waits until there are so many requests like `wanted` on record at the tenant. */
export async function requested(tenant, count, wanted) {
  const query = new URLSearchParams({ ...wanted, count, wait_ms: 20_000 })
  const answer = await fetch(`${tenant.url}/_emulator/requests?${query}`)
  const found = await answer.json()
  assert.ok((found.requests ?? found).length >= count, `too few requests like ${query}`)
}

/** The answer of a platform call. */
export function envelope(result) {
  return { body: JSON.stringify({ success: true, Result: result }) }
}

/** Runs a program in a process of its own, to its end. Gives exit code, signal, and what it wrote. */
export function run(args, options = {}) {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      args,
      { timeout: 20_000, cwd: here, ...options },
      (_, stdout, stderr) => resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
    )
    child.stdin.end(options.input ?? '')
  })
}

/** Runs a module, given as text, in a process of its own. */
export function runScript(text, options) {
  return run(['--input-type=module', '--eval', text], options)
}

/** Starts a program and leaves it running; it ends with the test at the latest. */
export function start(t, args, options = {}) {
  const child = spawn(process.execPath, args, { cwd: here, stdio: ['pipe', 'pipe', 'pipe'], ...options })
  t.after(() => child.kill('SIGKILL'))
  return child
}

/** Lets a server listen on loopback until the test ends. Gives its host and port. */
export async function listening(t, server) {
  const sockets = new Set()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await once(server, 'listening')
  return `127.0.0.1:${server.address().port}`
}

/** The first line that a program writes. */
export async function firstLine(child) {
  let text = ''
  for await (const part of child.stdout.setEncoding('utf8')) {
    text += part
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'))
  }
  throw new Error(`it ended without a line, having written ${JSON.stringify(text)}`)
}

export const here = fileURLToPath(new URL('.', import.meta.url))
export const packageFolder = fileURLToPath(new URL('../../bindings-node/', import.meta.url))
