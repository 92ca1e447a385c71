/** Well-known names of methods, also where the running Node.js or the user's types do not have them. */

/** How an object says how it prints. Without node:util, so that the types need no types of Node.js. */
export const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom')

/** `Symbol.dispose`, which the first versions of Node.js 20 lack. */
export const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose')

/** `Symbol.asyncDispose`, which the first versions of Node.js 20 lack. */
export const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')
