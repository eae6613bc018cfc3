import type { endpoints } from '../../schemas/api/endpoints.ts'
import { type Role, roles } from '../../schemas/api/roles.ts'

const resolve = (code: string, more = {}) => ({
  ...{ do: 'resolve', code, subject: 'order', note: 'done' },
  ...more,
})
/** Requests, each with the initials of who may: Viewer, Customer service, Operator, Finance, Admin. */
const all: readonly (readonly [keyof typeof endpoints, string, unknown?, string?])[] = [
  ['submitChannelOrder', 'OA'],
  ['findOrders', 'VCOFA'],
  ['readOrder', 'VCOFA'],
  ['readOrder', 'CA', undefined, 'people=true'],
  ['readTimeline', 'VCOFA'],
  ['giveCommand', 'COA', { do: 'hold', reason: 'wait' }],
  ['giveCommand', 'COA', { do: 'resume', reason: 'go' }],
  ['giveCommand', 'CA', { do: 'cancel', reason: 'unwanted' }],
  ['giveCommand', 'CA', { do: 'edit', field: 'note', value: 'x', reason: 'asked' }],
  ['giveCommand', 'OA', { do: 'retry' }],
  ['giveCommand', 'OA', { do: 'answer', intentId: 'i', answer: { type: 'not-done' } }],
  ['giveCommand', 'OA', resolve('over-shipped')],
  ['giveCommand', 'FA', resolve('money-kept')],
  ['giveCommand', 'FA', resolve('money-mismatch', { resolution: 'post' })],
  ['giveCommand', 'FA', resolve('money-mismatch', { resolution: 'cancel' })],
  ['giveCommand', 'FA', resolve('refunded-without-return')],
  ['askForPrivacy', 'A'],
  ['listExceptions', 'VCOFA'],
  ['takeReport', 'OA'],
  ['takeCounts', 'OA'],
  ['takeMovements', 'OA'],
  ['readStock', 'VCOFA'],
  ['readAvailability', 'VCOFA'],
  ['setListingTerms', 'OA'],
  ['readListingTerms', 'VCOFA'],
  ['readDescription', 'VCOFA'],
]

export const permissions = all.map(([name, who, body, query]) => ({ name, who, body, query }))

export const mayCall = (who: string, role: Role): boolean =>
  who.includes('VCOFA'[roles.indexOf(role)] ?? '?')
