/** Abort signals. A signal has one listener of ours at most, however many calls wait on it: Node.js warns of more than ten. */

type Callback = () => void

const callbacks = new WeakMap<AbortSignal, Set<Callback>>()

/** Calls `callback` when `signal` is aborted. Gives back what takes that back. */
export function onAbort(signal: AbortSignal, callback: Callback): () => void {
  let waiting = callbacks.get(signal)
  if (waiting === undefined) {
    callbacks.set(signal, (waiting = new Set()))
    signal.addEventListener('abort', aborted, { once: true })
  }
  waiting.add(callback)
  return () => forget(signal, callback)
}

function forget(signal: AbortSignal, callback: Callback): void {
  const waiting = callbacks.get(signal)
  if (waiting?.delete(callback) && waiting.size === 0) {
    callbacks.delete(signal)
    signal.removeEventListener('abort', aborted)
  }
}

function aborted(this: AbortSignal): void {
  const waiting = callbacks.get(this) ?? []
  callbacks.delete(this)
  for (const callback of waiting) callback()
}
