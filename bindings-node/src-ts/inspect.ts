/** Name of the method by which an object says how it prints. Without node:util, so that types need no types of Node.js. */
export const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom')
