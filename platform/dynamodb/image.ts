import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { StreamRecord } from 'aws-lambda'

/** An item from a stream record: binary values arrive in base64. */
export const imageOf = (image: NonNullable<StreamRecord['NewImage']>): Record<string, unknown> =>
  unmarshall(
    Object.fromEntries(
      Object.entries(image).map(([name, value]) => [
        name,
        // The types of Lambda and the SDK differ only in how they write the union.
        (value.B === undefined ? value : { B: Buffer.from(value.B, 'base64') }) as AttributeValue,
      ]),
    ),
  )
