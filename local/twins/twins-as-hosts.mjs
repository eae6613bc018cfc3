// Preloaded into function processes: sends the vendors' hosts to the twins, as a DNS entry would.
const twins = JSON.parse(process.env.CROSSDOCK_TWINS ?? '{}')
const { fetch } = globalThis

globalThis.fetch = (input, init) => {
  const url = new URL(typeof input === 'string' || input instanceof URL ? input : input.url)
  const twin = twins[url.host]
  return twin ? fetch(`${twin}${url.pathname}${url.search}`, init) : fetch(input, init)
}
