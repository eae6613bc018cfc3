import type { AnyCommand } from './command.ts'
import type { endpoints } from './endpoints.ts'

export const roles = ['viewer', 'customer-service', 'operator', 'finance', 'admin'] as const

/** What a caller may do. Roles are sets: a caller may have several, and only `admin` includes the others. */
export type Role = (typeof roles)[number]

/** The scope of a token that gives a role. */
export const scopeOf = (role: Role): string => `crossdock/${role}`

type Needed = readonly Exclude<Role, 'admin'>[]

const everyone = ['viewer', 'customer-service', 'operator', 'finance'] as const satisfies Needed

/** Any one of these roles is enough; `admin` always is. `giveCommand` needs what the command needs, too. */
export const rolesOfEndpoint: Readonly<Record<keyof typeof endpoints, Needed>> = {
  submitChannelOrder: ['operator'],
  findOrders: everyone,
  readOrder: everyone,
  readTimeline: everyone,
  giveCommand: ['customer-service', 'operator', 'finance'],
  askForPrivacy: [],
  listExceptions: everyone,
  takeReport: ['operator'],
  takeCounts: ['operator'],
  takeMovements: ['operator'],
  readStock: everyone,
  readAvailability: everyone,
  setListingTerms: ['operator'],
  readListingTerms: everyone,
  readDescription: everyone,
}

/** Who may read an order together with its personal data. */
export const rolesOfPeople: Needed = ['customer-service']

export const rolesOfCommand: Readonly<Record<AnyCommand['do'], Needed>> = {
  hold: ['customer-service', 'operator'],
  resume: ['customer-service', 'operator'],
  cancel: ['customer-service'],
  edit: ['customer-service'],
  retry: ['operator'],
  answer: ['operator'],
  resolve: ['operator'],
}

/** Who resolves an exception that is about money. */
export const rolesOfMoney: Needed = ['finance']
