// Reading what a service sends: by kind, leniently, without loss. The service of these tests says anything it is told to.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ListResponse, Rows, UnexpectedResponseError } from 'cyberark-identity'

import { connect, envelope, scripted, startTenant } from './support.mjs'

async function directoryUser(t, result) {
  const client = await scripted(t, () => envelope(result))
  return client.users.get('x')
}

async function scimUser(t, body) {
  const client = await scripted(t, () => ({
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }))
  return client.scim.users.get('x')
}

test('dates come in both encodings, and never is none', async (t) => {
  const user = await directoryUser(t, {
    CreateDate: '/Date(1731000000000)/',
    LastModifiedDate: '2024-11-07T17:20:00.0000000Z',
    LastPasswordChangeDate: '/Date(-62135596800000)/',
  })
  assert.deepEqual(user, {
    createDate: new Date('2024-11-07T17:20:00Z'),
    lastModifiedDate: new Date('2024-11-07T17:20:00Z'),
  })
})

test('what is no date is kept as it came', async (t) => {
  for (const odd of [
    'tomorrow',
    '2024',
    'Nov 7 2024',
    '/Date(soon)/',
    '/Date(99999999999999999)/',
    5,
    ['x'],
  ]) {
    assert.deepEqual(await directoryUser(t, { CreateDate: odd }), {
      extra: { CreateDate: odd },
    })
  }
})

test('booleans, numbers and texts come as each other', async (t) => {
  const user = await directoryUser(t, {
    InEverybodyRole: 'True',
    OauthClient: 'false',
    LockedByAdmin: 1,
    PasswordNeverExpire: '0',
    Version: 7,
    Description: true,
  })
  assert.deepEqual(user, {
    inEverybodyRole: true,
    oauthClient: false,
    lockedByAdmin: true,
    passwordNeverExpire: false,
    version: '7',
    description: 'true',
  })
  const client = await scripted(t, () =>
    envelope([{ MemberCount: '12' }, { MemberCount: 3 }, { MemberCount: 'many' }]),
  )
  const counts = await client.organizations.list()
  assert.deepEqual([...counts], [{ memberCount: 12 }, { memberCount: 3 }, { extra: { MemberCount: 'many' } }])
})

test('null and absent are both left out; the raw answer tells them apart', async (t) => {
  const client = await scripted(t, () => envelope({ Name: null, DisplayName: '' }))
  assert.deepEqual(await client.users.get('x'), { displayName: '' })
  const raw = await client.callRaw('users.get', { id: 'x' })
  assert.deepEqual(raw.json().Result, { Name: null, DisplayName: '' })
})

test('unknown fields are kept under their wire name, and other letter case is understood', async (t) => {
  const user = await scimUser(t, {
    USERNAME: 'ana',
    nickName: 'A',
    'urn:x:y': { z: 1 },
    Emails: [{ Value: 'a@b', verified: 'yes' }],
  })
  assert.deepEqual(user, {
    userName: 'ana',
    emails: [{ value: 'a@b', extra: { verified: 'yes' } }],
    extra: { nickName: 'A', 'urn:x:y': { z: 1 } },
  })
})

test('a field counts as it is spelled exactly, wherever it stands', async (t) => {
  for (const body of ['{"userName": "ana", "USERNAME": "ben"}', '{"USERNAME": "ben", "userName": "ana"}']) {
    assert.deepEqual(await scimUser(t, body), { userName: 'ana' })
  }
  assert.deepEqual(await scimUser(t, { EMAILS: ['a@b'], userName: 'ana' }), {
    userName: 'ana',
    extra: { emails: ['a@b'] },
  })
})

test('text of any script arrives as it was sent', async (t) => {
  for (const displayName of ['Ana Suárez', 'ÿ Ā', 'Сергій', '漢字 and 😀', 'a \\ Ω \" é \u2028', '\ufeff']) {
    assert.deepEqual(await scimUser(t, { displayName }), { displayName })
  }
})

test('what is no JSON does not become any on its way', async (t) => {
  for (const displayName of ['\\Ω', '\\é', '\\\\\\漢']) {
    await assert.rejects(scimUser(t, `{"displayName": "${displayName}"}`), UnexpectedResponseError)
  }
  assert.equal((await scimUser(t, '{"displayName": "\\\\Ω"}')).displayName, '\\Ω')
})

test('a single value where a list belongs is a list of one; an odd item keeps the list as it came', async (t) => {
  assert.deepEqual((await scimUser(t, { emails: { value: 'a@b' } })).emails, [{ value: 'a@b' }])
  assert.deepEqual((await scimUser(t, { emails: [null, { value: 'a@b' }] })).emails, [{ value: 'a@b' }])
  assert.deepEqual(await scimUser(t, { emails: ['a@b', { value: 'x' }] }), {
    extra: { emails: ['a@b', { value: 'x' }] },
  })
  assert.deepEqual(await scimUser(t, { name: 'Ana' }), {
    extra: { name: 'Ana' },
  })
})

test('hostile names make plain members', async (t) => {
  const user = await scimUser(
    t,
    '{"id": "1", "__proto__": {"admin": true}, "constructor": 1, "name": {"__proto__": null}}',
  )
  assert.equal(user.admin, undefined)
  assert.deepEqual(Object.keys(user.extra), ['__proto__', 'constructor'])
  assert.equal(Object.getPrototypeOf(user), Object.prototype)
  assert.equal({}.admin, undefined)
})

test('rows come wrapped, bare, empty or as null', async (t) => {
  const layouts = [
    [
      {
        Results: [{ Row: { Uuid: '1' } }, { Row: null }],
        FullCount: 9,
        Columns: [],
      },
      [{ uuid: '1' }, {}],
      9,
    ],
    [{ results: [{ Row: { UUID: '1' } }], fullcount: '4' }, [{ uuid: '1' }], 4],
    [{ Results: null }, [], undefined],
    [[{ Uuid: '1' }], [{ uuid: '1' }], undefined],
    [[], [], undefined],
    [null, [], undefined],
  ]
  for (const [result, rows, fullCount] of layouts) {
    const client = await scripted(t, () => envelope(result))
    const list = await client.users.list()
    assert.ok(list instanceof Rows)
    assert.deepEqual([...list], rows)
    assert.equal(list.fullCount, fullCount)
  }
})

test('pages of SCIM may lack their resources', async (t) => {
  for (const [body, length, total] of [
    [{ totalResults: 0 }, 0, 0],
    [{ totalResults: '3', Resources: null, startIndex: 1 }, 0, 3],
    [{ Resources: [{ id: '1' }] }, 1, undefined],
  ]) {
    const client = await scripted(t, () => ({ body: JSON.stringify(body) }))
    const page = await client.scim.users.query()
    assert.deepEqual([page.length, page.totalResults], [length, total])
  }
})

test('sequences are arrays, and what is derived of them is a plain one', async (t) => {
  const client = connect(t, startTenant(t, { seedUsers: 4 }))
  const page = await client.scim.users.query({ count: 3 })
  assert.ok(Array.isArray(page) && page instanceof ListResponse)
  for (const derived of [
    page.map((user) => user.id),
    page.filter(() => true),
    page.slice(1),
    page.concat([]),
  ]) {
    assert.equal(Object.getPrototypeOf(derived), Array.prototype)
  }
  assert.deepEqual(JSON.parse(JSON.stringify(page)).length, 3)
  const [first, ...rest] = page
  assert.deepEqual([first, ...rest], [...page])
})

test('success without a value is nothing, or an empty record', async (t) => {
  const client = await scripted(t, () => ({
    body: '{"success": true, "Result": null}',
  }))
  assert.equal(await client.access.setState({ id: 'x', state: 'None' }), undefined)
  assert.deepEqual(await client.users.get('x'), {})
})

test('what was read is sent back whole: dates, unknown fields, letter case', async (t) => {
  const sent = []
  const read = {
    id: '1',
    userName: 'ana@acme.example',
    emails: [{ value: 'a@b', type: 'work', verified: 'yes' }],
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': {
      organization: 'Sales',
      manager: { $ref: 'u/2', value: '2' },
    },
  }
  const client = await scripted(t, (request, body) => {
    if (request.method === 'POST') sent.push(JSON.parse(body))
    return { body: JSON.stringify(read) }
  })
  const { id, ...user } = await client.scim.users.get('1')
  assert.equal(user.enterprise.manager.reference, 'u/2')
  await client.scim.users.create(user)
  delete sent[0].schemas
  assert.deepEqual({ id, ...sent[0] }, read)
})

test('dates are sent as ISO 8601, undefined is left out, null is sent', async (t) => {
  const sent = []
  const client = await scripted(t, (request, body) => {
    sent.push(JSON.parse(body))
    return request.url.startsWith('/Org') ? envelope({}) : { body: '{}' }
  })
  const at = new Date('2026-01-02T03:04:05Z')
  await client.scim.users.create({
    userName: 'a@b',
    displayName: undefined,
    custom: { since: at },
  })
  await client.organizations.create({ name: 'x', description: null })
  await client.organizations.create({ name: 'x' })
  const custom = {
    'urn:scim:schemas:extension:custom:2.0': {
      since: '2026-01-02T03:04:05.000Z',
    },
  }
  assert.deepEqual({ ...sent[0], schemas: undefined }, { schemas: undefined, userName: 'a@b', ...custom })
  assert.deepEqual(sent.slice(1), [{ Name: 'x', Description: null }, { Name: 'x' }])
})

test('text of any script crosses unchanged, both ways', async (t) => {
  const client = connect(t, startTenant(t))
  for (const [index, displayName] of [
    'Ærøskøbing',
    '조 민수',
    '𝔘𝔫𝔦 👩🏽‍🚀',
    'Bob "BB" O\'Brien \\ /',
    '\u2028',
  ].entries()) {
    const made = await client.scim.users.create({
      userName: `text${index}@acme.example`,
      displayName,
    })
    assert.equal(made.displayName, displayName)
    assert.equal((await client.users.get(made.id)).displayName, displayName)
  }
})
