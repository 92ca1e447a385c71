/** What the peers of this folder have in common. */
export const TENANT = JSON.parse(process.env.BENCH_TENANT)
export const PAGE = 1000

export const tokenUrl = `${TENANT.url}/oauth2/token/${TENANT.app_id}`
export const tokenForm = 'grant_type=client_credentials'
export const tokenHeaders = {
  authorization: `Basic ${Buffer.from(`${TENANT.client_id}:${TENANT.client_secret}`).toString('base64')}`,
  'content-type': 'application/x-www-form-urlencoded',
}

export function facts(user) {
  return [user.userName, user.active, user.emails?.[0]?.value]
}

export function checked(status, body) {
  if (status !== 200 || body.schemas?.[0]?.includes('Error')) throw new Error(`${status}`)
  return body
}

/** Reads all pages by a function that reads a path. */
export async function everybody(read) {
  let count = 0
  for (;;) {
    const page = await read(`Users?startIndex=${count + 1}&count=${PAGE}`)
    for (const user of page.Resources) if (facts(user)[0]) count += 1
    if (count >= page.totalResults || page.Resources.length === 0) return count
  }
}

/** What a client exports, made of a function that reads a path. */
export function clientOf(read) {
  return {
    someIds: async (count) => (await read(`Users?count=${count}`)).Resources.map((user) => user.id),
    get: async (id) => facts(await read(`Users/${id}`)),
    everybody: () => everybody(read),
  }
}
