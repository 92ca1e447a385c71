// Answers that no service should give: each ends in a value or in a typed error.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

import {
  Client,
  IdentityError,
  RequestTimeoutError,
  UnexpectedResponseError,
  staticToken,
} from 'cyberark-identity'

import { listening } from './support.mjs'

const SCIM_USER = (rest) => `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", ${rest}}`

/** Reads a user from a server that gives this answer to everything. */
async function get(t, answer, settings = {}) {
  const address = await listening(
    t,
    createServer((request, response) => answer(response)),
  )
  const client = new Client(`http://${address}`, { auth: staticToken('t'), ...settings })
  t.after(() => client.close())
  return client.scim.users.get('1')
}

function body(content) {
  return (response) => {
    response.setHeader('content-type', 'application/scim+json')
    response.end(content)
  }
}

test('what is no JSON, or nested too deep, is an error', async (t) => {
  const deep = SCIM_USER(`"deep": ${'['.repeat(100_000)}${']'.repeat(100_000)}`)
  const invalid = Buffer.from([0x7b, 0x22, 0x69, 0x64, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d])
  for (const content of [deep, invalid, '{"id": "1"', '{,}', '\0']) {
    const outcome = await get(t, body(content)).catch((error) => error)
    if (content !== deep) assert.ok(outcome instanceof UnexpectedResponseError, String(outcome))
    else assert.ok(outcome instanceof UnexpectedResponseError || outcome.id === '1', String(outcome))
  }
})

test('texts keep what they hold', async (t) => {
  const user = await get(t, body(SCIM_USER('"userName": "a\\u0000b"')))
  assert.equal(user.userName, 'a\0b')
})

test('a gigabyte that is announced is not read', async (t) => {
  const answer = (response) => {
    response.writeHead(200, { 'content-length': 2 ** 30 })
    response.write('{')
  }
  await assert.rejects(get(t, answer), (error) => {
    assert.ok(error instanceof UnexpectedResponseError)
    assert.match(error.message, /larger than 67108864 bytes.*maxResponseSize/s)
    return true
  })
})

test('a body without end is cut off, and its connection ends', async (t) => {
  const chunks = 1_000
  let [asked, sent] = [0, 0]
  let closed
  const gone = new Promise((resolve) => (closed = resolve))
  const answer = async (response) => {
    asked += 1
    response.on('close', closed)
    const chunk = Buffer.alloc(0x10000, ' ')
    for (; sent < chunks && !response.destroyed; sent += 1) {
      if (!response.write(chunk)) await Promise.race([once(response, 'drain'), gone])
    }
    response.end()
  }
  await assert.rejects(get(t, answer, { maxResponseSize: 1_000_000 }), (error) => {
    assert.ok(error instanceof UnexpectedResponseError)
    assert.match(error.message, /larger than 1000000 bytes.*maxResponseSize/s)
    return true
  })
  await gone
  assert.ok(sent < chunks, 'it was read to its end')
  assert.equal(asked, 1, 'it would come again')
})

test('a small body that grows when it is unpacked is cut off', async (t) => {
  const bomb = gzipSync(Buffer.alloc(50_000_000, ' '))
  const answer = (response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end(bomb)
  }
  await assert.rejects(get(t, answer, { maxResponseSize: 1_000_000 }), /larger than 1000000 bytes/)
})

test('more headers than anybody needs are refused', async (t) => {
  const answer = (response) => {
    for (let number = 0; number < 10_000; number += 1) response.setHeader(`x-${number}`, 'x'.repeat(100))
    response.end('{}')
  }
  await assert.rejects(get(t, answer, { maxRetries: 0 }), IdentityError)
})

test('a body that stands still ends in a time-out that says so', async (t) => {
  const answer = (response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('{')
  }
  await assert.rejects(get(t, answer, { readTimeoutMs: 200, maxRetries: 0 }), (error) => {
    assert.ok(error instanceof RequestTimeoutError)
    assert.match(error.message, /nothing came for 0\.2 s/)
    return true
  })
})

test('a body that drips ends with the time of the call, and so does its connection', async (t) => {
  let closed
  const gone = new Promise((resolve) => (closed = resolve))
  const answer = (response) => {
    response.writeHead(200, { 'content-length': 1_000_000 })
    const drops = setInterval(() => response.write(' '), 5)
    response.on('close', () => {
      clearInterval(drops)
      closed()
    })
  }
  await assert.rejects(get(t, answer, { timeoutMs: 2_500 }), (error) => {
    assert.ok(error instanceof RequestTimeoutError)
    assert.match(error.message, /no answer within 2\.5 s/)
    return true
  })
  await gone
})

test('what is not packed as it says is no answer', async (t) => {
  for (const encoding of ['gzip', 'br']) {
    let asked = 0
    const answer = (response) => {
      asked += 1
      response.setHeader('content-encoding', encoding)
      response.end(Buffer.from([0x7b, 0xff, 0xff, 0xff, 0x7d]))
    }
    await assert.rejects(get(t, answer), (error) => {
      assert.ok(error instanceof UnexpectedResponseError)
      assert.match(error.message, /cannot be decompressed/)
      return true
    })
    assert.equal(asked, 1)
  }
})
