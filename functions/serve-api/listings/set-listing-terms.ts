import { requestNamed } from '../../../domain/listings/request-listings.ts'
import { setTerms } from '../../../domain/listings/terms.ts'
import { err, ok } from '../../../domain/result.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import type { Wrong } from '../../../schemas/api/problem.ts'
import { capableOf } from '../../../schemas/settings.ts'
import { refusals } from '../once.ts'
import { problem } from '../problems.ts'
import type { Handle } from '../route.ts'
import { saidTwice, secondOf } from '../stock/record-counts.ts'

/** Sets terms of listings, all or none; if one is unknown, the channel is asked for it. */
export const setListingTerms: Handle<typeof endpoints.setListingTerms> = async (asked, deps) => {
  const { headers, body, by } = asked
  const { channel, listings: told } = body
  const channels = deps.connections.filter(capableOf('orders')).map(({ id }) => id)
  if (!channels.includes(channel)) {
    const fix = `write one of ${channels.join(', ')}`
    const wrong = { pointer: '#/channel', detail: 'is unknown', fix }
    return err({ problem: problem('bad-request', 'The channel does not exist.', [wrong]) })
  }
  const twice = secondOf(told.map(({ sku }) => sku))
  if (twice >= 0) return err(saidTwice(`#/listings/${twice}/sku`, 'name each listing once'))
  const ids = told.map(({ sku }) => ({ connection: channel, sku }))
  const known = new Set((await deps.listings.find(ids, 'now')).map(({ sku }) => sku))
  const unknownIds = ids.filter(({ sku }) => !known.has(sku))
  await requestNamed(unknownIds, deps)
  const wrongs = told.flatMap(({ sku }, n) => (known.has(sku) ? [] : [unknown(n)]))
  if (wrongs.length > 0) {
    const detail = 'The channel is not known to sell all of these SKUs. Nothing was changed.'
    return err({ problem: problem('bad-request', detail, wrongs.slice(0, 50)) })
  }
  const key = ['listing-terms', by, headers['idempotency-key']]
  const done = await deps.once({ key, body }, async () => {
    const outcomes = [...(await setTerms({ channel, told, by }, deps)).values()]
    const number = (is: (typeof outcomes)[number]) => outcomes.filter((one) => one === is).length
    return { channel, changed: number('changed'), unchanged: number('unchanged') }
  })
  return done.ok ? ok(done.value) : err(refusals[done.error])
}

const unknown = (n: number): Wrong => ({
  pointer: `#/listings/${n}/sku`,
  detail: 'is not known to be sold by the channel',
  fix: "write the channel's SKU; Crossdock is asking the channel for it, so if it is new there, try again in a minute",
})
