// Every operation's wire fixtures in Node: arguments to request, answer to result or error. Results are compared by the
// values in them, whatever their names: names are the subject of results.test.mjs, and Rust's wire.rs compares them all.

import assert from 'node:assert/strict'
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'

import { Client, IdentityError, operations, staticToken } from 'cyberark-identity'

const WIRE = new URL('../wire/', import.meta.url)
const HEADER = 'x-fixture'
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** Fixtures by name. A file with `answers` is as many, each with what differs from the members beside them. */
const fixtures = new Map(readdirSync(WIRE).flatMap((operation) => read(operation)))

const seen = new Map()
const notes = new Set()
const server = createServer((request, response) => {
  const name = request.headers[HEADER]
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    seen.set(name, { request, body: Buffer.concat(chunks).toString() })
    const { status, content_type, body, text = '' } = fixtures.get(name).response
    response.writeHead(status, {
      'content-type': content_type ?? 'application/json; charset=utf-8',
    })
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
    for (const [name, fixture] of fixtures) {
      if (name.startsWith(`${operation}/`)) await t.test(name, () => play(operation, name, fixture))
    }
  })
}

// `schemas` says what there is, so it is made anew. Some forms lack the attribute that a resource needs, or what tells that it
// was read; they get both.
for (const [operation, kind, needed] of [
  ['scim.users', 'user', 'userName'],
  ['scim.groups', 'group', 'displayName'],
]) {
  test(`what was read by ${operation}.get is put back whole`, async (t) => {
    const answer = `${operation}.replace/success`
    for (const [name, { arguments: args, result }] of fixtures) {
      if (!name.startsWith(`${operation}.get/`) || result === undefined) continue
      await t.test(name, async () => {
        const read = await client.call(`${operation}.get`, args, { extraHeaders: { [HEADER]: name } })
        const changes = { [needed]: 'put.back@acme.example' }
        if (typeof result.meta !== 'object') changes.meta = { location: 'x' }
        const changed = { ...read, ...changes }
        await client.call(
          `${operation}.replace`,
          { id: 'x', [kind]: changed },
          { extraHeaders: { [HEADER]: answer } },
        )
        const sent = JSON.parse(seen.get(answer).body)
        assert.deepEqual(told(sent), told({ ...result, ...changes }))
      })
    }
  })
}

test('every id of the catalogue is a way to call its operation', async () => {
  const names = new Map(operations().flatMap(({ name, ids }) => ids.map((id) => [id, name])))
  const ids = readFileSync(new URL('../catalogue_ids.txt', import.meta.url), 'utf8')
    .trim()
    .split('\n')
  assert.equal(ids.length, 56)
  for (const id of ids) {
    const name = `${names.get(id)}/success`
    seen.delete(name)
    await play(id, name, fixtures.get(name))
  }
})

test('the operations that ran are noted', { skip: !process.env.SCENARIO_COVERAGE }, () => {
  appendFileSync(process.env.SCENARIO_COVERAGE, [...notes].map((name) => `node ${name}\n`).join(''))
})

/** A resource without its schemas and without what stands for nothing, dates in milliseconds, as JavaScript has them. */
function told({ schemas, ...resource }) {
  return JSON.parse(JSON.stringify(resource), (_, value) => {
    if (typeof value === 'string' && DATE.test(value)) return new Date(value).getTime()
    return value === null || (Array.isArray(value) && value.length === 0) ? undefined : value
  })
}

function read(operation) {
  return readdirSync(new URL(`${operation}/`, WIRE)).flatMap((file) => {
    const name = `${operation}/${file.replace(/\.json$/, '')}`
    const { answers, ...shared } = JSON.parse(readFileSync(new URL(`${operation}/${file}`, WIRE), 'utf8'))
    if (answers === undefined) return [[name, shared]]
    return answers.map((answer, index) => [`${name}#${index + 1}`, { ...shared, ...answer }])
  })
}

async function play(operation, name, fixture) {
  notes.add(name.split('/')[0])
  const call = client.call(operation, fixture.arguments, {
    extraHeaders: { [HEADER]: name },
  })
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
