import { z } from 'zod'

/** The format of an ISO 4217 code. External input must be a `KnownCurrency`. */
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'write ISO 4217, for example EUR')
export type Currency = z.infer<typeof Currency>

/** Integer minor units of the document's currency; money is never a float. */
export const Minor = z.int()
export type Minor = z.infer<typeof Minor>

/**
 * ISO 4217 (amendment 179) by decimal places: currencies in circulation, and the units in which Chile and Uruguay
 * write prices (CLF, UYI, UYW). Excluded: funds, metals, XTS for tests, XXX for none. BGN, which ended in 2026, stays
 * for older orders.
 */
const byDigits: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP
    CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS
    KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD
    PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
    TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

const exponents: ReadonlyMap<string, number> = new Map(
  Object.entries(byDigits).flatMap(([digits, codes]) =>
    codes.split(/\s+/).map((code) => [code, Number(digits)] as const),
  ),
)

/** Decimal places of a currency: 2 for USD, 0 for JPY, 3 for KWD. `undefined` if not in ISO 4217. */
export const exponentOf = (currency: Currency): number | undefined => exponents.get(currency)

/** A currency with known decimal places. */
export const KnownCurrency = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: notKnown, abort: true })
  .refine((code) => exponents.has(code), { error: notKnown })

/** Quotes the code only if it is short enough to be one. */
function notKnown({ input }: { readonly input?: unknown }): string {
  const fix = 'write ISO 4217, for example EUR'
  return typeof input === 'string' && /^[A-Za-z]{1,5}$/.test(input)
    ? `${input} is not a currency in circulation: ${fix}`
    : fix
}
