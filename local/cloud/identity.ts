import type { Place } from './attributes.ts'
import type { AwsService } from './aws-call.ts'

/** STS `GetCallerIdentity`: allowed to everybody, as in AWS. */
export function identityService(place: Place): AwsService {
  return {
    needs: () => [],
    answer: async () => ({
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${place.account}:user/operator</Arn><UserId>operator</UserId><Account>${place.account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    }),
    denied: () => ({ status: 403, headers: { 'content-type': 'text/xml' }, body: '' }),
  }
}
