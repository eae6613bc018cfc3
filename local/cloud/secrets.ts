import type { Place } from './attributes.ts'
import { type AwsService, jsonAnswer, jsonError } from './aws-call.ts'

/** Secrets Manager with the given values, by name: reading only. */
export function secretsService(
  secrets: Readonly<Record<string, string>>,
  place: Place,
): AwsService {
  // Secrets Manager ends each ARN with six random characters.
  const arnOf = (name: string) =>
    `arn:aws:secretsmanager:${place.region}:${place.account}:secret:${name}-LoCaL1`
  const nameOf = (id: string) =>
    Object.keys(secrets).find(
      (name) => id === name || id === arnOf(name) || id === bare(arnOf(name)),
    )
  return {
    needs: ({ action, json }) => {
      const id = String(json['SecretId'] ?? '')
      return [{ action: `secretsmanager:${action}`, resource: arnOf(nameOf(id) ?? id) }]
    },
    denied: (message) => jsonError('AccessDeniedException', message),
    answer: async ({ action, json }) => {
      if (action !== 'GetSecretValue' && action !== 'DescribeSecret') {
        return jsonError(
          'InvalidRequestException',
          `${action} is not supported: secrets are read only`,
        )
      }
      const name = nameOf(String(json['SecretId'] ?? ''))
      if (name === undefined) {
        const message = "Secrets Manager can't find the specified secret."
        return jsonError('ResourceNotFoundException', message)
      }
      return jsonAnswer(200, {
        ARN: arnOf(name),
        Name: name,
        ...(action === 'GetSecretValue' ? { SecretString: secrets[name] } : {}),
        VersionId: '00000000-0000-4000-8000-000000000000',
        VersionStages: ['AWSCURRENT'],
      })
    },
  }
}

/** Without the random ending. */
function bare(arn: string): string {
  return arn.slice(0, -'-LoCaL1'.length)
}
