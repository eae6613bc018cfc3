import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { scope } from '../../connectors/business-central/settings.ts'
import type { TwinReply, TwinRequest, TwinWorld } from '../kit/twin.ts'

const Application = z.object({ clientId: z.string(), clientSecret: z.string() })

/** The application as an administrator registered it; kept, so that a secret stays good after a restart. */
export function applicationOf({ documents }: TwinWorld): z.infer<typeof Application> {
  const kept = Application.safeParse(documents.get('application', 'one'))
  if (kept.success) return kept.data
  const application = { clientId: randomUUID(), clientSecret: `twin~${randomUUID()}` }
  documents.put('application', 'one', application)
  return application
}

/** Answers the token endpoint as Microsoft Entra does. */
export function issueToken(world: TwinWorld, { body }: TwinRequest): TwinReply {
  const form = new URLSearchParams(body)
  const { clientId, clientSecret } = applicationOf(world)
  if (form.get('grant_type') !== 'client_credentials') return refuse(400, 'unsupported_grant_type')
  if (form.get('client_id') !== clientId) return refuse(400, 'unauthorized_client')
  if (form.get('client_secret') !== clientSecret) return refuse(401, 'invalid_client')
  if (form.get('scope') !== scope) return refuse(400, 'invalid_scope')
  const token = `eyTwin.${randomUUID()}`
  world.documents.put('token', token, seconds(world) + 3599)
  return answer(200, {
    token_type: 'Bearer',
    expires_in: 3599,
    ext_expires_in: 3599,
    access_token: token,
  })
}

/** True for a token that was issued here and has not expired. */
export function isAllowed(world: TwinWorld, authorization = ''): boolean {
  const until = world.documents.get('token', authorization.replace(/^Bearer /i, ''))
  return typeof until === 'number' && until > seconds(world)
}

const seconds = (world: TwinWorld): number => Math.floor(world.now().getTime() / 1000)

const refuse = (status: number, error: string): TwinReply =>
  answer(status, { error, error_description: `AADSTS0000: ${error}` })

const answer = (status: number, body: unknown): TwinReply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
