import { z } from 'zod'

/** An address without user and password, which would be secrets in the settings, at a name: no number ends a name. */
const https = /^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*(:\d{1,5})?(\/[^\s#]*)?$/

const address = (shape: RegExp, said: string) =>
  z
    .string()
    .regex(shape, { error: said, abort: true })
    .refine((text) => URL.canParse(text), said)

/** What a connection has in the settings beside what every connection has. */
export const Settings = z.object({
  capabilities: z
    .array(z.enum(['accounting', 'fulfilment'], 'write "accounting" or "fulfilment"'))
    .min(1, 'write "accounting", "fulfilment" or both')
    .describe(
      'What the system does: it keeps the books (accounting), sends the goods (fulfilment), or both.',
    ),
  url: address(
    https,
    'write an https address without user and password, for example https://erp.example.com/crossdock',
  ).describe('Where the system takes messages.'),
  isIdempotent: z
    .boolean()
    .default(true)
    .describe(
      'The system does nothing for a webhook-id that it has seen, and answers as it did then. Write false if it does not.',
    ),
  lookupUrl: address(
    /^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*(:\d{1,5})?\/[^\s#]*\{orderId\}[^\s#]*$/,
    'write an https address with {orderId} in its path, for example https://erp.example.com/crossdock/orders/{orderId}',
  )
    .optional()
    .describe('Where the system says what it did for an order. Default: it cannot be asked.'),
  lookupLagSeconds: z
    .int()
    .min(0)
    .max(900)
    .default(5)
    .describe('The longest that lookupUrl may not know yet what the system did.'),
  answersWithinSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(900)
    .describe(
      'How long after a 202 the system may take to report what came of it, before it is asked.',
    ),
  amends: z
    .boolean()
    .default(true)
    .describe(
      'The system changes what it has when it is told. Write false if it cannot: it is then told to cancel, and told anew.',
    ),
})
export type Settings = z.infer<typeof Settings>

const Whsec = z.string().regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/)

/** The connection's secret. `webhookSecrets`, with which the system signs its reports, are read by the door. */
export const Secret = z.object({
  /** What signs our messages: one, or the new and the old one during a rotation. */
  signingSecrets: z.array(Whsec).min(1).max(2),
  /** Sent with every request, for a gateway that wants a key of its own. */
  headers: z.record(z.string().regex(/^(?!webhook-|content-)[a-z0-9-]+$/), z.string()).default({}),
})
export type Secret = z.infer<typeof Secret>
