// Lists read to their end, page by page: against a tenant, and against services that page in their own ways.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ClientClosedError, InvalidArgumentError, UnexpectedResponseError, filter } from 'cyberark-identity'

import { calls, connect, requested, scripted, startTenant } from './support.mjs'

/** What was asked of a list: position and size of each page. */
function pages(tenant) {
  const asked = calls(tenant).filter((request) => request.path === '/scim/Users')
  return asked.map(({ query }) => {
    const parameters = new URLSearchParams(query)
    return [parameters.get('startIndex'), parameters.get('count')]
  })
}

/** A client of a service whose lists are what `answer(start, count)` says. */
function odd(t, answer) {
  return scripted(t, async (request) => {
    const { searchParams } = new URL(request.url, 'http://service')
    const page = await answer(Number(searchParams.get('startIndex')), Number(searchParams.get('count')))
    return { body: JSON.stringify(page) }
  })
}

const people = (...ids) => ids.map((id) => ({ id: String(id) }))

async function read(items, into = []) {
  for await (const item of items) into.push(item.id)
  return into
}

test('250 people come once and in order, from pages of 100', async (t) => {
  const tenant = startTenant(t, { seedUsers: 250 })
  const client = connect(t, tenant)
  const names = []
  for await (const user of client.scim.users.iter({
    sortBy: 'userName',
    count: 100,
  }))
    names.push(user.userName)
  const rows = await client.users.list()
  assert.ok(names.length >= 250)
  assert.deepEqual(names, rows.map((row) => row.name).sort())
  assert.deepEqual(pages(tenant), [
    ['1', '100'],
    ['101', '100'],
    ['201', '100'],
  ])
})

test('items that are asked for at once come in order, across pages, and then no more', async (t) => {
  const client = await odd(t, (start) => ({
    totalResults: 5,
    Resources: people(start, start + 1).slice(0, 6 - start),
  }))
  const items = client.scim.users.iter({ count: 2 })[Symbol.asyncIterator]()
  const given = await Promise.all(Array.from({ length: 7 }, () => items.next()))
  assert.deepEqual(
    given.map(({ done, value }) => (done ? 'end' : value.id)),
    ['1', '2', '3', '4', '5', 'end', 'end'],
  )
  assert.deepEqual(await items.return(), { done: true, value: undefined })
})

test('those that match, none, and groups', async (t) => {
  const client = connect(t, startTenant(t, { seedUsers: 5 }))
  for (const displayName of ['Night shift', 'Night watch', 'Day shift']) {
    await client.scim.groups.create({ displayName })
  }
  const night = client.scim.groups.iter({
    filter: filter.displayName.startsWith('Night'),
    count: 1,
  })
  assert.deepEqual((await night.toArray()).map((group) => group.displayName).sort(), [
    'Night shift',
    'Night watch',
  ])
  const nobody = client.scim.users.iter({
    filter: filter.userName.equals('nobody@acme.example'),
  })
  assert.deepEqual(await nobody.toArray(), [])
})

test('pages are fetched as they are needed, and none after the loop was left', async (t) => {
  const tenant = startTenant(t, { seedUsers: 20 })
  const users = connect(t, tenant).scim.users.iter({ count: 5 })
  assert.deepEqual(pages(tenant), [])
  let seen = 0
  for await (const user of users) {
    assert.ok(user.id)
    if (++seen === 6) break
  }
  assert.equal(pages(tenant).length, 2)
  assert.ok((await users.toArray()).length >= 20, 'a list can be read again')
  assert.deepEqual(pages(tenant)[2], ['1', '5'])
})

test('the next pages are under way while one is read, and end with the loop', async (t) => {
  const tenant = startTenant(t, { seedUsers: 20 })
  tenant.addFaults({ match: { path: '/scim/Users', nth: 2 }, action: 'hang' })
  let seen = 0
  for await (const user of connect(t, tenant).scim.users.iter({ count: 5 })) {
    assert.ok(user.id)
    if (++seen === 3) {
      await requested(tenant, 2, { path: '/scim/Users' })
      break
    }
  }
  await requested(tenant, 1, { path: '/scim/Users', outcome: 'client_closed' })
})

test('several pages are under way at once, and come in order', async (t) => {
  const waiting = []
  const together = async (start) => {
    if (start <= 6) return
    await new Promise((arrived) => {
      waiting.push(arrived)
      if (waiting.length === 3) waiting.splice(0).forEach((go) => go())
    })
  }
  const client = await odd(t, async (startIndex) => {
    await together(startIndex)
    return {
      Resources: people(startIndex, startIndex + 1),
      totalResults: 30,
      startIndex,
    }
  })
  const expected = Array.from({ length: 30 }, (_, index) => String(index + 1))
  assert.deepEqual(await read(client.scim.users.iter({ count: 2 }, { concurrency: 3 })), expected)
  for (const concurrency of [0, 17, 1.5, '3']) {
    await assert.rejects(read(client.scim.users.iter({}, { concurrency })), {
      field: 'concurrency',
    })
  }
})

test('an aborted signal ends the reading, also in the middle of a page', async (t) => {
  const tenant = startTenant(t, { seedUsers: 20 })
  const client = connect(t, tenant)
  const reason = new Error('seen enough')
  const controller = new AbortController()
  const seen = []
  const loop = async () => {
    for await (const user of client.scim.users.iter({ count: 10 }, { signal: controller.signal })) {
      seen.push(user.id)
      if (seen.length === 3) controller.abort(reason)
    }
  }
  await assert.rejects(loop(), (error) => error === reason)
  const asked = pages(tenant).length
  assert.equal(seen.length, 3)
  assert.ok(asked <= 2, 'one page may have been under way')
  const late = client.scim.users.iter({}, { signal: controller.signal })
  await assert.rejects(late.toArray(), (error) => error === reason)
  assert.equal(pages(tenant).length, asked)
})

test('a page that fails ends the reading in its error', async (t) => {
  const tenant = startTenant(t, { seedUsers: 20 })
  const client = connect(t, tenant, { maxRetries: 0 })
  tenant.addFaults({
    match: { path: '/scim/Users', nth: 2 },
    action: { status: 503 },
  })
  const seen = []
  await assert.rejects(read(client.scim.users.iter({ count: 10 }), seen), {
    status: 503,
  })
  assert.equal(seen.length, 10)
  const closed = read(client.scim.users.iter())
  client.close()
  await assert.rejects(closed, ClientClosedError)
})

test('a size that no page has, and a beginning that is not the first, are refused', async (t) => {
  const tenant = startTenant(t)
  const { users } = connect(t, tenant).scim
  for (const count of [0, -1, 1001, 1.5, NaN, '10', null]) {
    await assert.rejects(users.iter({ count }).toArray(), (error) => {
      assert.ok(error instanceof InvalidArgumentError)
      assert.deepEqual([error.field, error.operation], ['count', 'scim.users.query'], error.message)
      return true
    })
  }
  await assert.rejects(users.iter({ startIndex: 5 }).toArray(), {
    field: 'startIndex',
  })
  await assert.rejects(users.iter({ sortBy: 7 }).toArray(), {
    field: 'sortBy',
  })
  assert.deepEqual(tenant.requests(), [])
})

test('a service that always gives the first page is not followed in circles', async (t) => {
  for (const startIndex of [1, undefined]) {
    const asked = []
    const client = await odd(t, (start) => {
      asked.push(start)
      return { Resources: people(1, 2), totalResults: 9, startIndex }
    })
    const seen = []
    await assert.rejects(read(client.scim.users.iter({ count: 2 }), seen), (error) => {
      assert.ok(error instanceof UnexpectedResponseError)
      assert.match(error.message, /asked for the page from 3 and gave the (first one again|one from 1)/)
      assert.equal(error.delivery, 'answered')
      return true
    })
    assert.deepEqual(
      [seen, asked],
      [
        ['1', '2'],
        [1, 3],
      ],
    )
  }
})

test('a list that is cut off does not look complete', async (t) => {
  const asked = []
  const client = await odd(t, (start) => {
    asked.push(start)
    return { Resources: start === 1 ? people(1, 2) : [], totalResults: 9, startIndex: start }
  })
  const seen = []
  await assert.rejects(read(client.scim.users.iter({ count: 2 }), seen), /the list ends at 2 of 9/)
  assert.deepEqual(
    [seen, asked],
    [
      ['1', '2'],
      [1, 3],
    ],
  )
})

test('somebody who moved to the next page comes once', async (t) => {
  const answers = { 1: people(1, 2), 3: people(2, 3), 5: people(4) }
  const asked = []
  const client = await odd(t, (start) => {
    asked.push(start)
    return { Resources: answers[start], totalResults: 5, startIndex: start }
  })
  assert.deepEqual(await read(client.scim.users.iter({ count: 2 })), ['1', '2', '3', '4'])
  assert.deepEqual(asked.sort(), [1, 3, 5])
})

test('a service that gives shorter pages than asked for, and no total, is read to its end', async (t) => {
  const all = people(1, 2, 3, 4, 5)
  const client = await odd(t, (start) => ({
    Resources: all.slice(start - 1, start + 1),
  }))
  assert.deepEqual(await read(client.scim.users.iter({ count: 50 })), ['1', '2', '3', '4', '5'])
})

test('long pages come once and in order, whatever their items are made of', async (t) => {
  const name = (id) => `${id}, "Ana" \\ Suárez 安娜 🙂 [}`
  const all = Array.from({ length: 90 }, (_, id) => ({ id: String(id), userName: name(id) }))
  const shown = (start) => all.slice(Math.max(0, start - 6), start - 1 + 40) // each has five of the page before
  const client = await odd(t, (startIndex) => ({
    totalResults: 90,
    startIndex,
    Resources: shown(startIndex),
  }))
  const seen = []
  for await (const user of client.scim.users.iter({ count: 40 })) seen.push([user.id, user.userName])
  assert.deepEqual(
    seen,
    all.map(({ id, userName }) => [id, userName]),
  )
})

test('an item that cannot be read ends the reading in an error, after those before it', async (t) => {
  const items = people(...Array.from({ length: 40 }, (_, id) => id))
  items[25] = 'nobody'
  const client = await odd(t, (startIndex) => ({ totalResults: 40, startIndex, Resources: items }))
  const seen = []
  await assert.rejects(read(client.scim.users.iter(), seen), (error) => {
    assert.ok(error instanceof UnexpectedResponseError)
    assert.match(error.message, /scim\.users\.query: .*expected an object, found string/)
    return true
  })
  assert.ok(seen.length > 0 && seen.length <= 25, `${seen.length} came before it`)
  assert.deepEqual(
    seen,
    Array.from(seen, (_, id) => String(id)),
  )
})

test('what is no list, or no JSON, is an error and no empty list', async (t) => {
  const answers = [
    '[1]',
    '{"totalResults": 1, "Resources": {"id": "1"}}',
    '{"totalResults": 1, "Resources": [{"id": "1"}',
    '{"totalResults": 1, "Resources": [{"id": "1"} {"id": "2"}]}',
    '{"totalResults": 1, "Resources": [], "Resources": [{"id": "1"}]}',
  ]
  for (const body of answers) {
    const client = await scripted(t, () => ({ body }))
    await assert.rejects(client.scim.users.iter().toArray(), UnexpectedResponseError, body)
  }
  for (const body of ['{"totalResults": 0}', '{"totalResults": 0, "Resources": null}']) {
    const client = await scripted(t, () => ({ body }))
    assert.deepEqual(await client.scim.users.iter().toArray(), [])
  }
})
