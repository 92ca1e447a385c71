/**
 * What every Node client does, and how it is measured: see ../python/work.py.
 *
 *     node work.mjs CLIENT WORK COUNT
 */
const [name, work, count] = process.argv.slice(2)
const IN_FLIGHT = 64

const client = await import(`./${name}.mjs`)
const known = await client.someIds(50)

if (work === 'get') await measured(sequential, Number(count))
else if (work === 'at_once') await measured(atOnce, Number(count))
else if (work === 'list') await measuredOnce(everybody, Number(count))
else throw new Error(`no such work: ${work}`)
client.close?.()

async function read(number) {
  const [userName, , email] = await client.get(known[number % known.length])
  if (!userName || !email) throw new Error('an empty user')
}

async function sequential(count) {
  for (let number = 0; number < count; number += 1) await read(number)
  return count
}

async function atOnce(count) {
  let next = 0
  const lane = async () => {
    while (next < count) await read(next++)
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
  return count
}

async function everybody(count) {
  const read = await client.everybody()
  if (read !== count) throw new Error(`${read} of ${count} users`)
  return read
}

async function measured(run, count) {
  await run(Math.max(1, Math.floor(count / 10)))
  await measuredOnce(run, count)
}

async function measuredOnce(run, count) {
  const cpu = process.cpuUsage()
  const wall = process.hrtime.bigint()
  const units = await run(count)
  const used = process.cpuUsage(cpu)
  console.log(
    JSON.stringify({
      cpu: (used.user + used.system) / 1e6,
      wall: Number(process.hrtime.bigint() - wall) / 1e9,
      units,
      rss: process.resourceUsage().maxRSS / 1024,
    }),
  )
}
