// New hires, in Node: reads a CSV file, creates the people, suspends a leaver, and meets two failures.
//
// Run it with `node examples/node/new_hires.mjs`. The tenant is the embedded one.

import { readFile, writeFile } from 'node:fs/promises'

import { Client, ConflictError } from 'cyberark-identity'
import { Emulator } from 'cyberark-identity/emulator'

const HIRES = new URL('../data/new_hires.csv', import.meta.url)
const PAGE = 100

async function main() {
  const tenant = Emulator.start({ seedUsers: 200 })
  const client = new Client(tenant.url, { auth: tenant.credentials })
  try {
    const created = await hire(client)
    const leaver = await suspendLeaver(client)
    await lookAtOrganizations(client)
    await meetFailures(client)

    const users = await allUsers(client)
    if (process.env.FINAL_STATE) {
      await saveState(client, users, process.env.FINAL_STATE)
    }
    console.log(
      `node: created ${created}, suspended ${leaver}, met 2 failures, ${users.length} users in the end`,
    )
  } finally {
    client.close()
    tenant.stop()
  }
}

async function hire(client) {
  const [names, ...rows] = (await readFile(HIRES, 'utf8')).trim().split('\n').map((line) => line.split(','))
  const hires = rows.map((cells) => Object.fromEntries(cells.map((cell, i) => [names[i], cell])))
  const users = await Promise.all(
    hires.map((row) =>
      client.scim.users.create({
        userName: row.user_name,
        displayName: `${row.given_name} ${row.family_name}`,
        name: { givenName: row.given_name, familyName: row.family_name },
        active: true,
        emails: [{ value: row.email, primary: true }],
        phoneNumbers: [{ value: row.mobile, type: 'mobile' }],
        enterprise: { organization: row.organization },
      }),
    ),
  )
  for (const user of users) {
    console.log(`  created ${user.displayName} (${user.userName})`)
  }
  return users.length
}

async function suspendLeaver(client) {
  const page = await client.scim.users.query({
    filter: 'userName ew "@acme.example"',
    sortBy: 'userName',
    count: PAGE,
  })
  console.log(`  ${page.totalResults} people have a login of acme.example`)
  const leaver = page.find((user) => user.active)
  await client.access.setState({ id: leaver.id, state: 'Disabled' })
  const after = await client.users.get(leaver.id)
  console.log(`  suspended ${after.name}: state ${after.state}`)
  return after.name
}

async function lookAtOrganizations(client) {
  await client.organizations.create({ name: 'Spring Intake' })
  for (const organization of await client.organizations.list()) {
    console.log(`  organization ${organization.name}`)
  }
}

async function meetFailures(client) {
  const outcomes = await Promise.allSettled([
    client.scim.users.create({ userName: 'ana.ruiz@acme.example' }),
    client.organizations.create({ name: 'Spring Intake' }),
  ])
  for (const { reason } of outcomes) {
    if (!(reason instanceof ConflictError)) {
      throw new Error(`a duplicate ended in ${reason}`)
    }
    console.log(`  refused with HTTP ${reason.status}: ${reason.message}`)
  }
}

async function allUsers(client) {
  const users = []
  for (;;) {
    const page = await client.scim.users.query({
      sortBy: 'userName',
      startIndex: users.length + 1,
      count: PAGE,
    })
    if (page.length === 0) return users
    users.push(...page)
  }
}

/** What is in the tenant, for `make demo` to compare. */
async function saveState(client, users, path) {
  const state = {
    organizations: (await client.organizations.list()).map((one) => one.name).sort(),
    users: users.map((user) => [user.userName, user.displayName, user.active, user.emails?.[0]?.value ?? null]),
  }
  await writeFile(path, JSON.stringify(state))
}

await main()
