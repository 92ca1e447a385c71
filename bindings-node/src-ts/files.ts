/** Files among the arguments. */
import { fileURLToPath } from 'node:url'
import { isSource, type Source } from './read.js'

/** What can be said about a file apart from its content. */
export interface FileFacts {
  /** Name of the file. By default, the last part of its path, or a name given by the operation. */
  name?: string | undefined
  /** Media type, such as `image/png`. By default, guessed from the content and the name. */
  type?: string | undefined
}

/** A file on disk. It is read in blocks while it is sent, never into memory as a whole. */
export interface FileAt extends FileFacts {
  /** Where it is: a path, or a `file:` URL such as `new URL('people.csv', import.meta.url)`. */
  path: string | URL
}

/**
 * A file in memory. Bytes are sent without a copy: as with `fs.writeFile`, do not change them or transfer them to a worker until
 * the call has ended.
 */
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
 * A file to upload: bytes (a `Buffer` is a `Uint8Array`), which must not be changed until the call has ended, or an object that
 * says where the file is or what it contains. A plain string is refused, because it could mean either.
 */
export type FileInput = Uint8Array | FileAt | FileContent | FileBase64

/**
 * A file as JSON. Bytes do not travel as JSON: they are put into `contents`, and their place stands for them. Whether the
 * rest is a file is for core to say.
 */
export function encodeFile(file: unknown, contents: Uint8Array[]): unknown {
  if (isBytes(file)) return { content: put(file, contents) }
  if (!isSource(file)) return file
  const { content } = file
  return located(isBytes(content) ? { ...file, content: put(content, contents) } : file)
}

/** Memory that may go away or be shared is copied; all other is held until the call has ended. */
function put(content: Uint8Array, contents: Uint8Array[]): number {
  const { buffer } = content
  const steady =
    Object.prototype.toString.call(buffer) === '[object ArrayBuffer]' &&
    !('resizable' in buffer && buffer.resizable)
  return contents.push(steady ? content : new Uint8Array(content)) - 1
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
