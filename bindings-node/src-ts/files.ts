/** Files among the arguments. */
import { fileURLToPath } from 'node:url'
import { isSource, type Source } from './read.js'

/** What may be said of a file besides its content. */
export interface FileFacts {
  /** Name of the file. Left out: the last part of its path, or one of the operation's own. */
  name?: string | undefined
  /** Media type, such as `image/png`. Left out: told from the content and the name. */
  type?: string | undefined
}

/** A file on disk. It is read in blocks while it is sent, so that it is never in memory as a whole. */
export interface FileAt extends FileFacts {
  /** Where it is: a path, or a `file:` URL such as `new URL('people.csv', import.meta.url)`. */
  path: string | URL
}

/** A file in memory. */
export interface FileContent extends FileFacts {
  /** Its content; text is sent as UTF-8. */
  content: Uint8Array | string
}

/** A file in memory, as Base64. */
export interface FileBase64 extends FileFacts {
  /** Its content, with the standard alphabet and padding. */
  base64: string
}

/**
 * A file to upload: bytes (a `Buffer` is a `Uint8Array`), or an object that says where it is or what it holds. A plain text
 * is refused, because it could be meant as either.
 */
export type FileInput = Uint8Array | FileAt | FileContent | FileBase64

/** Contents of files, by the wire names of the arguments. */
export type Contents = Readonly<Record<string, Uint8Array>>

/** Parts bytes, which do not travel as JSON, from what does. Whether the rest is a file is for core to say. */
export function split(file: unknown): { about: unknown; content?: Uint8Array } {
  if (isBytes(file)) return { about: {}, content: file }
  if (!isSource(file)) return { about: file }
  const { content, ...about } = file
  return isBytes(content) ? { about: located(about), content } : { about: located(file) }
}

/** With its path as text. A URL of another kind stays as it is: no file is found there. */
function located(file: Source): Source {
  const { path } = file
  if (!(path instanceof URL)) return file
  return { ...file, path: path.protocol === 'file:' ? fileURLToPath(path) : path.href }
}

/** Not by its class: frameworks for tests bring their own. */
function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
}
