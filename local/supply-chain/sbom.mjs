// Writes what Crossdock is made of to dist/sbom.cdx.json, as CycloneDX: the same bytes for the same lockfile.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm } from './npm.mjs'

const root = join(import.meta.dirname, '../..')
const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const said = npm('sbom', '--sbom-format=cyclonedx', '--package-lock-only')
const { serialNumber: _, metadata, components, dependencies, ...bom } = JSON.parse(said)

const byRef = (one, other) => (key(one) < key(other) ? -1 : 1)
const key = (entry) => entry['bom-ref'] ?? entry.ref
const sorted = {
  ...bom,
  // npm takes the name from the folder, and adds the moment and its own version.
  metadata: { lifecycles: metadata.lifecycles, component: { ...metadata.component, name } },
  components: components.toSorted(byRef),
  dependencies: dependencies
    .map(({ dependsOn = [], ...entry }) => ({ ...entry, dependsOn: dependsOn.toSorted() }))
    .toSorted(byRef),
}
const file = join(root, 'dist', 'sbom.cdx.json')
mkdirSync(join(root, 'dist'), { recursive: true })
writeFileSync(file, `${JSON.stringify(sorted, undefined, 2)}\n`)
process.stdout.write(`${file}: ${components.length} components\n`)
