import { z } from 'zod'
import type { Account } from '../../domain/account.ts'
import { doubt, except, type Failure, halt } from '../../domain/failure.ts'
import type {
  Change,
  ListingsCapability,
  Outcome,
  Shown,
  ShownPage,
  Written,
} from '../../domain/listings/listings-capability.ts'
import { minorUnits } from '../../domain/money/minor-units.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { ask, pageOf, withKey } from './client.ts'
import { spent, UserError } from './responses.ts'
import { ShopifySettings } from './settings.ts'

/** Numbers of units at the one location of a connection; Shopify lowers `available` with each of its own sales. */
export const stock: ListingsCapability = {
  attributes: {
    quantity: {
      semantics: 'sellable',
      unsent: 'kept',
      // The most that one mutation takes (community.shopify.dev, read 2026-11-21).
      batch: 250,
      write: (account, changes) => write(account, changes),
    },
  },
  problem: (settings) =>
    ShopifySettings.parse(settings).location
      ? undefined
      : {
          field: 'location',
          what: 'write the digits of the location whose stock Crossdock sets, as they stand in the address of its page in Shopify, for example "70000000001"',
        },
  read: (account, cursor) => readSome(account, { cursor }),
  page: 250,
  find: {
    batch: 50,
    // Searches see what is new a moment later; Shopify does not say how long.
    lagSeconds: 60,
    ask: find,
  },
}

const Level = z
  .object({ quantities: z.array(z.object({ quantity: z.int() })) })
  .nullish()
  .transform((level) => level?.quantities[0]?.quantity)

const Variants = z.object({
  shop: z.object({ currencyCode: z.string() }),
  productVariants: pageOf(
    z.object({
      id: z.string(),
      sku: z.string().nullish(),
      price: z.string(),
      inventoryItem: z.object({ id: z.string(), tracked: z.boolean(), inventoryLevel: Level }),
    }),
  ),
})

/** Pages of one search: SKUs that look like the wanted ones may be found with them. */
const pages = 4

async function find(
  account: Account,
  skus: readonly string[],
): Promise<Result<readonly Shown[], Failure>> {
  // Reports differ on how a search writes a quotation mark (read 2026-11-30).
  if (skus.some((sku) => /["\\]/.test(sku))) {
    return err(except('effect-refused', 'shopify cannot search for a SKU with a quotation mark'))
  }
  const wanted = new Set(skus)
  const query = skus.map((sku) => `sku:"${sku}"`).join(' OR ')
  const found: Shown[] = []
  let cursor: string | undefined
  for (let page = 0; page < pages; page++) {
    const answer = await readSome(account, { query, cursor })
    if (!answer.ok) return answer
    found.push(...answer.value.listings.filter(({ sku }) => wanted.has(sku)))
    cursor = answer.value.cursor
    if (cursor === undefined) return ok(found)
  }
  return err(except('effect-refused', 'shopify finds too much for these SKUs'))
}

interface Search {
  /** @default everything */
  readonly query?: string
  /** @default the first page */
  readonly cursor?: string | undefined
}

/** A variant without a SKU, one whose stock Shopify does not track and one that is not kept at the location are no listings. */
async function readSome(
  account: Account,
  { query, cursor }: Search,
): Promise<Result<ShownPage, Failure>> {
  const answer = await ask(account, {
    operation: 'stockLevels',
    variables: { location: locationOf(account), query: query ?? null, after: cursor ?? null },
    answer: Variants,
  })
  if (!answer.ok) return answer
  const { shop, productVariants } = answer.value
  const { items, next } = productVariants
  const currency = shop.currencyCode
  const listings = items.flatMap(({ id, sku, price, inventoryItem }): Shown[] => {
    const units = inventoryItem.inventoryLevel
    if (!sku || !inventoryItem.tracked || units === undefined) return []
    const minor = minorUnits(price, currency)
    return [
      {
        sku,
        remote: { item: inventoryItem.id, variant: id },
        values: { quantity: units },
        ...(minor.ok && { price: { minor: minor.value, currency } }),
      },
    ]
  })
  return ok({
    listings,
    ...(next !== undefined && { cursor: next }),
  })
}

const StockError = UserError.extend({ code: z.string().nullish() })
type StockError = z.infer<typeof StockError>

const SetAnswer = z.object({
  inventorySetQuantities: z.object({
    inventoryAdjustmentGroup: z.object({ id: z.string() }).nullish(),
    userErrors: z.array(StockError),
  }),
})

/**
 * Sets numbers where Shopify shows what it should; where it does not, it is asked what it shows. A repeated attempt at the same
 * numbers of the same listings does nothing more.
 */
const write: ListingsCapability['attributes']['quantity']['write'] = (account, changes) =>
  withKey(
    changes.map(({ key, value, from }) => [key, value, from]),
    (key) => setOnce(account, changes, key),
  )

async function setOnce(
  account: Account,
  changes: readonly Change<number>[],
  key: string,
): Promise<Result<Written<number>, Failure>> {
  const first = await mutate(account, changes, key)
  // An answer that was lost comes a second time: Shopify remembers it by its key.
  const lost = !first.ok && first.error.next === 'doubt'
  const answer = lost ? await mutate(account, changes, key) : first
  if (!answer.ok) return answer
  const { inventoryAdjustmentGroup: group, userErrors } = answer.value.inventorySetQuantities
  const failure = wholeFailure(userErrors)
  if (failure) return err(failure)
  const refused = refusals(userErrors, changes)
  const stale = [...refused].flatMap(([change, { code }]) =>
    code === 'CHANGE_FROM_QUANTITY_STALE' ? [change] : [],
  )
  const shown = await shownOf(account, stale)
  if (!shown.ok) return shown
  const outcomes = changes.flatMap((change): Outcome<number>[] => {
    const { sku } = change
    const error = refused.get(change)
    // One that is refused keeps the others from being set: they are tried without it.
    if (!error) return group ? [{ sku, is: 'done' }] : []
    const shows = shown.value.get(change)
    if (shows !== undefined) return [{ sku, is: 'moved', shows }]
    return [{ sku, is: 'refused', reason: `shopify refuses it: ${error.message}` }]
  })
  return ok({ outcomes })
}

const mutate = (account: Account, changes: readonly Change<number>[], key: string) =>
  ask(account, {
    kind: 'write',
    operation: 'setStock',
    variables: {
      key,
      input: {
        name: 'available',
        reason: 'correction',
        referenceDocumentUri: `gid://crossdock/Publication/${key}`,
        quantities: changes.map(({ remote, value, from }) => ({
          inventoryItemId: remote['item'] ?? '',
          locationId: locationOf(account),
          quantity: value,
          changeFromQuantity: from ?? null,
        })),
      },
    },
    answer: SetAnswer,
  })

/** What concerns the request and not a number in it. */
function wholeFailure(errors: readonly StockError[]): Failure | undefined {
  const codes = errors.map(({ code }) => code)
  if (codes.includes('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED')) return spent
  if (codes.some((code) => code?.startsWith('IDEMPOTENCY_'))) {
    return doubt('an attempt with this key is under way at shopify')
  }
  if (codes.includes('INVALID_LOCATION')) {
    return halt('shopify has no such location: correct it in the settings')
  }
  const other = errors.find(({ field }) => placeOf(field) === undefined)
  return other && except('effect-refused', `shopify refuses the request: ${other.message}`)
}

/** The number that an error is about, by its place in the request: `input.quantities.3.quantity`. */
const placeOf = (field: StockError['field']): number | undefined => {
  const place = field?.[1] === 'quantities' ? Number(field[2]) : Number.NaN
  return Number.isInteger(place) ? place : undefined
}

const refusals = (
  errors: readonly StockError[],
  changes: readonly Change<number>[],
): ReadonlyMap<Change<number>, StockError> =>
  new Map(
    errors.flatMap((error) => {
      const change = changes[placeOf(error.field) ?? -1]
      return change ? [[change, error] as const] : []
    }),
  )

const Levels = z.object({
  nodes: z.array(z.object({ id: z.string(), inventoryLevel: Level }).nullable()),
})

/** Items that one question is about: it may cost no more than half of what Shopify allows one. */
const asked = 100

/** What Shopify shows of some now; one that it has no longer is left out. */
async function shownOf(
  account: Account,
  changes: readonly Change<number>[],
): Promise<Result<ReadonlyMap<Change<number>, number>, Failure>> {
  const shown = new Map<Change<number>, number>()
  for (let from = 0; from < changes.length; from += asked) {
    const some = changes.slice(from, from + asked)
    const answer = await ask(account, {
      operation: 'levelsOf',
      variables: { ids: some.map(({ remote }) => remote['item']), location: locationOf(account) },
      answer: Levels,
    })
    if (!answer.ok) return answer
    some.forEach((change, i) => {
      const units = answer.value.nodes[i]?.inventoryLevel
      if (units !== undefined) shown.set(change, units)
    })
  }
  return ok(shown)
}

const locationOf = ({ settings }: Account): string =>
  `gid://shopify/Location/${ShopifySettings.parse(settings).location ?? ''}`
