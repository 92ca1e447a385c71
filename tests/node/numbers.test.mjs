// Whole numbers that JavaScript would round: no digit of them is ever wrong, wherever they stand.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { UnexpectedResponseError } from 'cyberark-identity'

import { scripted } from './support.mjs'

const LARGE = '9007199254740993'
/** What Active Directory calls "never". */
const NEVER = '9223372036854775807'

const platform = (result) => ({ body: `{"success": true, "Result": ${result}}` })

test('in a record they are texts of their digits, and what fits is what it was', async (t) => {
  const client = await scripted(t, () =>
    platform(`{"Version": ${LARGE}, "Alias": 9007199254740991, "accountExpires": ${NEVER},
      "deep": [{"n": -${NEVER}, "m": -9007199254740991}], "huge": 123456789012345678901234567890,
      "part": 0.12345678901234567, "power": 1e20}`),
  )
  const user = await client.users.get('x')
  assert.equal(user.version, LARGE)
  assert.equal(user.alias, '9007199254740991')
  assert.deepEqual(user.extra, {
    accountExpires: NEVER,
    deep: [{ n: `-${NEVER}`, m: -9007199254740991 }],
    huge: '123456789012345678901234567890',
    part: 0.12345678901234567,
    power: 1e20,
  })
})

test('a field that is a number does not hold one that is rounded', async (t) => {
  const client = await scripted(t, () => platform(`[{"MemberCount": ${LARGE}}, {"MemberCount": 3}]`))
  const counts = await client.organizations.list()
  assert.deepEqual([...counts], [{ extra: { MemberCount: LARGE } }, { memberCount: 3 }])
})

test('so it is in rows of a query, in lists, and in what no operation describes', async (t) => {
  const client = await scripted(t, (request) =>
    request.url.startsWith('/scim')
      ? { body: `{"Resources": [{"id": "1", "n": ${LARGE}}], "totalResults": 1}` }
      : platform(`{"Results": [{"Row": {"n": ${NEVER}}}], "FullCount": 1}`),
  )
  const rows = await client.redrock.query({ script: 'select n from User' })
  assert.equal(rows[0].extra.n, NEVER)
  const raw = await client.request('POST', '/Redrock/Query', { body: {} })
  assert.deepEqual(raw.value, { Results: [{ Row: { n: NEVER } }], FullCount: 1 })
  assert.ok(raw.text().includes(`{"n": ${NEVER}}`), 'the body is as it came')
  const users = await client.scim.users.iter().toArray()
  assert.deepEqual(users[0].extra, { n: LARGE })
})

test('they go back as these texts, and not as other numbers', async (t) => {
  const sent = []
  const client = await scripted(t, (request, body) => {
    sent.push(body)
    return { body: `{"id": "1", "userName": "ana", "urn:x:y": {"n": ${LARGE}}}` }
  })
  const user = await client.scim.users.get('1')
  await client.scim.users.replace({ id: '1', user })
  assert.deepEqual(JSON.parse(sent[1])['urn:x:y'], { n: LARGE })
})

test('digits in texts are left alone', async (t) => {
  const texts = [`${LARGE}`, `a "${LARGE}"`, `: ${LARGE}, `, `\\${LARGE}`, `Ω${LARGE}`, `[${LARGE}]`]
  const client = await scripted(t, () => platform(JSON.stringify({ Name: 'x', texts, [LARGE]: 1, n: 2 })))
  assert.deepEqual((await client.users.get('x')).extra, { texts, [LARGE]: 1, n: 2 })
})

test('what is no JSON does not become any by its quotes', async (t) => {
  for (const wrong of [
    `{${LARGE}: 1}`,
    `{"n": 0${LARGE}}`,
    `{"n": ${LARGE}x}`,
    `{"n": --${LARGE}}`,
    `{"n": [1 ${LARGE}]}`,
    `{"n": ["x"${LARGE}]}`,
  ]) {
    const client = await scripted(t, () => ({ body: `{"id": "1", "deep": ${wrong}}` }))
    await assert.rejects(client.scim.users.get('1'), UnexpectedResponseError, wrong)
  }
})
