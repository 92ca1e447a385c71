// Every operation's wire fixtures in Node: arguments to request, answer to result or error. Results are compared by the
// values in them, whatever their names: names are the subject of results.test.mjs, and Rust's wire.rs compares them all.

import assert from 'node:assert/strict'
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'

import { Client, IdentityError, staticToken } from 'cyberark-identity'

const WIRE = new URL('../wire/', import.meta.url)
const HEADER = 'x-fixture'
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

const seen = new Map()
const notes = new Set()
const server = createServer((request, response) => {
  const name = request.headers[HEADER]
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    seen.set(name, { request, body: Buffer.concat(chunks).toString() })
    const { status, content_type, body, text = '' } = load(name).response
    response.writeHead(status, { 'content-type': content_type ?? 'application/json; charset=utf-8' })
    response.end(body === undefined ? text : JSON.stringify(body))
  })
})
let client

before(async () => {
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${server.address().port}`
  client = new Client(url, { auth: staticToken('t0ken'), maxRetries: 0 })
})

after(() => {
  client.close()
  server.close()
})

for (const operation of readdirSync(WIRE)) {
  test(operation, async (t) => {
    for (const file of readdirSync(new URL(`${operation}/`, WIRE))) {
      const name = `${operation}/${file.replace(/\.json$/, '')}`
      await t.test(name, () => play(operation, name))
    }
  })
}

test('the operations that ran are noted', { skip: !process.env.SCENARIO_COVERAGE }, () => {
  appendFileSync(process.env.SCENARIO_COVERAGE, [...notes].map((name) => `node ${name}\n`).join(''))
})

function load(name) {
  return JSON.parse(readFileSync(new URL(`${name}.json`, WIRE), 'utf8'))
}

async function play(operation, name) {
  const fixture = load(name)
  notes.add(operation)
  const call = client.call(operation, fixture.arguments, { extraHeaders: { [HEADER]: name } })
  const [result, error] = await call.then(
    (value) => [value, undefined],
    (reason) => [undefined, reason],
  )
  if (fixture.error) checkError(error, fixture)
  else {
    assert.equal(error, undefined)
    assert.deepEqual(values(result), values(fixture.result))
  }
  checkRequest(seen.get(name), fixture.request)
}

function checkError(error, { error: expected, response }) {
  assert.ok(error instanceof IdentityError, `ended in ${error}`)
  assert.equal(error.name, `${expected.kind}Error`, error.message)
  assert.ok(error.message.includes(expected.message), error.message)
  assert.equal(error.status, response.status)
  assert.deepEqual(
    [error.code, error.messageId, error.errorId],
    [expected.code, expected.message_id, expected.error_id],
  )
}

function checkRequest({ request, body }, expected) {
  const [path, query = ''] = request.url.split('?')
  assert.deepEqual([request.method, path, query], [expected.method, expected.path, expected.query ?? ''])
  if (expected.parts) {
    assert.match(request.headers['content-type'], /^multipart\/form-data; boundary=/)
    for (const { disposition, text } of expected.parts) {
      assert.ok(body.includes(disposition) && body.includes(text), body)
    }
  } else {
    assert.equal(request.headers['content-type'], 'application/json')
    assert.deepEqual(body === '' ? undefined : JSON.parse(body), expected.body ?? undefined)
  }
}

/** What a result holds, without names, nothings and order. Dates count in milliseconds, as JavaScript has them. */
function values(result) {
  if (result === null || result === undefined) return []
  if (result instanceof Date) return [String(result.getTime())]
  if (typeof result === 'string' && DATE.test(result)) return values(new Date(result))
  if (Array.isArray(result)) {
    const { totalResults, startIndex, itemsPerPage } = result
    return [...result, totalResults, startIndex, itemsPerPage].flatMap(values).sort()
  }
  if (typeof result === 'object') return Object.values(result).flatMap(values).sort()
  return [JSON.stringify(result)]
}
