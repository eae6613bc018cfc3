import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { StreamRecord } from 'aws-lambda'

/** An item as a stream tells it to a function: its bytes, which no item has but in its own fields, come in base64. */
export const imageOf = (image: NonNullable<StreamRecord['NewImage']>): Record<string, unknown> =>
  unmarshall(
    Object.fromEntries(
      Object.entries(image).map(([name, value]) => [
        name,
        // Lambda's types and the SDK's differ in nothing but how they write the union.
        (value.B === undefined ? value : { B: Buffer.from(value.B, 'base64') }) as AttributeValue,
      ]),
    ),
  )
