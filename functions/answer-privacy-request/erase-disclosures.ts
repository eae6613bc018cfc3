import type { PrivacyWork } from '../../schemas/messages/privacy-request.ts'
import { disclosures } from './disclose.ts'
import { isAboutEverybody } from './find.ts'
import type { PrivacyDeps } from './privacy-deps.ts'

/** Erases disclosure files of customers of these orders, who first requested disclosure and then erasure. */
export async function eraseDisclosures(work: PrivacyWork, deps: PrivacyDeps): Promise<PrivacyWork> {
  let count = 0
  for await (const name of allNames(deps)) {
    const text = await deps.files.read(name)
    const isTheirs = isAboutEverybody(work)
      ? text.includes(`"connection": "${work.connection}"`)
      : work.found.some((order) => text.includes(`"id": "${order}"`))
    if (!isTheirs) continue
    await deps.files.write(name, JSON.stringify({ erased: work.id }))
    count += 1
  }
  return { ...work, erased: { ...work.erased, disclosures: count } }
}

/** S3 lists a thousand names at a time. */
async function* allNames({ files }: PrivacyDeps): AsyncIterable<string> {
  let page = await files.list(disclosures)
  yield* page.names
  while (page.more) {
    page = await files.list(disclosures, page.names.at(-1))
    yield* page.names
  }
}
