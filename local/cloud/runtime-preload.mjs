// Runs before AWS's runtime client: gives it a client of the Lambda Runtime API in JavaScript, in place of its
// native addon, and ends the process with the host.
import http from 'node:http'
import Module from 'node:module'

const api = '/2018-06-01/runtime'
const [host, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? '').split(':')
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 })

// The host holds the other end; it closes even when the host is killed.
process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0))
process.stdin.resume()
process.stdin.unref?.()

function call(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const sized =
      body === undefined
        ? headers
        : {
            ...headers,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          }
    const request = http.request(
      { host, port, path, method, agent, headers: sized },
      (response) => {
        const chunks = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('end', () => {
          resolve({ bodyJson: Buffer.concat(chunks).toString(), headers: response.headers })
        })
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

const lost = () => process.exit(1)

const nativeClient = {
  initializeClient() {},
  next: () => call('GET', `${api}/invocation/next`),
  done: (id, body) => {
    call('POST', `${api}/invocation/${id}/response`, body).catch(lost)
  },
  error: (id, body) => {
    call('POST', `${api}/invocation/${id}/error`, body, {
      'lambda-runtime-function-error-type': 'Unhandled',
    }).catch(lost)
  },
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
