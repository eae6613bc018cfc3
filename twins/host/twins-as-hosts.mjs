// Preloaded into function processes: leads the vendors' hosts to the twins. It changes Node in these processes and
// nothing of what is deployed, which refuses addresses such as the twins'.
import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'

const twins = JSON.parse(process.env.CROSSDOCK_TWINS ?? '{}')
const { request } = https

https.request = (...args) => {
  const [address, options, onAnswer] = args
  const url = URL.canParse(address) ? new URL(address) : undefined
  const twin = twins[url?.host]
  if (!twin) return request(...args)
  const { agent: _, lookup: __, headers, ...rest } = options
  // A twin knows its vendor's hosts, and refuses any other.
  const asked = { ...rest, headers: { ...headers, host: url.host } }
  return http.request(`${twin}${url.pathname}${url.search}`, asked, onAnswer)
}
syncBuiltinESMExports()
