import type { AnyCommand } from './command.ts'
import type { endpoints } from './endpoints.ts'

export const roles = ['viewer', 'customer-service', 'operator', 'finance', 'admin'] as const

/** A caller may have several roles; only `admin` includes the others. */
export type Role = (typeof roles)[number]

/** The token scope of a role. */
export const scopeOf = (role: Role): string => `crossdock/${role}`

/** The IAM role that gives a role to its principals. */
export const iamRoleName = (environment: string, role: Role): string =>
  `Crossdock-${environment}-${role}`

const assumed = new RegExp(`:assumed-role/Crossdock-[a-z0-9-]+-(${roles.join('|')})/`)

/** The role that a caller's ARN names. Any other principal of AWS may do what its own policy allows. */
export const roleOfArn = (arn: string): Role =>
  roles.find((role) => role === assumed.exec(arn)?.[1]) ?? 'admin'

type Needed = readonly Exclude<Role, 'admin'>[]

const everyone = ['viewer', 'customer-service', 'operator', 'finance'] as const satisfies Needed

/** Any one of these roles is enough; `admin` always is. `giveCommand` also requires a role for the command. */
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

/** Whether a role, alone, may call an endpoint. */
export const isOpenTo = (endpoint: string, role: Role): boolean =>
  role === 'admin' ||
  Object.entries(rolesOfEndpoint).some(
    ([name, needed]) => name === endpoint && needed.some((one) => one === role),
  )

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

/** Roles that may resolve exceptions about money. */
export const rolesOfMoney: Needed = ['finance']
