// Runs before AWS's runtime client: gives it a client of the Lambda Runtime API in JavaScript, in place of its native
// addon, and ends the process with the host. It exchanges messages with the host, which take a quarter of what HTTP does.
import Module from 'node:module'

let resolveNext
process.on('message', (invocation) => resolveNext(invocation))
// The channel closes even when the host is killed.
process.on('disconnect', () => process.exit(0))

const nativeClient = {
  initializeClient() {},
  next: () => {
    const { promise, resolve } = Promise.withResolvers()
    resolveNext = resolve
    process.send({ type: 'next' })
    return promise
  },
  done: (id, body) => process.send({ id, ok: true, body }),
  error: (id, body) => process.send({ id, ok: false, body }),
}

const addon = 'rapid-client.node'
const resolveFilename = Module._resolveFilename
Module._resolveFilename = function (request, ...rest) {
  return request === `./${addon}` ? `/${addon}` : resolveFilename.call(this, request, ...rest)
}
const loadAddon = Module._extensions['.node']
Module._extensions['.node'] = (module, filename) => {
  if (filename === `/${addon}`) module.exports = nativeClient
  else loadAddon(module, filename)
}
