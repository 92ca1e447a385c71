// Run as a worker thread: makes 50 calls and says so, or makes calls that never end.

import { parentPort, workerData } from 'node:worker_threads'

import { Client, staticToken } from 'cyberark-identity'

const { url, token, what } = workerData
const client = new Client(url, { auth: staticToken(token) })
if (what === 'calls') {
  const lists = await Promise.all(Array.from({ length: 50 }, () => client.users.list()))
  parentPort.postMessage(lists.length)
} else {
  const hang = { extraHeaders: { 'X-Emulator-Fault': '"hang"' } }
  for (let i = 0; i < 5; i++) client.users.list(hang)
}
